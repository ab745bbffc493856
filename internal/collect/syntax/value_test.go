package syntax_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// written writes a tree down, for comparing.
func written(n *syntax.Node) string {
	switch n.Kind() {
	case syntax.List:
		var items []string
		for _, item := range n.List() {
			items = append(items, item.Name()+":"+written(item))
		}
		return "[" + strings.Join(items, " ") + "]"
	case syntax.Map:
		var entries []string
		for key, value := range n.Entries() {
			entries = append(entries, key.Text()+"="+value.Name()+":"+written(value))
		}
		return "{" + strings.Join(entries, " ") + "}"
	}
	return fmt.Sprintf("%d(%s)", n.Kind(), n.Text())
}

type inner struct {
	Name string            `json:"name"`
	Tags map[string]string `json:"tags,omitempty"`
}

type text string

type ownJSON struct{ port any }

func (o ownJSON) MarshalJSON() ([]byte, error) { return json.Marshal(o.port) }

type broken struct{}

func (broken) MarshalJSON() ([]byte, error) { return nil, fmt.Errorf("no") }

type outer struct {
	inner
	*Pointed    `json:",inline"`
	Named       inner `json:"named,omitempty"` //nolint:modernize // Kubernetes' types have it, and it does nothing
	Text        text  `json:"text"`
	Whole       int32
	Big         uint64          `json:"big"`
	Part        float64         `json:"part"`
	Yes         bool            `json:"yes"`
	No          *bool           `json:"no,omitempty"`
	Null        *bool           `json:"null"`
	Bytes       []byte          `json:"bytes"`
	List        []inner         `json:"list,omitempty"`
	Nil         []string        `json:"nil"`
	Empty       []string        `json:"empty,omitempty"`
	Any         any             `json:"any"`
	Maps        map[text]inner  `json:"maps"`
	NilMap      map[string]int  `json:"nilmap"`
	Hidden      string          `json:"-"`
	Dash        string          `json:"-,"` //nolint:staticcheck // a field of that name is what is tested
	Own         ownJSON         `json:"own"`
	OwnPointer  *ownJSON        `json:"ownPointer,omitempty"`
	When        time.Time       `json:"when"`
	WhenZero    time.Time       `json:"whenZero,omitzero"`
	Number      json.Number     `json:"number"`
	Array       [2]int          `json:"array"`
	secret      string          //nolint:unused // a field that is not exported is not written
	Marshalable json.RawMessage `json:"raw"`
}

// Pointed is embedded by pointer.
type Pointed struct {
	Deep string `json:"deep"`
}

// TestValuesAreReadAsTheirJSON compares the tree of a value with that of the
// JSON that encoding/json writes of it.
func TestValuesAreReadAsTheirJSON(t *testing.T) {
	no := false
	for name, value := range map[string]any{
		"zero": outer{},
		"full": &outer{
			inner: inner{Name: "a", Tags: map[string]string{"z": "1", "a": "é\n"}}, Pointed: &Pointed{Deep: "d"},
			Named: inner{Name: "b"}, Text: "t", Whole: -7, Big: 1 << 63, Part: 1.5, Yes: true, No: &no,
			Bytes: []byte{0, 1, 2}, List: []inner{{Name: "c"}, {}}, Nil: []string{"x"},
			Any:  map[string]any{"n": json.Number("12"), "l": []any{nil, true, "s", 1.25}},
			Maps: map[text]inner{"y": {Name: "e"}, "b": {}}, NilMap: map[string]int{"one": 1}, Hidden: "h", Dash: "d",
			Own: ownJSON{8080}, OwnPointer: &ownJSON{map[string]any{"a": "http"}},
			When: time.Unix(0, 0).UTC(), Number: "3", Array: [2]int{1, 2}, Marshalable: json.RawMessage(`{"x": [1]}`),
		},
		"scalar": "x", "list": []int{1, 2}, "nothing": nil, "nil pointer": (*outer)(nil),
	} {
		t.Run(name, func(t *testing.T) {
			var values syntax.Values
			for range 2 { // the layout of a type is known the second time
				doc := values.Document(value)
				require.Nil(t, doc.Err)
				wrote, err := json.Marshal(value)
				require.NoError(t, err)
				require.Nil(t, syntax.Parse(string(wrote), func(want *syntax.Document) bool {
					require.Nil(t, want.Err)
					require.Equal(t, written(want.Root), written(doc.Root))
					return true
				}))
			}
		})
	}
}

func TestValuesHaveNoPlaces(t *testing.T) {
	var values syntax.Values
	doc := values.Document(map[string]any{"labels": map[string]string{"a": "b"}, "list": 1})
	require.Equal(t, []snapshot.Fact{{Key: "a", Value: "b"}}, doc.Root.Get("labels").Facts())
	require.Equal(t, snapshot.Pos{}, doc.Root.Get("list").Pos())
	require.Equal(t, snapshot.Pos{}, doc.Root.Get("list").KeyPos())
	require.Empty(t, doc.Text())
	require.Empty(t, doc.Root.Get("list").List())
	require.Equal(t, []syntax.Problem{{Reason: "list is a number, want a list"}}, doc.Problems())
}

func TestValuesThatAreNoJSON(t *testing.T) {
	deep := any("x")
	for range 300 {
		deep = []any{deep}
	}
	for name, tt := range map[string]struct {
		value  any
		reason string
	}{
		"function":   {map[string]any{"f": func() {}}, "cannot be read"},
		"keys":       {map[int]string{1: "x"}, "its keys are no text"},
		"own JSON":   {[]any{broken{}}, "cannot be written: no"},
		"not JSON":   {json.RawMessage("{"), "writes no JSON"},
		"deep lists": {deep, "nested more than"},
	} {
		t.Run(name, func(t *testing.T) {
			var values syntax.Values
			doc := values.Document(tt.value)
			require.Nil(t, doc.Root)
			require.NotNil(t, doc.Err)
			require.Contains(t, doc.Err.Reason, tt.reason)
		})
	}
}
