package snapshot

import (
	"bytes"
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// random fills every field of a snapshot, in lists of one or two elements, so
// that a field that is forgotten somewhere shows.
func random(r *rand.Rand) Snapshot {
	s := Snapshot{Schema: Schema}
	fill(r, reflect.ValueOf(&s).Elem())
	s.Schema = Schema
	s.Sources = append(s.Sources, Source{}, Source{})
	return s
}

func fill(r *rand.Rand, v reflect.Value) {
	pick := func(values ...string) { v.SetString(values[r.Intn(len(values))]) }
	switch v.Interface().(type) {
	case Pos:
		v.Set(reflect.ValueOf(Pos{r.Int31n(2), 1 + r.Int31n(99), 1 + r.Int31n(99), 1 + r.Int31n(99)}))
		return
	case State:
		pick(string(Planned), string(Declared))
		return
	case Evidence:
		v.Set(reflect.ValueOf(AllEvidence[r.Intn(len(AllEvidence))]))
		return
	case Tri:
		pick(string(Unsaid), string(Yes), string(No))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+r.Intn(2), 3))
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.String:
		pick("a", "<&> \u2028", "é😀\"\n", "x: y")
	case reflect.Int:
		v.SetInt(1 + r.Int63n(9))
	case reflect.Bool:
		v.SetBool(r.Intn(2) == 0)
	default:
		panic("no value for " + v.Type().String())
	}
}

func encoded(t testing.TB, s Snapshot) string {
	t.Helper()
	var buf bytes.Buffer
	require.NoError(t, Encode(&buf, s))
	return buf.String()
}

func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 50 {
		s := random(r)
		for i := range s.Sources {
			s.Sources[i].Recorded = "" // whoever reads a snapshot knows where it stands
		}
		text := encoded(t, s)
		again, err := Decode(strings.NewReader(text))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(s, again))
		require.Equal(t, text, encoded(t, again))
	}
}

func TestRoundTripOfNothing(t *testing.T) {
	text := encoded(t, Snapshot{Models: []Model{{State: Declared}}})
	require.NotContains(t, text, "null")
	again, err := Decode(strings.NewReader(text))
	require.NoError(t, err)
	require.Equal(t, text, encoded(t, again))
	require.NotNil(t, again.Pods)
	require.NotNil(t, again.Models[0].Evidence)
}

func TestDecodeRefuses(t *testing.T) {
	const head = `{"schema":"charmarr-lint/snapshot/v1"`
	for name, c := range map[string]struct{ text, want string }{
		"nothing":         {"", "cut off"},
		"no object":       {"[]", "want {"},
		"schema last":     {`{"pods":[],"schema":"x"}`, `its schema is "x", want`},
		"no schema":       {`{"pods":[]}`, `field "authorizationpolicies" is missing`},
		"no gaps":         {strings.Replace(strings.ReplaceAll(encoded(t, Snapshot{}), "\n", ""), `,"gaps":[]`, "", 1), `field "gaps" is missing: it was edited or cut; record it again`},
		"null for a list": {head + `,"pods":null}`, "pods: found null, want ["},
		"newer":           {`{"schema":"charmarr-lint/snapshot/v2","x":1}`, "read it with the version that recorded it"},
		"foreign":         {`{"schema":"x"}`, `its schema is "x", want`},
		"unknown section": {head + `,"x":[]}`, `field "x" is unknown or stands twice`},
		"section twice":   {head + `,"pods":[],"pods":[]}`, `field "pods" is unknown or stands twice`},
		"unknown field":   {head + `,"models":[{"x":1}]}`, `models: element 1: json: unknown field "x"`},
		"wrong type":      {head + `,"models":[{"name":1}]}`, "models: element 1: "},
		"not a list":      {head + `,"models":{}}`, "models: found {, want ["},
		"cut off":         {head + `,"models":[{"name":"x"`, "cut off"},
		"cut off late":    {head + `,"models":[]`, "cut off"},
		"more text":       {head + `} x`, "more text"},
		"state":           {head + `,"models":[{"state":"x"}]}`, `state "x" is none of planned, declared`},
		"evidence":        {head + `,"models":[{"state":"planned","evidence":["x"]}]}`, `evidence "x" is unknown`},
		"answer":          {head + `,"models":[{"state":"planned","applications":[{"name":"a","trust":"maybe"}]}]}`, `trust "maybe"`},
		"leader":          {head + `,"models":[{"state":"planned","units":[{"name":"a/0","leader":"maybe"}]}]}`, `leader "maybe"`},
		"source":          {head + `,"sources":[{"name":"a"}],"pods":[{"at":[1,1,1,1]}]}`, "not in one of its 1 sources"},
		"negative":        {head + `,"sources":[{"name":"a"}],"pods":[{"at":[0,-1,1,1]}]}`, "not in one of its 1 sources"},
		"no source":       {head + `,"pods":[{"at":[0,1,1,1]}]}`, "not in one of its 0 sources"},
		"gap's evidence":  {head + `,"gaps":[{"evidence":["x"]}]}`, `gap 1: evidence "x"`},
		"gap's line":      {head + `,"gaps":[{"line":-1}]}`, `gap 1: line -1`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode(strings.NewReader(c.text))
			require.ErrorContains(t, err, "reading the recorded snapshot: ")
			require.ErrorContains(t, err, c.want)
		})
	}
}

// positions collects every position of a value by reflection.
func positions(v reflect.Value) []Pos {
	if p, ok := v.Interface().(Pos); ok {
		return []Pos{p}
	}
	var list []Pos
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			list = append(list, positions(v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, positions(v.Index(i))...)
		}
	}
	return list
}

func TestMergeRenumbersEveryPosition(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	a, b, c := random(r), random(r), random(r)
	textOfB := encoded(t, b)
	all := Merge(a, b, c)
	require.Equal(t, append(append(append([]Source{}, a.Sources...), b.Sources...), c.Sources...), all.Sources)
	require.Equal(t, textOfB, encoded(t, b), "the arguments are left alone")

	perSource := map[int]int{}
	for _, p := range positions(reflect.ValueOf(all)) {
		perSource[p.Source()]++
	}
	base := 0
	for _, part := range []Snapshot{a, b, c} {
		want := map[int]int{}
		for _, p := range positions(reflect.ValueOf(part)) {
			want[p.Source()]++
		}
		for source, n := range want {
			require.Equal(t, n, perSource[base+source])
		}
		base += len(part.Sources)
	}
	require.Empty(t, cmp.Diff(Merge(Merge(a, b), c), Merge(a, Merge(b, c))))
	require.Equal(t, encoded(t, a), encoded(t, Merge(a)))
	require.NotNil(t, Merge().Gaps)
}

func FuzzRoundTrip(f *testing.F) {
	r := rand.New(rand.NewSource(3))
	f.Add(encoded(f, random(r)))
	f.Add(encoded(f, estate(1)))
	f.Add(`{"schema":"charmarr-lint/snapshot/v1"}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Decode(strings.NewReader(text))
		if err != nil {
			return
		}
		once := encoded(t, s)
		again, err := Decode(strings.NewReader(once))
		require.NoError(t, err)
		require.Equal(t, once, encoded(t, again))
		for _, p := range positions(reflect.ValueOf(Merge(Snapshot{Sources: []Source{{}}}, s))) {
			require.GreaterOrEqual(t, p.Source(), 0)
			require.LessOrEqual(t, p.Source(), len(s.Sources)+1)
		}
	})
}

func FuzzRedact(f *testing.F) {
	f.Add("password", "x")
	f.Add("config", `{"a":{"token":"x"}}`)
	f.Add("settings.sh", "A=1\nexport TOKEN=\"x y\"\n")
	f.Add("url", "https://a:b@c?token=x&y")
	f.Fuzz(func(t *testing.T, key, value string) {
		once := Redact(key, value)
		require.Equal(t, once, Redact(key, once))
	})
}

// estate builds a snapshot of n stacks of 40 objects each.
func estate(n int) Snapshot {
	s := Snapshot{Sources: []Source{{Kind: Manifest, Name: "cluster.yaml"}, {Kind: JujuStatus, Name: "status.json"}}}
	facts := func(line int32, kv ...string) []Fact {
		var list []Fact
		for i := 0; i < len(kv); i += 2 {
			list = append(list, Fact{Key: kv[i], Value: kv[i+1], At: Pos{0, line, 7, 60}})
		}
		return list
	}
	for i := range n {
		ns := fmt.Sprintf("charmarr-core-%d", i)
		m := Model{Name: ns, State: Declared, At: Pos{1, 1, 10, 20}, Evidence: []Evidence{JujuApplications, JujuRelations}}
		s.Namespaces = append(s.Namespaces, Namespace{Meta: Meta{Name: ns, At: Pos{0, 5, 9, 12}, Labels: facts(8, "model.juju.is/name", ns, "kubernetes.io/metadata.name", ns)}})
		for j := range 20 {
			app := fmt.Sprintf("radarr-%d", j)
			m.Applications = append(m.Applications, Application{Name: app, Charm: "radarr-k8s", Channel: "latest/edge", Revision: 12, Scale: 1,
				Exposed: No, Status: "active", At: Pos{1, 1, 200, 206}, CharmAt: Pos{1, 1, 220, 229}})
			m.Relations = append(m.Relations, Relation{A: RelationEnd{app, "media-indexer"}, B: RelationEnd{"prowlarr", ""}, Interface: "media_indexer", At: Pos{1, 1, 300, 320}})
			meta := Meta{Name: app, Namespace: ns, At: Pos{0, 100, 9, 15},
				Labels:      facts(101, "app.kubernetes.io/managed-by", "juju", "app.kubernetes.io/name", app, "model.juju.is/id", "5c3c6f2e-1c1b-4f8c-8a5e-0b9d1d0fca11"),
				Annotations: facts(110, "controller.juju.is/id", "0f7e7e54-1c1b-4f8c-8a5e-0b9d1d0fca11", "app.juju.is/uuid", "5c3c6f2e-1c1b-4f8c-8a5e-0b9d1d0fca11")}
			spec := PodSpec{Labels: facts(140, "app.kubernetes.io/name", app, "istio.io/dataplane-mode", "ambient"), ServiceAccount: app, At: Pos{0, 139, 3, 10},
				Containers: []Container{{Name: "charm", Image: "docker.io/jujusolutions/charm-base:ubuntu-24.04", At: Pos{0, 150, 9, 14}}, {Name: "radarr", Image: "ghcr.io/hotio/radarr", At: Pos{0, 180, 9, 14}}}}
			s.Workloads = append(s.Workloads, Workload{Kind: "StatefulSet", Meta: meta, Replicas: 1, Template: spec})
			s.Pods = append(s.Pods, Pod{Meta: meta, Spec: spec, Phase: "Running", IP: "10.1.0.7", Owner: app})
		}
		s.Models = append(s.Models, m)
	}
	return s
}

func BenchmarkDecode(b *testing.B) {
	var buf bytes.Buffer
	if err := Encode(&buf, estate(200)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(buf.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(bytes.NewReader(buf.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}
