package config

import (
	"path"
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
	for _, alias := range r.Aliases {
		if p.MatchesID(alias) {
			return true
		}
	}
	return false
}

// MatchesID tells whether the pattern names an id.
func (p Pattern) MatchesID(id rule.ID) bool {
	ok, err := path.Match(p.glob(), string(id))
	return ok && err == nil
}

// Check returns a message where the pattern names none of the rules, with the
// nearest that exists.
func (p Pattern) Check(rules []rule.Rule) string {
	known := make([]string, 0, 2*len(rules))
	for _, r := range rules {
		if p.Matches(r) {
			return ""
		}
		known = append(known, string(r.ID), r.ID.Area())
	}
	message := "no rule is called " + quote(string(p))
	if strings.ContainsAny(string(p), "*?[") {
		message = "no rule matches " + quote(string(p))
	}
	if near := didYouMean(string(p), known); near != "" {
		return message + near
	}
	return message + "; 'charmarr-lint rules' lists them"
}

func (p Pattern) glob() string {
	if !strings.Contains(string(p), "/") {
		return string(p) + "/*"
	}
	return string(p)
}
