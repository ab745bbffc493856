package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// builder makes the picture of one stack. Until it is finished things are known
// by keys made of their names.
type builder struct {
	in       *topology.Stack
	prefix   string // of keys, different for each stack
	clusters map[string]*Cluster
	nodes    map[string]*Node
	home     map[string]string // node key: cluster key
	edges    map[string]*Edge
	marks    map[string][]Mark // by key of a cluster, node or edge
	evidence map[topology.EvidenceOf]bool
	// reached leads from an application and a gateway to the edge between them.
	reached map[[2]string]*Edge
	// relations leads from a relation or a route to what stands for it.
	relations map[topology.Subject]string
}

func newBuilder(in *topology.Stack, prefix string) *builder {
	b := &builder{
		in: in, prefix: prefix + "\x00",
		clusters: map[string]*Cluster{}, nodes: map[string]*Node{}, home: map[string]string{}, edges: map[string]*Edge{},
		marks: map[string][]Mark{}, evidence: map[topology.EvidenceOf]bool{}, relations: map[topology.Subject]string{},
	}
	for _, e := range in.Evidence {
		b.evidence[e] = true
	}
	return b
}

func (b *builder) draw() {
	for i := range b.in.Models {
		b.model(&b.in.Models[i])
	}
	for _, u := range b.in.Unread {
		c := b.cluster(u.Model)
		c.Facts = append(c.Facts, "named by "+u.By)
	}
	for i := range b.in.Applications {
		b.application(&b.in.Applications[i])
	}
	b.gateways()
	b.offers()
	b.relate()
	b.attach()
	b.ingresses()
	b.vpn()
}

func clusterKey(model string) string { return "model\x00" + model }

func nodeKey(kind Kind, model, name string) string {
	if kind == Gateway {
		kind = Application // one name, one thing that traffic goes through
	}
	return string(kind) + "\x00" + model + "\x00" + name
}

// cluster returns the cluster of a model; one that was not read where there is
// none yet.
func (b *builder) cluster(model string) *Cluster {
	key := clusterKey(model)
	if b.clusters[key] == nil {
		b.clusters[key] = &Cluster{ID: key, Name: model, Unread: true}
	}
	return b.clusters[key]
}

func (b *builder) has(kind snapshot.Evidence, model string) bool {
	return b.evidence[topology.EvidenceOf{Kind: string(kind), Model: model}]
}

func (b *builder) model(m *topology.Model) {
	c := b.cluster(m.Name)
	c.Unread, c.Part, c.Basis = false, m.Part, m.PartBasis
	c.Missing = b.missing(m.Name)
	if m.Controller != "" {
		c.Facts = append(c.Facts, "controller "+m.Controller)
	}
	for i := range b.in.Namespaces {
		n := &b.in.Namespaces[i]
		if n.Name != cmp.Or(m.Namespace, m.Name) {
			continue
		}
		for _, l := range n.Labels {
			if slices.Contains([]string{"istio.io/dataplane-mode", "istio-injection", "istio.io/rev", "istio.io/use-waypoint"}, l.Key) {
				c.Facts = append(c.Facts, "label "+l.Key+"="+l.Value)
			}
		}
	}
	for _, g := range b.in.Gateways {
		if g.Waypoint && g.Namespace == m.Name {
			c.Facts = append(c.Facts, "waypoint "+g.Name)
		}
	}
	strays := 0
	for _, s := range b.in.Strays {
		if s.Namespace != m.Name {
			continue
		}
		if strays++; strays <= maxStrays {
			c.Facts = append(c.Facts, s.Kind+" "+s.Name+", no application")
		}
	}
	if strays > maxStrays {
		c.Facts = append(c.Facts, fmt.Sprintf("and %d more without application", strays-maxStrays))
	}
}

// maxStrays workloads that run no application are named in the title of a model.
const maxStrays = 3

// missing names what was not read of a model, as far as the picture shows it.
func (b *builder) missing(model string) []string {
	kinds := func(words string, list ...snapshot.Evidence) string {
		for _, e := range list {
			if b.has(e, model) {
				return ""
			}
		}
		return words
	}
	juju := []string{
		kinds("applications", snapshot.JujuApplications), kinds("relations", snapshot.JujuRelations), kinds("offers", snapshot.JujuOffers),
	}
	kube := whole("Kubernetes", []string{
		kinds("namespace", snapshot.KubeNamespaces), kinds("workloads and pods", snapshot.KubeWorkloads, snapshot.KubePods),
	})
	// A namespace without any shows no Gateway and no HTTPRoute, whether or not
	// somebody asked for them: they are missed where Juju says that they are there.
	for i := range b.in.Applications {
		a := &b.in.Applications[i]
		if a.Model != model || !a.Effective {
			continue
		}
		if a.Role == topology.RoleIngressGateway {
			kube = append(kube, kinds("gateways", snapshot.KubeGateways))
		}
		if len(a.Attachments) > 0 {
			kube = append(kube, kinds("routes", snapshot.KubeRoutes))
		}
	}
	slices.Sort(kube)
	kube = slices.DeleteFunc(slices.Compact(kube), func(w string) bool { return w == "" })
	return append(whole("Juju", juju), kube...)
}

// whole returns the words that are there, or one word for all of them.
func whole(all string, words []string) []string {
	there := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" })
	if len(there) == len(words) {
		return []string{all}
	}
	return there
}

// finished returns the picture, everything in its order and with its marks.
func (b *builder) finished() Stack {
	s := Stack{ID: b.prefix, Name: b.in.Name}
	for key, n := range b.nodes {
		n.Marks = b.marks[key]
		c := b.clusters[b.home[key]]
		c.Nodes = append(c.Nodes, *n)
	}
	for key, c := range b.clusters {
		c.Marks = b.marks[key]
		slices.SortFunc(c.Nodes, byPlace)
		s.Clusters = append(s.Clusters, *c)
	}
	for key, e := range b.edges {
		e.Marks = b.marks[key]
		slices.Sort(e.Facts)
		e.Facts = slices.Compact(e.Facts)
		s.Edges = append(s.Edges, *e)
	}
	slices.SortFunc(s.Clusters, func(x, y Cluster) int {
		return cmp.Or(cmp.Compare(partRank(x), partRank(y)), cmp.Compare(x.Name, y.Name))
	})
	slices.SortFunc(s.Edges, func(x, y Edge) int { return cmp.Compare(x.ID, y.ID) })
	b.upwards(&s)
	return s
}

// upwards says of each edge whether it leads up. The way from an application to
// a SAAS and from an offer to its application goes on as the way between the two
// models does.
func (b *builder) upwards(s *Stack) {
	model := map[string]int{}
	for i, c := range s.Clusters {
		for _, n := range c.Nodes {
			model[n.ID] = i
		}
	}
	up := map[string]bool{} // SAAS and offers
	for i := range s.Edges {
		if e := &s.Edges[i]; model[e.From] != model[e.To] {
			e.Up = model[e.To] < model[e.From]
			for _, end := range []string{e.From, e.To} {
				up[end] = up[end] || e.Up
			}
		}
	}
	for i := range s.Edges {
		if e := &s.Edges[i]; model[e.From] == model[e.To] {
			from, to := b.nodes[e.From].Kind, b.nodes[e.To].Kind
			switch {
			case from == Offer:
				e.Up = up[e.From]
			case to == SAAS:
				e.Up = up[e.To]
			default:
				e.Up = e.Kind == Ingress
			}
		}
	}
}

// partRank orders models as traffic comes in and goes out.
func partRank(c Cluster) int {
	if c.Unread {
		return 9
	}
	if i := slices.Index([]string{topology.PartSingle, topology.PartCore, topology.PartDownloads, topology.PartGateway}, c.Part); i >= 0 {
		return i
	}
	if c.Foreign {
		return 8
	}
	return 7
}

// byPlace orders nodes from where people come in to where traffic goes out.
func byPlace(a, b Node) int {
	return cmp.Or(cmp.Compare(RoleRank(a), RoleRank(b)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// RoleRank orders nodes by what they do, from the gateways that people come
// through to those that traffic leaves by.
func RoleRank(n Node) int {
	switch n.Kind {
	case Gateway, IngressWay:
		return 0
	case Offer:
		return 20
	case SAAS:
		return 21
	}
	roles := []string{
		topology.RoleIngressGateway, "requester", "media-server", "media-manager", "indexer", "challenge-solver",
		"download-client", "storage", "vpn-gateway",
	}
	if i := slices.Index(roles, n.Role); i >= 0 {
		return i
	}
	return len(roles) + slices.Index([]string{"content", "download", "vpn", "support", "mesh", ""}, n.Group) + 1
}

// sentence joins what is not empty.
func sentence(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}
