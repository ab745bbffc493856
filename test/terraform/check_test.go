package terraform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// planted is a fault of the broken example, as its file planted.json has it.
type planted struct {
	Rule    string             `json:"rule"`
	Way     string             `json:"way"`
	Level   string             `json:"level"`
	Subject deployment.Subject `json:"subject"`
	// File and Line are where the finding stands.
	File string `json:"file"`
	Line int    `json:"line"`
	// Changed are the lines that are otherwise in the clean example, as FILE:LINE.
	Changed []string `json:"changed,omitempty"`
	// When are the variables that must be true for it to show.
	When  []string `json:"when,omitempty"`
	About string   `json:"about,omitempty"`
}

// finding is what a finding and a planted fault have in common.
func (p planted) finding() planted {
	p.Changed, p.When, p.About = nil, nil, ""
	return p
}

// faults are those of the broken example.
func faults(t testing.TB) []planted {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, "broken", "planted.json"))
	require.NoError(t, err)
	var out []planted
	require.NoError(t, json.Unmarshal(text, &out))
	return out
}

// report is what the tests read of a JSON report.
type report struct {
	Findings []found
	// Mended are those that the plan takes away.
	Mended  []found
	Gaps    []json.RawMessage
	Unknown []json.RawMessage
	Decided []struct {
		Stack string
		Rules []string
	}
}

// found is what they read of a finding.
type found struct {
	Rule, Way, Level, Standing, Fingerprint string

	Subject  deployment.Subject
	Location struct {
		File string
		Line int
	}
	// Variants are the plans in which it holds, When what tells them from the others.
	Variants []string
	When     []struct{ Name, Value string }
}

// found are the findings, as they are planted.
func (r report) found() []planted {
	var out []planted
	for _, f := range r.Findings {
		out = append(out, f.planted())
	}
	sortFaults(out)
	return out
}

func (f found) planted() planted {
	return planted{Rule: f.Rule, Way: f.Way, Level: f.Level, Subject: f.Subject, File: f.Location.File, Line: f.Location.Line}
}

// wanted are the findings that the broken example calls for.
func wanted(t testing.TB) []planted {
	t.Helper()
	var out []planted
	for _, f := range faults(t) {
		out = append(out, f.finding())
	}
	sortFaults(out)
	return out
}

func sortFaults(all []planted) {
	slices.SortFunc(all, func(a, b planted) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}

// lint runs the program where the Terraform is, and returns what it printed.
func (p *planner) lint(t testing.TB, want int, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Dir, cmd.Env = p.folder, p.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	require.Equal(t, want, cmd.ProcessState.ExitCode(), "charmarr-lint %s\n%s%s", strings.Join(args, " "), stdout.String(), stderr.String())
	require.NotContains(t, stdout.String()+stderr.String(), canary)
	return stdout.Bytes()
}

// check checks plans, by the names of their files, and returns the report.
func (p *planner) check(t testing.TB, want int, plans map[string][]byte) report {
	t.Helper()
	args := []string{"check", "-f", "json"}
	for _, name := range slices.Sorted(maps.Keys(plans)) {
		require.NoError(t, os.WriteFile(filepath.Join(p.folder, name), plans[name], 0o600))
		args = append(args, name)
	}
	var r report
	require.NoError(t, json.Unmarshal(p.lint(t, want, args...), &r))
	require.Empty(t, r.Gaps, "a gap of Terraform that is whole")
	return r
}

// Nothing is found in a fresh plan of the clean example, and what can be told of a
// plan is decided.
func TestClean(t *testing.T) {
	t.Parallel()
	p := plans(t, "clean", empty)
	r := p.check(t, 0, map[string][]byte{"plan.json": p.plan(t)})
	require.Empty(t, r.found())
	require.Empty(t, r.Unknown)
	require.Len(t, r.Decided, 2)
	for _, f := range faults(t) {
		if f.Way != "exposed" && f.Way != "mesh-relation" { // the rules of which ask for Kubernetes to pass
			require.Contains(t, r.Decided[1].Rules, f.Rule)
		}
	}
}

// In one of the broken example there is found what is planted, where it is, and
// nothing else.
func TestBroken(t *testing.T) {
	t.Parallel()
	p := plans(t, "broken", empty)
	want := wanted(t)
	r := p.check(t, 1, map[string][]byte{"plan.json": p.plan(t)})
	require.Empty(t, cmp.Diff(want, r.found()))

	// In SARIF each has a region, which is text of its file.
	var sarif struct {
		Runs []struct {
			Results []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(p.lint(t, 1, "check", "-f", "sarif", "plan.json"), &sarif))
	require.Len(t, sarif.Runs, 1)
	require.Len(t, sarif.Runs[0].Results, len(want))
	for _, result := range sarif.Runs[0].Results {
		require.Len(t, result.Locations, 1)
		at := result.Locations[0].PhysicalLocation
		require.True(t, slices.ContainsFunc(want, func(f planted) bool {
			return f.Rule == result.RuleID && f.File == at.ArtifactLocation.URI && f.Line == at.Region.StartLine
		}), "%+v", result)
		require.Equal(t, at.Region.StartLine, at.Region.EndLine)
		line := lines(t, filepath.Join(p.folder, at.ArtifactLocation.URI))[at.Region.StartLine-1]
		require.Less(t, at.Region.StartColumn, at.Region.EndColumn)
		require.NotEmpty(t, strings.TrimSpace(line[at.Region.StartColumn-1:at.Region.EndColumn-1]))
	}
}

// Plans of the broken example with other variables are one run: what is planted is
// found once, with what must be set for it to show. What else is found is of what the
// variables take away.
func TestVariants(t *testing.T) {
	t.Parallel()
	p := plans(t, "broken", empty)
	all := map[string][]byte{}
	for variant, args := range variants() {
		all["plan"+variant+".json"] = p.plan(t, args...)
	}
	r := p.check(t, 1, all)
	left := map[string]planted{}
	for _, f := range faults(t) {
		left[fmt.Sprint(f.finding())] = f
	}
	for _, f := range r.Findings {
		key := fmt.Sprint(f.planted())
		fault, ok := left[key]
		if !ok {
			require.True(t, slices.ContainsFunc(f.When, func(w struct{ Name, Value string }) bool { return w.Value == "false" }), "%+v", f)
			continue
		}
		delete(left, key)
		var when []string
		for _, w := range f.When {
			require.Equal(t, "true", w.Value)
			when = append(when, w.Name)
		}
		require.Equal(t, fault.When, when, "%+v", f)
		require.Len(t, f.Variants, len(all)>>len(when), "%+v", f)
	}
	require.Empty(t, left)
}

// The broken example is the clean one but for what is planted: each change belongs to
// a fault, and each fault to a change.
func TestPlanted(t *testing.T) {
	t.Parallel()
	claimed := map[string]bool{}
	for _, f := range faults(t) {
		require.NotEmpty(t, f.Changed, f.Rule)
		for _, line := range f.Changed {
			claimed[line] = false
		}
	}
	for _, file := range sources(t, "broken") {
		for _, hunk := range hunks(lines(t, filepath.Join(examples, "clean", file)), lines(t, filepath.Join(examples, "broken", file))) {
			owned := false
			for line := hunk[0]; line <= hunk[1]; line++ {
				at := fmt.Sprintf("%s:%d", file, line)
				if _, ok := claimed[at]; ok {
					claimed[at], owned = true, true
				}
			}
			require.True(t, owned, "%s:%d is changed, and no fault says so", file, hunk[0])
		}
	}
	for at, changed := range claimed {
		require.True(t, changed, "a fault says that %s is changed, and it is not", at)
	}
	require.Equal(t, sources(t, "clean"), sources(t, "broken"))
}

// sources are the Terraform files of an example.
func sources(t testing.TB, example string) []string {
	t.Helper()
	var out []string
	folder := filepath.Join(examples, example)
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".tf" {
			path, err = filepath.Rel(folder, path)
			out = append(out, filepath.ToSlash(path))
		}
		return err
	}))
	return out
}

func lines(t testing.TB, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return strings.Split(string(text), "\n")
}

// hunks are the ranges of lines of b, from 1, that a does not have. What a has beside
// them is no concern: nothing was taken out of the examples without a trace.
func hunks(a, b []string) [][2]int {
	// common[i][j] is how many lines a[i:] and b[j:] have in common, in order.
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i, before := range slices.Backward(a) {
		for j, after := range slices.Backward(b) {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if before == after {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; j < len(b); {
		switch {
		case i < len(a) && a[i] == b[j]:
			i, j = i+1, j+1
		case i < len(a) && common[i+1][j] >= common[i][j+1]:
			i++
		default:
			if n := len(out); n > 0 && out[n-1][1] == j {
				out[n-1][1] = j + 1
			} else {
				out = append(out, [2]int{j + 1, j + 1})
			}
			j++
		}
	}
	return out
}
