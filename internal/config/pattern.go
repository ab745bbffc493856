package config

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Pattern names rules: an id, a glob over ids ("mesh/*", "*/no-*"), or an area
// alone ("mesh", "*"), which stands for all rules of the area. Globs are those
// of path.Match: * does not cross the slash.
type Pattern string

// Valid tells what is wrong with the pattern's syntax.
func (p Pattern) Valid() error {
	_, err := path.Match(p.glob(), "")
	return err
}

// Matches tells whether the pattern names a rule, by its id or by one that it
// had before.
func (p Pattern) Matches(r rule.Rule) bool {
	if p.MatchesID(r.ID) {
		return true
	}
	return slices.ContainsFunc(r.Aliases, p.MatchesID)
}

// MatchesID tells whether the pattern names an id.
func (p Pattern) MatchesID(id rule.ID) bool {
	ok, err := path.Match(p.glob(), string(id))
	return ok && err == nil
}

// Check returns a message where the pattern names none of the rules, with the
// nearest that exists.
func (p Pattern) Check(rules []rule.Rule) string {
	message, near := p.unknown(rules)
	if message == "" {
		return ""
	}
	return message + cmp.Or(near, "; 'charmarr-lint rules' lists them")
}

// Near returns a message where the pattern names none of the rules and is near
// one that exists, which makes it a mistake.
func (p Pattern) Near(rules []rule.Rule) string {
	message, near := p.unknown(rules)
	if near == "" {
		return ""
	}
	return message + near
}

// unknown says that the pattern names none of the rules, and which name is near
// it; both are empty where it names one.
func (p Pattern) unknown(rules []rule.Rule) (message, near string) {
	var ids, areas []string
	for _, r := range rules {
		if p.Matches(r) {
			return "", ""
		}
		ids, areas = append(ids, string(r.ID)), append(areas, r.ID.Area())
	}
	message = "no rule is called " + quote(string(p))
	if !p.isGlob() {
		return message, didYouMean(string(p), append(ids, areas...))
	}
	// What is mistyped in a glob is its area, if anything can be told.
	area, rest, _ := strings.Cut(string(p), "/")
	if n := Nearest(area, areas); n != "" && n != area {
		near = "; did you mean " + quote(strings.TrimSuffix(n+"/"+rest, "/")) + "?"
	}
	return "no rule matches " + quote(string(p)), near
}

func (p Pattern) isGlob() bool { return strings.ContainsAny(string(p), "*?[") }

func (p Pattern) glob() string {
	if !strings.Contains(string(p), "/") {
		return string(p) + "/*"
	}
	return string(p)
}
