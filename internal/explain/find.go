package explain

import (
	"errors"
	"fmt"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/digest"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// leastPrefix is how much of a fingerprint is wanted at least, as git wants of a
// commit's: less would be a slip.
const leastPrefix = 4

// Find returns the finding whose fingerprint starts with a word. An error says,
// on further lines, which findings are near.
func Find(fs []finding.Finding, word string) (finding.Finding, error) {
	wanted := strings.ToLower(word)
	var fits, near []finding.Finding
	for _, f := range fs {
		switch {
		case f.Fingerprint == wanted:
			return f, nil
		case strings.HasPrefix(f.Fingerprint, wanted):
			fits = append(fits, f)
		case config.Nearest(wanted, []string{f.Fingerprint[:min(len(f.Fingerprint), len(wanted))]}) != "":
			near = append(near, f)
		}
	}
	short := finding.ShortLength(fs)
	switch {
	case len(fs) == 0:
		return finding.Finding{}, errors.New("the report has no finding")
	case strings.ContainsAny(word, "/"):
		return finding.Finding{}, ofRule(fs, rule.ID(word), short)
	case len(wanted) < leastPrefix:
		return finding.Finding{}, fmt.Errorf("%q is too short for a fingerprint: give at least %d of its characters", word, leastPrefix)
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		return finding.Finding{}, fmt.Errorf("%q begins the fingerprint of %d findings; give more of it:\n%s", word, len(fits), list(fits, short))
	case len(near) > 0:
		return finding.Finding{}, fmt.Errorf("no finding has a fingerprint that begins with %q; did you mean:\n%s", word, list(near, short))
	}
	return finding.Finding{}, fmt.Errorf("no finding has a fingerprint that begins with %q; the report has:\n%s", word, list(fs, short))
}

// ofRule lists the findings of a rule, whose id was given for a fingerprint.
func ofRule(fs []finding.Finding, id rule.ID, short int) error {
	var its []finding.Finding
	for _, f := range fs {
		if f.Rule == id {
			its = append(its, f)
		}
	}
	if len(its) == 0 {
		return fmt.Errorf("%q is no fingerprint, and the report has no finding of a rule of that name; it has:\n%s", id, list(fs, short))
	}
	return fmt.Errorf("%q is a rule; name one of its findings:\n%s", id, list(its, short))
}

// maxListed findings are listed; more are counted.
const maxListed = 10

// list writes findings on a line each.
func list(fs []finding.Finding, short int) string {
	var lines []string
	for i, f := range fs {
		if i == maxListed {
			lines = append(lines, fmt.Sprintf("and %d more", len(fs)-i))
			break
		}
		waived := ""
		if f.Verdict == finding.Waived {
			waived = ", waived"
		}
		lines = append(lines, fmt.Sprintf("%s  %s  %s  %s%s", f.Fingerprint[:min(len(f.Fingerprint), short)], f.Level, f.Rule, digest.Label(f.Subject), waived))
	}
	return strings.Join(lines, "\n")
}
