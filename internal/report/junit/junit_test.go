package junit_test

import (
	"bytes"
	"encoding/xml"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/junit"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

type counts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Body    string `xml:",chardata"`
}

type suites struct {
	counts
	Suites []struct {
		counts
		Name  string `xml:"name,attr"`
		Cases []struct {
			Name    string    `xml:"name,attr"`
			Failure []outcome `xml:"failure"`
			Error   []outcome `xml:"error"`
			Skipped []outcome `xml:"skipped"`
			Out     string    `xml:"system-out"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func read(t *testing.T, r finding.Report) suites {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, junit.Write(&b, r))
	var s suites
	require.NoError(t, xml.Unmarshal(b.Bytes(), &s), b.String())
	return s
}

// TestCounts checks that sums are right and each case has one outcome at most.
func TestCounts(t *testing.T) {
	want := map[string]counts{
		"clean":   {Tests: 5, Skipped: 1},
		"empty":   {Tests: 1, Errors: 1},
		"gaps":    {Tests: 7, Errors: 4, Skipped: 2},
		"waived":  {Tests: 5, Skipped: 2},
		"broken":  {Tests: 12, Failures: 5, Errors: 2, Skipped: 2},
		"hostile": {Tests: 6, Failures: 1, Errors: 2, Skipped: 2},
	}
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			got := read(t, c.Report)
			require.Equal(t, want[c.Name], got.counts)
			var sum counts
			for _, s := range got.Suites {
				require.Len(t, s.Cases, s.Tests)
				for _, c := range s.Cases {
					require.LessOrEqual(t, len(c.Failure)+len(c.Error)+len(c.Skipped), 1, c.Name)
					sum.Failures += len(c.Failure)
					sum.Errors += len(c.Error)
					sum.Skipped += len(c.Skipped)
				}
				sum.Tests += s.Tests
			}
			require.Equal(t, sum, got.counts)
		})
	}
}

func TestFailureHoldsAllFindings(t *testing.T) {
	for _, s := range read(t, reporttest.Named("broken")).Suites {
		for _, c := range s.Cases {
			if s.Name == "Stack media" && c.Name == "mesh/gateway-not-enrolled" {
				require.Contains(t, c.Failure[0].Message, "2 findings")
				require.Contains(t, c.Failure[0].Body, "the namespace is enrolled")
				require.Contains(t, c.Failure[0].Body, "the pod is enrolled by its own label")
				return
			}
		}
	}
	t.Fatal("no such test case")
}

func TestWaivedSaysWhy(t *testing.T) {
	cases := read(t, reporttest.Named("waived")).Suites[0].Cases
	require.Contains(t, cases[4].Out, "2027-01-31: single node lab), by charmarr-lint.yaml:4:5")
}
