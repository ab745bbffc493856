package admission

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// today is the day of all tests.
var today = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// court is what requests are judged by.
type court struct {
	*Decider

	repeater *lint.Repeater
}

func newCourt(t testing.TB, c config.Config) court {
	t.Helper()
	judge, err := lint.NewJudge(t.Context(), lint.Options{Config: c, Today: today})
	require.NoError(t, err)
	repeater, err := judge.Repeater()
	require.NoError(t, err)
	return court{New(repeater, c), repeater}
}

// view judges a cluster.
func (c court) view(t testing.TB, objects map[string][]byte) View {
	t.Helper()
	standing, err := c.repeater.First(t.Context(), cluster(t, objects))
	require.NoError(t, err)
	return View{Standing: standing, Ages: []Age{{Of: Cluster, Age: time.Second, Budget: time.Minute}}}
}

// next is the view after a step.
func (c court) next(t testing.TB, v View, s step) View {
	t.Helper()
	req := request(t, s.old, s.object)
	old, err := object(req, string(s.old))
	require.NoError(t, err)
	added, err := object(req, string(s.object))
	require.NoError(t, err)
	snap := snapshot.Replace(v.Standing.Snapshot, old, added)
	snap.Coverage = wholly(snap)
	v.Standing, err = c.repeater.Next(t.Context(), v.Standing, snap)
	require.NoError(t, err)
	return v
}

// objects are those of a deployment as the API server has them, by what names them.
func objects(t testing.TB, d *deployment.Deployment) map[string][]byte {
	t.Helper()
	files, err := d.Files(deployment.Kube)
	require.NoError(t, err)
	out := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if failure := syntax.Parse(string(files[name]), func(doc *syntax.Document) bool {
			require.Nil(t, doc.Err)
			items := []any{plain(doc.Root)}
			if list, ok := items[0].(map[string]any)["items"].([]any); ok {
				items = list
			}
			for _, item := range items {
				text, err := json.Marshal(item)
				require.NoError(t, err)
				req := requestOf(t, text)
				out[req.Group+"/"+req.Version+" "+req.String()] = text
			}
			return true
		}); failure != nil {
			t.Fatal(failure)
		}
	}
	return out
}

// plain turns a document into what encoding/json makes of one.
func plain(n *syntax.Node) any {
	if list := n.List(); n.Kind() == syntax.List {
		out := []any{}
		for _, item := range list {
			out = append(out, plain(item))
		}
		return out
	}
	switch n.Kind() {
	case syntax.Map:
		out := map[string]any{}
		for key, value := range n.Entries() {
			out[key.Text()] = plain(value)
		}
		return out
	case syntax.Number:
		return json.Number(n.Text())
	case syntax.Bool:
		return n.Text() == "true"
	case syntax.Null:
		return nil
	}
	return n.Text()
}

// requestOf is a request about an object, without an operation.
func requestOf(t testing.TB, text []byte) Request {
	t.Helper()
	var o struct {
		APIVersion string `json:"apiVersion"`
		Kind       string
		Metadata   struct{ Name, Namespace string }
	}
	require.NoError(t, json.Unmarshal(text, &o))
	group, version, ok := strings.Cut(o.APIVersion, "/")
	if !ok {
		group, version = "", o.APIVersion
	}
	return Request{Group: group, Version: version, Kind: o.Kind, Namespace: o.Metadata.Namespace, Name: o.Metadata.Name}
}

// change is a request that turns an object of one cluster into that of another;
// either may lack it.
func request(t testing.TB, old, object []byte) Request {
	t.Helper()
	text := object
	if text == nil {
		text = old
	}
	req := requestOf(t, text)
	req.Old, req.Object = string(old), string(object)
	switch {
	case old == nil:
		req.Operation = Create
	case object == nil:
		req.Operation = Delete
	default:
		req.Operation = Update
	}
	return req
}

// cluster is a snapshot of a cluster that has the objects, read in whole.
func cluster(t testing.TB, objects map[string][]byte) snapshot.Snapshot {
	t.Helper()
	s := snapshot.Merge(snapshot.Snapshot{Sources: []snapshot.Source{{Kind: snapshot.KubeCluster, Name: "test"}}})
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		part, err := object(requestOf(t, objects[name]), string(objects[name]))
		require.NoError(t, err, name)
		s = snapshot.Replace(s, snapshot.Snapshot{}, part)
	}
	s.Coverage = wholly(s)
	return s
}

// wholly says that all is read of a cluster, but of Juju.
func wholly(s snapshot.Snapshot) []snapshot.Coverage {
	var out []snapshot.Coverage
	for _, e := range snapshot.AllEvidence {
		switch {
		case !strings.HasPrefix(string(e), "kube."):
		case e.OfCluster():
			out = append(out, snapshot.Coverage{Evidence: e})
		default:
			for _, n := range s.Namespaces {
				out = append(out, snapshot.Coverage{Evidence: e, Namespace: n.Name})
			}
		}
	}
	return out
}

// step is an object of a deployment and of a changed one, where they differ.
type step struct {
	name        string
	old, object []byte
}

// steps are the changes that lead from one cluster to another, those first that
// stand for what people and charms write.
func steps(from, to map[string][]byte) []step {
	names := map[string]bool{}
	for name := range from {
		names[name] = true
	}
	for name := range to {
		names[name] = true
	}
	var out []step
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if string(from[name]) != string(to[name]) {
			out = append(out, step{name, from[name], to[name]})
		}
	}
	pod := func(s step) int {
		if strings.Contains(s.name, " Pod ") {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b step) int { return cmp.Compare(pod(a), pod(b)) })
	return out
}

func (s step) String() string {
	switch {
	case s.old == nil:
		return "create " + s.name
	case s.object == nil:
		return "delete " + s.name
	}
	return fmt.Sprint("change ", s.name)
}
