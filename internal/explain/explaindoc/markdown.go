package explaindoc

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/explain"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/report/markup"
)

// Markdown writes an explanation in GitHub's Markdown. What a rule says of itself
// is Markdown already and goes through as it is.
func Markdown(w io.Writer, e explain.Explanation) error {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	f := e.Finding
	line("# %s: %s", markup.Text(string(f.Level)), markup.Text(string(f.Rule)))
	line("\n%s%s, fingerprint %s", markup.Text(digest.Label(f.Subject)), markup.Text(inStack(f)), markup.Code(f.Fingerprint))
	line("\n## What is wrong\n\n%s", markup.Text(f.Message))
	if e.Way != "" {
		line("\nThe way: %s", markup.Text(sentence(e.Way)))
	}
	if f.State != "" {
		line("\nIt is %s.", markup.Text(stateInWords(f.State)))
	}
	line("\n## Why it matters\n")
	if e.Rule.Known {
		line("%s", strings.Join(present(sentence(e.Rule.Title), markdown(e.Rule.Why)), "\n\n"))
	} else {
		line("This version of charmarr-lint has no rule of that name, or was not given it.")
	}
	if e.Rule.Disputed != "" {
		line("\n## Where record and charms disagree\n\n%s", markdown(e.Rule.Disputed))
	}
	if len(e.Chain) > 0 {
		line("\n## Because\n")
		for i, h := range e.Chain {
			hop := markup.Text(h.Fact + object(h))
			if at := digest.Place(h.File, h.Line, h.Column); at != "" {
				hop += " at " + markup.Code(at)
			}
			if h.State != "" {
				hop += ", " + markup.Text(h.State)
			}
			line("%d. %s", i+1, hop)
		}
	}
	line("\n## Who says so\n")
	line("- Profile %s%s", markup.Code(e.Profile.Name), levelInWords(e))
	for _, part := range e.Profile.Parts {
		line("- %s", markup.Text(partInWords(part)))
	}
	for _, r := range e.Records {
		name := markup.Text(strings.Join(present(r.Title), ""))
		if r.URL != "" {
			name = "[" + name + "](" + r.URL + ")"
		}
		line("- %s", strings.Join(present(markup.Code(r.Ref), name, markup.Text(r.Says)), ": "))
	}
	if len(f.Remediation) > 0 {
		line("\n## To mend it\n\n%s", strings.TrimSuffix(markup.Fence("", "sh", f.Remediation), "\n"))
	}
	if f.Waiver != nil {
		line("\n## It is accepted\n\nUntil %s: %s By %s.", markup.Text(f.Waiver.Expires), markup.Text(sentence(f.Waiver.Reason)), markup.Text(digest.WaiverPlace(*f.Waiver)))
	} else {
		acceptIn(line, e.Accept)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func levelInWords(e explain.Explanation) string {
	if e.Profile.Level == "" {
		return ""
	}
	return ": " + markup.Text(string(e.Finding.Level)+", "+e.Profile.Level)
}

func acceptIn(line func(format string, args ...any), a explain.Accept) {
	line("\n## To accept it\n")
	if a.Refused != "" {
		line("%s.", markup.Text(capital(a.Refused)))
		return
	}
	snippet := strings.Split(strings.TrimSuffix(markdown(a.Configuration), "\n"), "\n")
	line("In `charmarr-lint.yaml`, with a reason and a date filled in:\n\n%s", strings.TrimSuffix(markup.Fence("", "yaml", snippet), "\n"))
	switch {
	case a.Annotation == nil:
	case a.Annotation.Refused:
		line("\n`annotation_waivers` in `charmarr-lint.yaml` does not let annotations waive this rule.")
	default:
		line("\nOr on the object:\n\n%s", strings.TrimSuffix(markup.Fence("", "sh", []string{a.Annotation.Command}), "\n"))
	}
	if n := len(a.AlsoWaives); n > 0 {
		line("\nEither accepts %s of the rule about the same subject as well.", digest.Plural(n, "more finding"))
	}
}
