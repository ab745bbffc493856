package syntax_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

// around puts a text where it is not read.
var around = syntax.Unread{In: "request", Keys: []string{"object", "old"}}

func TestUnread(t *testing.T) {
	object := `{"b":[1, {"c":"\u00e9"}],"a":{}}`
	root := syntax.ParseValue(`{"request": {"object" : `+object+` , "old":null,"uid":"1"},"object":{"a":1},"x":{"object":2}}`, around).Root
	request := root.Get("request")
	require.Equal(t, syntax.Opaque, request.Lookup("object").Kind())
	require.Equal(t, object, request.Lookup("object").Raw())
	require.Empty(t, request.Lookup("old").Raw(), "null is none")
	require.Empty(t, request.Lookup("gone").Raw())
	require.Empty(t, request.Lookup("uid").Raw())
	require.Equal(t, "1", request.Get("uid").Text())
	require.Equal(t, "1", root.Get("object").Get("a").Text(), "of the root")
	require.Equal(t, "2", root.Get("x").Get("object").Text(), "in another mapping")
}

// TestUnreadIsNoText asks for what was not read in every way.
func TestUnreadIsNoText(t *testing.T) {
	doc := syntax.ParseValue(`{"request": {"object": "x"}}`, around)
	object := doc.Root.Get("request").Get("object")
	require.Empty(t, object.Text())
	require.Empty(t, object.Peek())
	require.Empty(t, object.List())
	require.Empty(t, object.Facts())
	require.Nil(t, object.Get("a"))
	_, said := object.Bool()
	require.False(t, said)
	require.NotEmpty(t, doc.Problems())
}

// asRead holds what is not read to what is: both take the same texts, but keys that
// stand twice, and say the same of others.
func asRead(t *testing.T, text string) {
	t.Helper()
	whole := `{"request":{"object":` + text + `}}`
	got, want := syntax.ParseValue(whole, around), syntax.ParseValue(whole)
	// Twice and too deep is seen where it is read.
	if want.Err != nil && (strings.Contains(want.Err.Reason, "stands twice") || strings.Contains(want.Err.Reason, "nested")) {
		return
	}
	require.Equal(t, want.Err, got.Err, text)
	if want.Err == nil {
		value := got.Root.Get("request").Lookup("object")
		if raw := value.Raw(); raw != "" {
			require.Equal(t, written(want.Root.Get("request").Get("object")), written(syntax.ParseValue(`{"object":`+raw+`}`).Root.Get("object")), text)
		}
	}
}

func TestUnreadIsHeldToJSON(t *testing.T) {
	for _, text := range sent {
		asRead(t, text)
	}
}

func FuzzUnread(f *testing.F) {
	for _, text := range sent {
		f.Add(text)
	}
	f.Fuzz(asRead)
}
