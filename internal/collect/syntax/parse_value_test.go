package syntax_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// sent are texts as servers send them, and as they do not.
var sent = []string{
	`{"kind":"Pod","metadata":{"name":"a","labels":{"b":"2","a":"1","é":"\u00e9\n\ud83d\ude00"}},"spec":{"n":[1,-2.5e3,true,false,null,{}]}}`,
	`{"z":[],"a":{},"m":{"y":[{"d":1,"c":[[]]}],"x":null}}`, `[1,{"b":0,"a":0}]`, `"x"`, ` 7 `, `null`, `{}`,
	`{"a"`, `{"a":}`, `[1,]`, `{a:1}`, "", " ", `{"a":1}}`, `{"a":1} {"b":2}`, `tru`, "{\"a\":\"\x00\"}", "\"\xff\"", `{"a":1,"a":2}`,
	strings.Repeat("[", 300) + strings.Repeat("]", 300),
}

// asDecoded holds ParseValue to Values and encoding/json: it reads the same or
// refuses, and refuses what is no JSON.
func asDecoded(t *testing.T, text string) {
	t.Helper()
	got := syntax.ParseValue(text)
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.UseNumber()
	var value any
	if dec.Decode(&value) != nil || dec.More() {
		require.NotNil(t, got.Err, "%q is no JSON", text)
		require.Nil(t, got.Root)
		return
	}
	if got.Err != nil {
		require.Nil(t, got.Root)
		return
	}
	var values syntax.Values
	want := values.Document(value)
	require.Nil(t, want.Err)
	require.Equal(t, written(want.Root), written(got.Root), text)
}

func TestParseValueIsWhatValuesMakes(t *testing.T) {
	for i, text := range sent {
		asDecoded(t, text)
		if i < 7 {
			require.Nil(t, syntax.ParseValue(text).Err, text)
		} else {
			require.NotNil(t, syntax.ParseValue(text).Err, text)
		}
	}
}

func FuzzParseValue(f *testing.F) {
	for _, text := range sent {
		f.Add(text)
	}
	f.Fuzz(asDecoded)
}

func TestParsedValuesHaveNoPlaces(t *testing.T) {
	root := syntax.ParseValue("{\n \"labels\": {\"b\": \"1\", \"a\": \"2\"}\n}").Root
	require.Equal(t, []snapshot.Fact{{Key: "a", Value: "2"}, {Key: "b", Value: "1"}}, root.Get("labels").Facts())
	require.Equal(t, snapshot.Pos{}, root.Get("labels").Pos())
}

func TestSet(t *testing.T) {
	root := syntax.ParseValue(`{"a": null, "b": {"c": 1}}`).Root
	root.Set("a", "x")
	root.Set("d", "y")
	root.Get("b").Set("c", "z")
	require.Equal(t, "x", root.Get("a").Text())
	require.Equal(t, "y", root.Get("d").Text())
	require.Equal(t, "z", root.Get("b").Get("c").Text())
	require.Equal(t, 3, root.Len())
}
