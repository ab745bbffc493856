package graph_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/graph/graphtest"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// cluster returns a model of the only stack.
func cluster(t *testing.T, g graph.Graph, name string) graph.Cluster {
	t.Helper()
	require.Len(t, g.Stacks, 1)
	i := slices.IndexFunc(g.Stacks[0].Clusters, func(c graph.Cluster) bool { return c.Name == name })
	require.GreaterOrEqual(t, i, 0, "no model %s", name)
	return g.Stacks[0].Clusters[i]
}

// node returns a node: "charmarr-core/application radarr".
func node(t *testing.T, g graph.Graph, path string) graph.Node {
	t.Helper()
	model, rest, _ := strings.Cut(path, "/")
	kind, name, _ := strings.Cut(rest, " ")
	for _, n := range cluster(t, g, model).Nodes {
		if string(n.Kind) == kind && n.Name == name {
			return n
		}
	}
	require.Fail(t, "no node "+path)
	return graph.Node{}
}

// edges lists the edges between two nodes.
func edges(t *testing.T, g graph.Graph, from, to string) []graph.Edge {
	t.Helper()
	a, b := node(t, g, from).ID, node(t, g, to).ID
	var out []graph.Edge
	for _, e := range g.Stacks[0].Edges {
		if e.From == a && e.To == b {
			out = append(out, e)
		}
	}
	return out
}

func edge(t *testing.T, g graph.Graph, from, to string) graph.Edge {
	t.Helper()
	found := edges(t, g, from, to)
	require.Len(t, found, 1, "from %s to %s", from, to)
	return found[0]
}

func TestClean(t *testing.T) {
	g := graphtest.Of(t, "adr-006", "testdata/clean")
	var models []string
	for _, c := range g.Stacks[0].Clusters {
		models = append(models, c.Name+" "+c.Part)
		require.False(t, c.Partly(), "%s lacks %v", c.Name, c.Missing)
	}
	require.Equal(t, []string{"charmarr-core core", "charmarr-downloads downloads", "gluetun gateway", "velero "}, models)

	client := node(t, g, "charmarr-downloads/application qbittorrent")
	require.Equal(t, graph.Mesh{Answer: graph.Yes, State: "effective"}, client.Mesh)
	require.Equal(t, "VPN gluetun/gluetun", client.VPN)
	require.False(t, client.VPNUnknown)
	require.Equal(t, graph.No, node(t, g, "gluetun/application gluetun").Mesh.Answer)

	t.Run("from consumer through SAAS and offer", func(t *testing.T) {
		for from, to := range map[string]string{
			"charmarr-downloads/application qbittorrent": "charmarr-downloads/SAAS gluetun",
			"charmarr-downloads/SAAS gluetun":            "gluetun/offer gluetun",
			"gluetun/offer gluetun":                      "gluetun/application gluetun",
		} {
			e := edge(t, g, from, to)
			require.Equal(t, graph.VPN, e.Kind)
			require.False(t, e.Unknown || e.Up || e.Undirected)
		}
		e := edge(t, g, "charmarr-downloads/application qbittorrent", "charmarr-downloads/SAAS radarr")
		require.Equal(t, []string{"download-client", "cross_model_mesh"}, e.Carried())
		require.True(t, e.Up, "core is above")
	})
	t.Run("ingress by relation and route is one line", func(t *testing.T) {
		e := edge(t, g, "charmarr-core/application plex", "charmarr-core/application media-gateway")
		require.Equal(t, graph.Ingress, e.Kind)
		require.Equal(t, []string{"ingress"}, e.Carried())
		require.Len(t, e.Facts, 2)
		across := edge(t, g, "charmarr-downloads/application sabnzbd", "charmarr-downloads/SAAS admin-gateway")
		require.Contains(t, strings.Join(across.Facts, "\n"), "HTTPRoute")
	})
	t.Run("the beacon is a mark, not a line", func(t *testing.T) {
		require.Empty(t, edges(t, g, "charmarr-core/application radarr", "charmarr-core/application beacon"))
		require.Contains(t, node(t, g, "charmarr-core/application radarr").Facts, "declared relation radarr:service-mesh beacon:service-mesh")
	})
}

func TestStraysAreNamed(t *testing.T) {
	s := topology.Stack{Name: "s", Models: []topology.Model{{Name: "m"}}}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		s.Strays = append(s.Strays, topology.Stray{Kind: "Deployment", Name: name, Namespace: "m"})
	}
	g := graph.Of([]topology.Stack{s}, finding.Report{})
	require.Equal(t, []string{"Deployment a, no application", "Deployment b, no application", "Deployment c, no application", "and 2 more without application"}, cluster(t, g, "m").Facts)
}

func TestWhatWasNotReadLooksSo(t *testing.T) {
	t.Run("one model of three, from Juju", func(t *testing.T) {
		g := graphtest.Of(t, "adr-006", "testdata/clean/juju/charmarr-downloads.status.json")
		require.Equal(t, []string{"Kubernetes"}, cluster(t, g, "charmarr-downloads").Missing)
		for _, name := range []string{"charmarr-core", "gluetun"} {
			require.True(t, cluster(t, g, name).Unread, name)
		}
		require.Equal(t, "not read", node(t, g, "gluetun/offer gluetun").Absent)
		client := node(t, g, "charmarr-downloads/application qbittorrent")
		require.Equal(t, "VPN gluetun (not read)", client.VPN)
		require.True(t, client.VPNUnknown)
		require.Equal(t, "in mesh (declared)", client.Mesh.Words())
		require.True(t, edge(t, g, "charmarr-downloads/SAAS gluetun", "gluetun/offer gluetun").Unknown)
		require.NotEmpty(t, g.Undecided)
	})
	t.Run("Kubernetes alone", func(t *testing.T) {
		g := graphtest.Of(t, "adr-006", "testdata/clean/kube")
		require.Equal(t, []string{"Juju"}, cluster(t, g, "charmarr-core").Missing)
		client := node(t, g, "charmarr-downloads/application qbittorrent")
		require.Equal(t, "VPN not known", client.VPN)
		require.True(t, client.VPNUnknown)
		e := edge(t, g, "charmarr-downloads/application qbittorrent", "charmarr-core/application admin-gateway")
		require.Equal(t, []string{"HTTPRoute"}, e.Carried())
	})
	t.Run("enrolment", func(t *testing.T) {
		s := topology.Stack{
			Name: "s", Profile: topology.Expectation{Mesh: "ambient"}, Models: []topology.Model{{Name: "m"}},
			Applications: []topology.Application{{ID: "m/a", Name: "a", Model: "m"}},
		}
		g := graph.Of([]topology.Stack{s}, finding.Report{})
		require.Equal(t, "mesh not known", node(t, g, "m/application a").Mesh.Words())
		s.Profile.Mesh = "off"
		g = graph.Of([]topology.Stack{s}, finding.Report{})
		require.Empty(t, node(t, g, "m/application a").Mesh.Words(), "nobody asks")
	})
	t.Run("a client without VPN", func(t *testing.T) {
		s := topology.Stack{
			Name: "s", Models: []topology.Model{{Name: "m"}},
			Applications: []topology.Application{{ID: "m/a", Name: "a", Model: "m", Role: topology.RoleDownloadClient}},
		}
		g := graph.Of([]topology.Stack{s}, finding.Report{})
		require.Equal(t, "VPN not known", node(t, g, "m/application a").VPN)
		s.Evidence = []topology.EvidenceOf{{Kind: "juju.relations", Model: "m"}}
		g = graph.Of([]topology.Stack{s}, finding.Report{})
		require.Equal(t, "no VPN gateway", node(t, g, "m/application a").VPN)
	})
	t.Run("an offer that is not there", func(t *testing.T) {
		g := graphtest.Of(t, "adr-006", "testdata/broken")
		require.Equal(t, "no such offer", node(t, g, "charmarr-core/offer lidarr").Absent)
		require.True(t, edge(t, g, "charmarr-downloads/SAAS lidarr", "charmarr-core/offer lidarr").Unknown)
	})
}

// TestEveryFindingIsMarked holds the picture to the report: what is listed with a
// place is marked there, and what is marked is listed.
func TestEveryFindingIsMarked(t *testing.T) {
	for name, g := range map[string]graph.Graph{
		"broken": graphtest.Of(t, "adr-006", "testdata/broken"), "hostile": graphtest.Hostile(),
	} {
		t.Run(name, func(t *testing.T) {
			for step, g := range map[string]graph.Graph{"whole": g, "models": g.Models()} {
				marked := map[string][]int{}
				for id, marks := range marksOf(g) {
					for _, m := range marks {
						for _, n := range m.Findings {
							marked[id] = append(marked[id], n)
							f := g.Findings[n-1]
							require.Equal(t, f.Words(), m.Words())
							if step == "whole" {
								require.Contains(t, f.On, id)
							}
						}
					}
				}
				for i, f := range g.Findings {
					require.Equal(t, i+1, f.Number)
					if name == "broken" {
						require.NotEmpty(t, f.On, f.Subject)
					}
					if step == "whole" {
						for _, id := range f.On {
							require.Contains(t, marked[id], f.Number)
						}
					} else if len(f.On) > 0 {
						require.Contains(t, slices.Concat(slices.Collect(mapValues(marked))...), f.Number)
					}
				}
			}
		})
	}
}

func mapValues(m map[string][]int) func(func([]int) bool) {
	return func(yield func([]int) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// marksOf lists the marks of a graph by id.
func marksOf(g graph.Graph) map[string][]graph.Mark {
	out := map[string][]graph.Mark{}
	for _, s := range g.Stacks {
		for _, c := range s.Clusters {
			out[c.ID] = c.Marks
			for _, n := range c.Nodes {
				out[n.ID] = n.Marks
			}
		}
		for _, e := range s.Edges {
			out[e.ID] = e.Marks
		}
	}
	return out
}

func TestWhereFindingsAreMarked(t *testing.T) {
	stacks, r := graphtest.Checked(t, "adr-006", "testdata/clean")
	s := stacks[0]
	find := func(subject topology.Subject) string {
		r.Findings = []finding.Finding{{Rule: "a/b", Level: "error", Verdict: finding.Violated, Stack: s.Name, Subject: finding.Subject(subject)}}
		g := graph.Of([]topology.Stack{s}, r)
		var on []string
		for _, c := range g.Stacks[0].Clusters {
			if slices.Contains(g.Findings[0].On, c.ID) {
				on = append(on, c.Name)
			}
			for _, n := range c.Nodes {
				if slices.Contains(g.Findings[0].On, n.ID) {
					on = append(on, c.Name+"/"+string(n.Kind)+" "+n.Name)
				}
			}
		}
		for _, e := range g.Stacks[0].Edges {
			if slices.Contains(g.Findings[0].On, e.ID) {
				on = append(on, "edge "+string(e.Kind))
			}
		}
		return strings.Join(on, ", ")
	}
	radarr := s.Applications[slices.IndexFunc(s.Applications, func(a topology.Application) bool { return a.Name == "radarr" })]
	core := func(kind, name string) topology.Subject {
		return topology.Subject{Kind: kind, Model: "charmarr-core", Namespace: "charmarr-core", Name: name}
	}
	relation := func(iface string) topology.Subject {
		return s.Relations[slices.IndexFunc(s.Relations, func(r topology.Relation) bool { return r.Interface == iface })].Subject
	}
	for name, c := range map[string]struct {
		subject topology.Subject
		want    string
	}{
		"application":          {radarr.Subject, "charmarr-core/application radarr"},
		"workload":             {radarr.Workloads[0].Subject, "charmarr-core/application radarr"},
		"pod":                  {radarr.Pods[0].Subject, "charmarr-core/application radarr"},
		"model":                {s.Models[0].Subject, "charmarr-core"},
		"namespace":            {s.Namespaces[2].Subject, "gluetun"},
		"offer":                {s.Offers[0].Subject, "charmarr-core/offer " + s.Offers[0].Name},
		"SAAS":                 {s.SAAS[0].Subject, s.SAAS[0].Model + "/SAAS " + s.SAAS[0].Name},
		"relation":             {relation("media-storage"), "edge storage"},
		"relation with beacon": {relation("service_mesh"), "charmarr-core/application flaresolverr"},
		"route":                {s.Routes[0].Subject, "edge ingress"},
		"gateway":              {core("gateway", "arr-gateway"), "charmarr-core/application arr-gateway"},
		"service":              {s.Services[slices.IndexFunc(s.Services, func(x topology.Service) bool { return x.Application == "radarr" })].Subject, "charmarr-core/application radarr"},
		"kind of one's own":    {core("sidecar", "radarr"), "charmarr-core/application radarr"},
		"name of one's own":    {core("sidecar", "nobody"), "charmarr-core"},
		"somewhere else":       {topology.Subject{Kind: "node", Name: "n1"}, ""},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, find(c.subject)) })
	}
}

// TestTextIsPlain walks a graph of hostile names: no text may hold a character
// that acts, or be longer than anybody reads.
func TestTextIsPlain(t *testing.T) {
	var walk func(v reflect.Value)
	texts := 0
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			texts++
			require.Equal(t, v.String(), plain.Line(v.String()))
			require.LessOrEqual(t, len([]rune(v.String())), 2000)
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(graphtest.Hostile()))
	require.Greater(t, texts, 500)
}

func TestOrderOfStacksDoesNotShow(t *testing.T) {
	a, ra := graphtest.Named([]string{"a", "b", "c"})
	b, _ := graphtest.Named([]string{"x", "y", "z"})
	require.Empty(t, cmp.Diff(graph.Of(slices.Concat(a, b), ra), graph.Of(slices.Concat(b, a), ra)))
}

func TestModels(t *testing.T) {
	whole := graphtest.Of(t, "adr-006", "testdata/broken")
	applications := slices.DeleteFunc(slices.Clone(cluster(t, whole, "charmarr-core").Nodes), func(n graph.Node) bool { return n.Kind != graph.Application })
	g := whole.Models()
	core := cluster(t, g, "charmarr-core")
	require.Len(t, core.Nodes, 1)
	require.Equal(t, fmt.Sprintf("%d applications", len(applications)), core.Nodes[0].Name)
	for _, e := range g.Stacks[0].Edges {
		require.NotEqual(t, e.From, e.To)
	}
}

func TestShort(t *testing.T) {
	require.Equal(t, "charmarr", graph.Short("charmarr", 8))
	require.Equal(t, "cha…arr", graph.Short("charmarr", 7))
	require.Equal(t, "家家…家", graph.Short("家家家家家", 4))
}

func TestWords(t *testing.T) {
	for want, m := range map[string]graph.Mesh{
		"in mesh": {Answer: graph.Yes, State: "effective"}, "outside mesh (planned)": {Answer: graph.No, State: "planned"},
		"mesh not known": {Answer: graph.NotKnown}, "": {},
	} {
		require.Equal(t, want, m.Words())
	}
	require.Equal(t, "waived a/b", graph.Mark{Rule: "a/b", Level: "error", Waived: true}.Words())
	require.Equal(t, "warning", graph.Gravest([]graph.Mark{{Level: "note"}, {Level: "warning"}, {Level: "error", Waived: true}}))
	require.Equal(t, "waived", graph.Gravest([]graph.Mark{{Level: "error", Waived: true}}))
	require.Empty(t, graph.Gravest(nil))
}
