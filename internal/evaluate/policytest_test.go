package evaluate

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const testedBody = `violations contains v if {
	some app in input.applications
	app.scale > limit
	v := {"subject": app.subject, "message": "m", "at": app.at, "state": app.state}
}

limit := value if {
	value := data.parameters["own/scaled"].limit
	is_number(value)
}

limit := 1 if not data.parameters["own/scaled"]
`

func TestTestsOfOwnRules(t *testing.T) {
	dir := ownRule(t, "scaled", testedBody)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "scaled_test.rego"), []byte(`package rules.own.scaled_test

import data.lib.testing
import data.rules.own.scaled

test_fires if {
	print("looking at", 2)
	count(scaled.violations) == 1 with input as testing.stack({"applications": [testing.application("charmarr-core", "radarr", "media-manager", {"scale": 2})]})
}

test_fails if count(scaled.violations) == 1 with input as {"applications": []}

test_errs if to_number(testing.stack({}).name) == 1

test_loops if {
	some a in numbers.range(1, 100000)
	some b in numbers.range(1, 100000)
	a * b == -1
}
`), 0o644))
	report, err := Test(t.Context(), Options{OwnPolicies: []string{dir}, TimeLimit: time.Second})
	require.NoError(t, err)
	require.True(t, report.Failed())
	require.Len(t, report.Tests, 4)
	file := filepath.ToSlash(filepath.Join(dir, "scaled_test.rego"))
	require.Empty(t, cmp.Diff(TestResult{Package: "rules.own.scaled_test", Name: "test_fires", File: file, Line: 6, Passed: true, Output: []string{"looking at 2"}}, report.Tests[0]))
	require.Empty(t, cmp.Diff(TestResult{Package: "rules.own.scaled_test", Name: "test_fails", File: file, Line: 11}, report.Tests[1]))
	require.Contains(t, report.Tests[2].Err, "to_number")
	require.Equal(t, "took longer than 1s and was stopped", report.Tests[3].Err)

	require.Len(t, report.Coverage, 1)
	c := report.Coverage[0]
	require.Equal(t, c.Lines, c.Covered+len(c.Missed))
	require.Equal(t, []int{16, 18}, c.Missed, "what needs a parameter: the head does not hold, the last line is not reached")
}

func TestTestsThatDoNotLoad(t *testing.T) {
	dir := ownRule(t, "scaled", testedBody)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "scaled_test.rego"), []byte("package rules.own.scaled_test\n\ntest_a if data.rules.own.scalled.violations\n"), 0o644))
	_, err := Test(t.Context(), Options{OwnPolicies: []string{dir}})
	require.ErrorContains(t, err, "scaled_test.rego:3:11: undefined ref: data.rules.own.scalled (there is no scalled; known are scaled, scaled_test)")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Test(ctx, Options{OwnPolicies: []string{dir}})
	require.ErrorIs(t, err, context.Canceled)
}
