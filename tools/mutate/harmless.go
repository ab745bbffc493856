package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed harmless.yaml
var harmlessYAML []byte

// reason says why the survivors that it names harm nobody. An empty pattern
// matches everything; * stands for any text.
type reason struct {
	Operator string `yaml:"operator"`
	Field    string `yaml:"field"`
	What     string `yaml:"what"`
	Reason   string `yaml:"reason"`
}

// reasons reads harmless.yaml.
func reasons() ([]reason, error) {
	var list []reason
	dec := yaml.NewDecoder(bytes.NewReader(harmlessYAML))
	dec.KnownFields(true)
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("reading tools/mutate/harmless.yaml: %w", err)
	}
	for i, r := range list {
		if r.Reason == "" || r.Operator+r.Field+r.What == "" {
			return nil, errors.New("reading tools/mutate/harmless.yaml: entry " + fmt.Sprint(i+1) + " needs a reason and a pattern")
		}
	}
	return list, nil
}

func (r reason) matches(m mutant) bool {
	return glob(r.Operator, m.operator) && glob(r.Field, m.field) && glob(r.What, m.what)
}

func glob(pattern, text string) bool {
	if pattern == "" {
		return true
	}
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("(?s)^" + strings.Join(parts, ".*") + "$").MatchString(text)
}
