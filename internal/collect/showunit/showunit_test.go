package showunit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/showunit"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

func TestRecognise(t *testing.T) {
	for text, want := range map[string]bool{
		"a/0: {charm: x}": true,
		"a/0: {relation-info: []}\nb/12: {leader: false}": true,
		"a/0: {}":                        false,
		"a/0: {other: x}":                false,
		"a/x: {charm: x}":                false,
		"/0: {charm: x}":                 false,
		"a: {charm: x}":                  false, // show-application
		"a/0: {charm: x}\nb: {charm: x}": false,
		"[]":                             false,
	} {
		require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
			require.Equal(t, want, showunit.Recognise(d.Root), text)
			return true
		}))
	}
}

func TestWrongShapes(t *testing.T) {
	text := "a/0:\n  charm: x\n  leader: maybe\n  relation-info:\n  - application-data: [x]\n    related-units: x\n"
	require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
		m := showunit.Read(d.Root)
		require.Len(t, m.Units, 1)
		require.Len(t, m.Units[0].Relations, 1)
		var reasons []string
		for _, p := range d.Problems() {
			reasons = append(reasons, p.Reason)
		}
		require.Equal(t, []string{
			"leader is text, want true or false",
			"application-data is a list, want a mapping",
			"a relation of relation-info names no endpoint",
			"related-units is text, want a mapping",
		}, reasons)
		return true
	}))
}
