package status_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/status"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

func TestRecognise(t *testing.T) {
	for text, want := range map[string]bool{
		"model: {name: x}\napplications: {}": true,
		"model: {name: x}\nmachines: {}":     true,
		"model: {name: x}":                   false,
		"model: x\napplications: {}":         false,
		"applications: {a: {charm: x}}":      false,
		"[]":                                 false,
	} {
		require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
			require.Equal(t, want, status.Recognise(d.Root), text)
			return true
		}))
	}
}

func TestWhatJujuCouldNotTell(t *testing.T) {
	text := `
model: {name: "", status-error: model gone}
applications:
  a: {status-error: "lost, token=hunter2hunter2"}
  b: {charm: x, scale: -3, relations: {e: [{interface: i}, c]}}
  c: [x]
`
	require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
		m := status.Read(d.Root)
		require.Len(t, m.Applications, 3)
		require.Equal(t, -1, m.Applications[0].Scale)
		require.Len(t, m.Relations, 1)
		var reasons []string
		for _, p := range d.Problems() {
			reasons = append(reasons, p.Reason)
		}
		require.Equal(t, []string{
			"model.name is empty, want the model's name",
			"Juju could not tell the model's status: model gone",
			"Juju could not tell the status of the application a: lost, token=(redacted)",
			"a relation of b:e names no related-application",
			"c is a list, want a mapping",
		}, reasons)
		return true
	}))
}
