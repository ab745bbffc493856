package svg_test

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/graphtest"
	"github.com/charmarr/charmarr-lint/internal/graph/svg"
)

func write(t *testing.T, g graph.Graph) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, svg.Write(&b, g))
	require.NoError(t, graphtest.XML(b.String()))
	return b.String()
}

var (
	page  = regexp.MustCompile(`<svg [^>]*width="(\d+)" height="(\d+)"`)
	frame = regexp.MustCompile(`<g id="(n\d+)" class="node[^>]*>\n<title>[^<]*</title>\n<rect class="frame" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"`)
	line  = regexp.MustCompile(`<path id="e\d+" class="line [^"]*" data-from="(n\d+)" data-to="(n\d+)" d="([^"]*)"`)
	point = regexp.MustCompile(`[MLQ ](-?\d+) (-?\d+)`)
)

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}

// TestLinesKeepClear demands of whole pictures that every node and line is on the
// page and that no line runs through a node.
func TestLinesKeepClear(t *testing.T) {
	for name, g := range map[string]graph.Graph{
		"clean":    graphtest.Of(t, "adr-006", "testdata/clean"),
		"broken":   graphtest.Of(t, "adr-006", "testdata/broken"),
		"single":   graphtest.Of(t, "single-model", "testdata/upstream"),
		"one file": graphtest.Of(t, "adr-006", "testdata/clean/juju/charmarr-downloads.status.json"),
		"kube":     graphtest.Of(t, "adr-006", "testdata/clean/kube"),
		"hostile":  graphtest.Hostile(),
	} {
		t.Run(name, func(t *testing.T) {
			picture := write(t, g)
			size := page.FindStringSubmatch(picture)
			width, height := number(t, size[1]), number(t, size[2])
			type box struct{ x, y, w, h int }
			boxes := map[string]box{}
			for _, m := range frame.FindAllStringSubmatch(picture, -1) {
				b := box{number(t, m[2]), number(t, m[3]), number(t, m[4]), number(t, m[5])}
				require.True(t, b.x >= 0 && b.y >= 0 && b.x+b.w <= width && b.y+b.h <= height, "%s is off the page", m[1])
				boxes[m[1]] = b
			}
			require.NotEmpty(t, boxes)
			lines := line.FindAllStringSubmatch(picture, -1)
			require.Len(t, lines, len(g.Stacks[0].Edges))
			for _, m := range lines {
				require.Contains(t, boxes, m[1])
				require.Contains(t, boxes, m[2])
				points := point.FindAllStringSubmatch(m[3], -1)
				for i := range points {
					x, y := number(t, points[i][1]), number(t, points[i][2])
					require.True(t, x >= 0 && y >= 0 && x <= width && y <= height, "%s leaves the page", m[0])
					if i == 0 {
						continue
					}
					fromX, fromY := number(t, points[i-1][1]), number(t, points[i-1][2])
					for id, b := range boxes {
						inside := min(x, fromX) < b.x+b.w && max(x, fromX) > b.x && min(y, fromY) < b.y+b.h && max(y, fromY) > b.y
						require.False(t, inside, "the line from %s to %s runs through %s", m[1], m[2], id)
					}
				}
			}
		})
	}
}

func TestSaysWhatMatters(t *testing.T) {
	broken := write(t, graphtest.Of(t, "adr-006", "testdata/broken"))
	for _, want := range []string{
		`role="img" aria-labelledby="graph-title graph-desc"`, "<desc", "prefers-color-scheme: dark",
		"error mesh/core-enrolled [", "warning mesh/gateway-not-enrolled [", "offer lidarr", "no such offer", "label istio.io/dataplane-mode=ambient",
		"in mesh", "outside mesh", "no VPN gateway", "VPN gluetun-ch/gluetun",
		// The message where somebody points at a node, and in the list.
		": Core service &quot;plex&quot; in model",
	} {
		require.Contains(t, broken, want)
	}
	require.NotContains(t, broken, "<script")
	partly := write(t, graphtest.Of(t, "adr-006", "testdata/clean/juju/charmarr-downloads.status.json"))
	for _, want := range []string{"model not read", "not read: Kubernetes", `class="node offer unread"`, "not evaluated for lack of"} {
		require.Contains(t, partly, want)
	}
	require.Contains(t, write(t, graph.Graph{}), "Nothing of Charmarr was found")
}

// TestShapes draws what the deployments do not have.
func TestShapes(t *testing.T) {
	node := func(id string) graph.Node { return graph.Node{ID: id, Kind: graph.Application, Name: id} }
	model := func(id, part string, nodes ...graph.Node) graph.Cluster {
		return graph.Cluster{ID: id, Name: id, Part: part, Nodes: nodes}
	}
	uses := func(from, to string) graph.Edge {
		return graph.Edge{ID: "e" + from[1:] + to[1:], From: from, To: to, Kind: graph.Relation}
	}
	for name, s := range map[string]graph.Stack{
		"circle":            {Clusters: []graph.Cluster{model("m1", "core", node("n1"), node("n2"), node("n3"))}, Edges: []graph.Edge{uses("n1", "n2"), uses("n2", "n3"), uses("n3", "n1"), uses("n2", "n1")}},
		"side by side":      {Clusters: []graph.Cluster{model("m1", "gateway", node("n1")), model("m2", "gateway", node("n2"))}, Edges: []graph.Edge{uses("n1", "n2"), uses("n2", "n1")}},
		"past a model":      {Clusters: []graph.Cluster{model("m1", "core", node("n1")), model("m2", "downloads", node("n2")), model("m3", "gateway", node("n3"))}, Edges: []graph.Edge{uses("n1", "n3"), uses("n3", "n1")}},
		"nothing in it":     {Clusters: []graph.Cluster{model("m1", ""), {ID: "m2", Name: "m2", Unread: true}}},
		"no model":          {},
		"two ways together": {Clusters: []graph.Cluster{model("m1", "core", node("n1"), node("n2"))}, Edges: []graph.Edge{uses("n1", "n2"), {ID: "e99", From: "n1", To: "n2", Kind: graph.VPN, Undirected: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			s.ID, s.Name = "s1", name
			picture := write(t, graph.Graph{Stacks: []graph.Stack{s}})
			require.Len(t, line.FindAllString(picture, -1), len(s.Edges))
			require.Equal(t, len(s.Clusters), strings.Count(picture, `class="model `))
		})
	}
}

// TestManyApplications draws more than anybody has in one model.
func TestManyApplications(t *testing.T) {
	names := []string{"a"}
	for i := range 100 {
		names = append(names, "name-"+strconv.Itoa(i))
	}
	g := graph.Of(graphtest.Named(names))
	c := &g.Stacks[0].Clusters[0]
	first := c.Nodes[0].ID
	for i := range 300 {
		id := "x" + strconv.Itoa(i)
		c.Nodes = append(c.Nodes, graph.Node{ID: id, Kind: graph.Application, Name: id})
		g.Stacks[0].Edges = append(g.Stacks[0].Edges, graph.Edge{ID: "e" + id, From: id, To: first, Kind: graph.Storage})
	}
	require.Equal(t, 300, strings.Count(write(t, g), `data-from="x`))
}
