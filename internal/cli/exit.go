package cli

// The exit codes. They mean the same in every format.
const (
	exitOK         = 0
	exitFindings   = 1
	exitUsage      = 2
	exitIncomplete = 3
)

// outcome is what decides how the program exits.
type outcome struct {
	broken     bool // wrong usage, something that does not load, a report that could not be written
	findings   bool // findings at or above --fail-on
	incomplete bool // a source could not be read in whole
	empty      bool // nothing to check was found, and that was not allowed
}

// exit is a row of the table of exit codes.
type exit struct {
	code    int
	meaning string
	holds   func(outcome) bool
}

// exits is the table of exit codes. The first row that holds decides.
func exits() []exit {
	return []exit{
		{exitUsage, "wrong usage, or a configuration, waiver or policy that does not load", func(o outcome) bool { return o.broken }},
		{exitFindings, "findings at or above --fail-on", func(o outcome) bool { return o.findings }},
		{exitIncomplete, "incomplete: a source could not be read in whole, or nothing to check was found", func(o outcome) bool { return o.incomplete || o.empty }},
		{exitOK, "every rule that could be decided passed, and nothing asked for was missing", func(outcome) bool { return true }},
	}
}

// code returns the exit code of an outcome.
func (o outcome) code() int {
	for _, e := range exits() {
		if e.holds(o) {
			return e.code
		}
	}
	return exitOK
}
