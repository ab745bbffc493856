package json_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

func document(t *testing.T, name string) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, json.Write(&b, reporttest.Named(name)))
	return b.String()
}

func TestReadReadsWhatWriteWrote(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			doc := []byte(document(t, c.Name))
			require.True(t, json.Recognise(doc))
			got, err := json.Read(doc)
			require.NoError(t, err)
			if c.Name == "hostile" {
				return // its bytes that are no UTF-8 cannot come back
			}
			require.Empty(t, cmp.Diff(c.Report, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(finding.Report{}, "Rules")))
		})
	}
}

func TestReadRefuses(t *testing.T) {
	good := document(t, "broken")
	replace := func(old, with string) string {
		require.Contains(t, good, old)
		return strings.Replace(good, old, with, 1)
	}
	for name, tt := range map[string]struct{ doc, want string }{
		"nothing":           {"", "ends too early"},
		"cut off":           {good[:len(good)/2], "ends too early"},
		"more behind it":    {good + "{}", "after top-level value"},
		"another version":   {replace("report/v1", "report/v2"), `schema is "charmarr-lint/report/v2"`},
		"unknown field":     {replace(`"profile":`, `"more": 1, "profile":`), `unknown field "more"`},
		"missing field":     {replace(`  "profile": "adr-006",`+"\n", ""), `"profile" is missing`},
		"missing deep down": {replace(`"fingerprint": "`, `"Fingerprint": "`), `"findings[0].fingerprint" is missing`},
		"null":              {replace(`"decided": []`, `"decided": null`), `"decided" is missing or null`},
		"wrong type":        {replace(`"profile": "adr-006"`, `"profile": 6`), "cannot unmarshal number"},
		"unknown level":     {replace(`"level": "error"`, `"level": "fatal"`), `level "fatal"`},
		"unknown verdict":   {replace(`"verdict": "violated"`, `"verdict": "pass"`), `verdict "pass"`},
		"no fingerprint":    {replace(`"fingerprint": "`+reporttest.Named("broken").Findings[0].Fingerprint, `"fingerprint": "`), "is empty"},
		"level edited":      {replace(`"level": "error"`, `"level": "note"`), "summary does not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := json.Read([]byte(tt.doc))
			require.ErrorContains(t, err, "reading the report: ")
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, "check -o json=FILE")
		})
	}
}

func TestRecognise(t *testing.T) {
	for name, tt := range map[string]struct {
		doc  string
		want bool
	}{
		"report":         {document(t, "clean"), true},
		"cut off":        {document(t, "clean")[:100], true},
		"later version":  {`{"schema": "charmarr-lint/report/v9"}`, true},
		"sorted fields":  {`{"findings": [], "schema": "charmarr-lint/report/v1"}`, true},
		"snapshot":       {`{"schema": "charmarr-lint/snapshot/v1"}`, false},
		"speaks of one":  {`{"applications": {"a": "charmarr-lint/report/v1"}}`, false},
		"no JSON":        {"schema: charmarr-lint/report/v1", false},
		"nothing at all": {"", false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.want, json.Recognise([]byte(tt.doc))) })
	}
}
