package json_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

// FuzzRead reads reports from foreign hands. What is taken must be whole: written
// again and read again it is the same.
func FuzzRead(f *testing.F) {
	for _, c := range reporttest.Cases() {
		var b bytes.Buffer
		require.NoError(f, json.Write(&b, c.Report))
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		json.Recognise(doc)
		r, err := json.Read(doc)
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		require.NoError(t, json.Write(&once, r))
		again, err := json.Read(once.Bytes())
		require.NoError(t, err)
		require.NoError(t, json.Write(&twice, again))
		require.Equal(t, once.String(), twice.String())
	})
}
