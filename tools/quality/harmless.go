package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed harmless.yaml
var harmlessYAML []byte

// reason says why the survivors that it names harm nobody: those of its operators,
// in its fields and objects. An empty list names everything; * stands for any text.
type reason struct {
	Operators []string `yaml:"operators"`
	Fields    []string `yaml:"fields"`
	Objects   []string `yaml:"objects"`
	What      []string `yaml:"what"`
	Reason    string   `yaml:"reason"`
}

// reasons reads harmless.yaml.
func reasons() ([]reason, error) {
	var list []reason
	dec := yaml.NewDecoder(bytes.NewReader(harmlessYAML))
	dec.KnownFields(true)
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("reading tools/quality/harmless.yaml: %w", err)
	}
	for i, r := range list {
		if r.Reason == "" || len(r.Operators)+len(r.Fields)+len(r.What) == 0 {
			return nil, errors.New("reading tools/quality/harmless.yaml: entry " + fmt.Sprint(i+1) + " needs a reason and a pattern")
		}
	}
	return list, nil
}

func (r reason) matches(m mutant) bool {
	return anyGlob(r.Operators, m.operator) && anyGlob(r.Fields, m.field) && anyGlob(r.Objects, m.object) && anyGlob(r.What, m.what)
}

func anyGlob(patterns []string, text string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool { return glob(p, text) })
}

func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("(?s)^" + strings.Join(parts, ".*") + "$").MatchString(text)
}
