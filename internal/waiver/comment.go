package waiver

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Mark begins a comment in a .tf file that waives a finding.
const Mark = "charmarr-lint:waive"

// Comment is a comment that waives what is found on a block of a .tf file.
type Comment struct {
	Text string // what follows the mark
	At   finding.Location
	// Block is what it stands on, resource "juju_application" "gluetun"; empty where
	// it stands on none. From and To are the lines of the block.
	Block    string
	From, To int
}

// commentFormat is how a comment is to be written.
const commentFormat = "write \"# " + Mark + " rule-id reason until=DATE\", as in \"# " + Mark + " topology/gateway-own-namespace single node lab until=2027-01-31\""

// ParseComment reads what follows the mark: a rule's id, a reason and a date.
func ParseComment(text string) (Accepted, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Accepted{}, errors.New("it names no rule; " + commentFormat)
	}
	a := Accepted{Rule: rule.ID(words[0])}
	var reason []string
	for _, word := range words[1:] {
		date, ok := strings.CutPrefix(word, "until=")
		switch {
		case !ok:
			reason = append(reason, word)
		case a.Expires != "":
			return Accepted{}, errors.New("it has two dates; " + commentFormat)
		default:
			a.Expires = date
		}
	}
	a.Reason = strings.Join(reason, " ")
	area, name, ok := strings.Cut(string(a.Rule), "/")
	switch {
	case !ok || area == "" || name == "" || strings.ContainsAny(string(a.Rule), `*?[]\`) || strings.Contains(name, "/"):
		return Accepted{}, fmt.Errorf("%q is no rule: name one rule by its id, area/name, without a glob", a.Rule)
	case a.Reason == "":
		return Accepted{}, errors.New("the reason is missing: say why that is acceptable")
	case a.Expires == "":
		return Accepted{}, errors.New("the date is missing: say until when, as in until=2027-01-31")
	}
	if _, err := time.Parse(time.DateOnly, a.Expires); err != nil {
		return Accepted{}, fmt.Errorf("%q is no date: say until when, as in until=2027-01-31", a.Expires)
	}
	return a, nil
}

// commented is a waiver in a comment. Where it never applies, the message says
// why, and id as which finding.
func (s Set) commented(c Comment) (w entry, id rule.ID, message string) {
	w.about = about{
		subject: finding.Subject{Kind: finding.Waivers, Name: strings.TrimSpace(c.Block + " " + firstWord(c.Text))},
		at:      c.At,
		mend:    "remove the comment, or write it as # " + Mark + " rule-id reason until=DATE",
		state:   "planned",
	}
	said := "The comment " + Mark + " on " + c.Block
	if c.Block == "" {
		return w, Malformed, "A comment " + Mark + " waives nothing: it stands on no block; put it above or into the block that the finding is on."
	}
	accepted, err := ParseComment(c.Text)
	if err != nil {
		return w, Malformed, said + " waives nothing: " + err.Error() + "."
	}
	pattern := config.Pattern(accepted.Rule)
	if near := pattern.Near(s.Known); near != "" {
		return w, Malformed, said + " waives nothing: " + strings.TrimSuffix(near, ".")
	}
	w.what = "The waiver of " + string(accepted.Rule) + " on " + c.Block
	w.names = pattern.Matches
	w.reason, w.expires = accepted.Reason, accepted.Expires
	w.source = finding.WaiverSource{Kind: finding.InComment, Object: c.Block, Location: c.At}
	w.meets = func(f finding.Finding) bool {
		return f.Location.File == c.At.File && c.From <= f.Location.Line && f.Location.Line <= c.To
	}
	if id, message = s.refused(pattern, w.what); id != "" && s.mayNot(pattern) {
		w.about.milder = rule.Warning
	}
	return w, id, message
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}
