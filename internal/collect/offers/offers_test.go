package offers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/offers"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

func TestRecognise(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a": {"offer-url": "m.a", "endpoints": {}}}`:          true,
		`{"c:admin/m.a": {"access": "read", "endpoints": {}}}`:  true,
		`{"m.a": {"users": {}, "endpoints": {}}}`:               true,
		`{"a": {"access": "read", "endpoints": {}}}`:            false,
		`{"m.a": {"endpoints": {}}}`:                            false,
		`{"a": {"offer-url": "m.a", "endpoints": []}}`:          false,
		`{"a": {"offer-url": "m.a", "endpoints": {}}, "b": {}}`: false,
		`{}`: false,
		`[]`: false,
	} {
		require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
			require.Equal(t, want, offers.Recognise(d.Root), text)
			return true
		}))
	}
}

func TestOffersOfSeveralModels(t *testing.T) {
	text := `{"c:admin/m.a": {"access": "x", "endpoints": {}}, "c:admin/n.a": {"access": "x", "endpoints": {}},
		"c:admin/m.b": {"access": "x", "endpoints": {}}, "x": {"offer-url": "not a url", "endpoints": {}}}`
	require.Nil(t, syntax.Parse(text, func(d *syntax.Document) bool {
		models := offers.Read(d.Root)
		require.Len(t, models, 2)
		require.Equal(t, "m", models[0].Name)
		require.Equal(t, "c", models[0].Controller)
		require.Len(t, models[0].Offers, 2)
		require.Equal(t, "b", models[0].Offers[1].Name)
		require.Equal(t, "n", models[1].Name)
		require.Empty(t, models[0].Evidence, "what find-offers does not list may be there")
		require.Len(t, d.Problems(), 1)
		require.Contains(t, d.Problems()[0].Reason, "want [controller:][owner/]model.offer")
		return true
	}))
}
