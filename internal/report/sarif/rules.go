package sarif

import (
	"slices"
	"strings"
	"unicode"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Limits of GitHub, in characters.
const (
	maxName        = 255
	maxDescription = 1024
)

// maxTags is how many tags of a rule GitHub shows.
const maxTags = 10

// describe returns the descriptors of all rules of the report, in its order,
// then those of rules that only findings name (about the configuration), and
// the index of each.
func describe(r finding.Report) ([]descriptor, map[string]int) {
	out, index := []descriptor{}, map[string]int{}
	add := func(ru rule.Rule) {
		id := string(ru.ID)
		if _, there := index[id]; !there {
			index[id] = len(out)
			out = append(out, describeRule(ru))
		}
	}
	for _, ru := range r.Rules {
		add(ru)
	}
	for _, f := range r.Findings {
		add(rule.Rule{ID: f.Rule, Title: title(f.Rule), Level: f.Level})
	}
	for _, u := range r.Unknown {
		add(rule.Rule{ID: u.Rule, Title: title(u.Rule), Level: rule.Error})
	}
	for _, u := range r.NotEvaluated {
		add(rule.Rule{ID: u.Rule, Title: title(u.Rule), Level: rule.Error})
	}
	return out, index
}

// title makes words of the id of a rule that the report does not describe.
func title(id rule.ID) string {
	return capital(strings.NewReplacer("/", ": ", "-", " ").Replace(string(id)))
}

// capital writes the first letter large.
func capital(s string) string {
	runes := []rune(s)
	if len(runes) > 0 {
		runes[0] = unicode.ToUpper(runes[0])
	}
	return string(runes)
}

func describeRule(ru rule.Rule) descriptor {
	short := sentence(ru.Title)
	full := short
	if ru.Description != "" {
		full = sentence(ru.Description)
	}
	d := descriptor{
		ID:                   string(ru.ID),
		Name:                 cut(pascal(string(ru.ID)), maxName),
		ShortDescription:     message{Text: cut(short, maxDescription)},
		FullDescription:      message{Text: cut(full, maxDescription)},
		Help:                 help(ru),
		HelpURI:              digest.DocURL(ru),
		DefaultConfiguration: configuration{Enabled: ru.Level != rule.Off, Level: level(ru.Level)},
		Properties: &ruleProperties{
			Tags: tags(ru), Precision: "high", ProblemSeverity: severity(ru.Level), SecuritySeverity: ru.Security,
		},
	}
	for _, a := range ru.Aliases {
		d.DeprecatedIDs = append(d.DeprecatedIDs, string(a))
	}
	return d
}

// help tells why, how to mend and where it is decided. The text is for viewers
// that know no Markdown.
func help(ru rule.Rule) *message {
	var text, md []string
	add := func(heading, plainText, markdown string) {
		if plainText != "" {
			text = append(text, heading+": "+plainText)
			md = append(md, "## "+heading+"\n\n"+markdown)
		}
	}
	add("Rule", sentence(ru.Title), sentence(ru.Title))
	add("Why", strings.TrimSpace(ru.Description), strings.TrimSpace(ru.Description))
	if len(ru.Remediation) > 0 {
		add("How to mend", strings.Join(ru.Remediation, "\n"), "```sh\n"+strings.Join(ru.Remediation, "\n")+"\n```")
	}
	var ways []string
	for _, w := range ru.Ways {
		ways = append(ways, "- "+w.ID+": "+w.Title)
	}
	add("Ways to violate it", strings.Join(ways, "\n"), strings.Join(ways, "\n"))
	add("Disputed", ru.Disputed, ru.Disputed)
	if len(ru.ADR) > 0 {
		add("Decision record", strings.Join(ru.ADR, ", "), "- `"+strings.Join(ru.ADR, "`\n- `")+"`")
	}
	if url := digest.DocURL(ru); url != "" {
		add("More", url, "["+string(ru.ID)+"]("+url+")")
	}
	return &message{Text: strings.Join(text, "\n\n"), Markdown: strings.Join(md, "\n\n")}
}

func tags(ru rule.Rule) []string {
	out := []string{"charmarr", ru.ID.Area()}
	if ru.Security != "" && ru.ID.Area() != "security" { // SARIF wants each tag once
		out = append(out, "security")
	}
	for _, a := range ru.ADR {
		record, _, _ := strings.Cut(a, "#")
		if !slices.Contains(out, record) {
			out = append(out, record)
		}
	}
	return out[:min(len(out), maxTags)]
}

// pascal turns area/some-name into AreaSomeName.
func pascal(id string) string {
	var b strings.Builder
	up := true
	for _, r := range id {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			up = true
		case up:
			b.WriteRune(unicode.ToUpper(r))
			up = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// level writes a level as SARIF has it.
func level(l rule.Level) string {
	switch l {
	case rule.Error, rule.Warning, rule.Note:
		return string(l)
	}
	return "none"
}

// severity writes a level as GitHub sorts findings that are not of security.
func severity(l rule.Level) string {
	switch l {
	case rule.Error:
		return "error"
	case rule.Warning:
		return "warning"
	}
	return "recommendation"
}

// sentence returns s on one line, ended by a full stop where it ends by none.
func sentence(s string) string {
	s = plain.Sentence(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// cut shortens s to at most n characters and says so by an ellipsis.
func cut(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return strings.TrimRight(string(runes[:n-1]), " ") + "…"
}
