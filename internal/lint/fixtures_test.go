package lint

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// expected is one finding that a fail fixture lists in expected.json.
type expected struct {
	Way     string          `json:"way"`
	Subject finding.Subject `json:"subject"`
	State   string          `json:"state"`
	Level   rule.Level      `json:"level"`
}

// TestFixtures runs the fixtures of every rule, in each form, through the whole
// pipeline: the rule fires on fail exactly as listed there and passes on pass.
func TestFixtures(t *testing.T) {
	root := filepath.Join("..", "..", "policies", "rules")
	engine := newEngine(t)
	for _, r := range engine.Rules() {
		dir := filepath.Join(root, filepath.FromSlash(strings.ReplaceAll(string(r.ID), "-", "_")))
		t.Run(string(r.ID), func(t *testing.T) {
			t.Parallel()
			for _, kind := range []string{"pass", "fail"} {
				forms, err := os.ReadDir(filepath.Join(dir, kind))
				require.NoError(t, err, "every rule has fixtures that pass and fixtures that fail")
				require.NotEmpty(t, forms)
				for _, form := range forms {
					t.Run(kind+"/"+form.Name(), func(t *testing.T) {
						runFixture(t, engine, r, filepath.Join(dir, kind, form.Name()), kind == "fail")
					})
				}
			}
		})
	}
}

func runFixture(t *testing.T, engine *evaluate.Engine, r rule.Rule, dir string, fails bool) {
	rep := judgeFixture(t, engine, r, dir)
	require.Empty(t, rep.Gaps, "a fixture is read in whole")
	if !fails {
		require.Empty(t, rep.Findings, "the rule is silent on pass")
		require.Positive(t, rep.Summary.Passed, "the rule decides pass: unknown %v, not evaluated %v", rep.Unknown, rep.NotEvaluated)
		return
	}
	raw, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	require.NoError(t, err)
	var want []expected
	require.NoError(t, json.Unmarshal(raw, &want))
	require.NotEmpty(t, want)
	got := []expected{}
	for _, f := range rep.Findings {
		got = append(got, expected{f.Way, f.Subject, f.State, f.Level})
		require.NotEmpty(t, f.Location.File, "%s: a finding has a place", f.Message)
		require.Positive(t, f.Location.Line)
		require.NotEmpty(t, f.Remediation, "%s: a finding says what to do", f.Message)
		for _, command := range f.Remediation {
			require.NotRegexp(t, `\{(model|namespace|name)\}`, command, "a command has real names")
		}
		require.NotEmpty(t, f.ADR)
	}
	order := func(a, b expected) int { return cmp.Compare(describe(a), describe(b)) }
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	require.Empty(t, gocmp.Diff(want, got))
}

func describe(e expected) string {
	raw, _ := json.Marshal(e)
	return string(raw)
}

// judgeFixture judges one fixture by one rule. A file profile.txt names the
// profile; it and expected.json are no part of the input.
func judgeFixture(t *testing.T, engine *evaluate.Engine, r rule.Rule, dir string) finding.Report {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	o := Options{Config: config.Default(), Only: []config.Pattern{config.Pattern(r.ID)}}
	o.Profile = config.DefaultProfile
	var paths []string
	for _, e := range entries {
		file := filepath.Join(dir, e.Name())
		switch e.Name() {
		case "profile.txt":
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			o.Profile = strings.TrimSpace(string(raw))
		case "expected.json":
		default:
			paths = append(paths, file)
		}
	}
	return judgeFiles(t, engine, o, paths...)
}
