package topology

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// stackNode is one set of a union-find over models: the models that belong to
// one Charmarr deployment.
type stackNode struct {
	parent *stackNode
	models []*model
}

func (n *stackNode) root() *stackNode {
	for n.parent != nil {
		n = n.parent
	}
	return n
}

func join(a, b *model) {
	if a.stack == nil || b.stack == nil {
		return
	}
	x, y := a.stack.root(), b.stack.root()
	if x == y {
		return
	}
	y.parent = x
	x.models = append(x.models, y.models...)
	y.models = nil
}

// stack is a deployment with its models, in order.
type stack struct {
	name   string
	models []*model
}

// charmarrModel tells whether a model belongs to some stack: it holds an
// application of Charmarr's, or the profile names it outright. A model of
// beacons, of Istio or of observability alone is left alone.
func (e *estate) charmarrModel(m *model) bool {
	for _, a := range m.apps {
		switch a.group() {
		case GroupContent, GroupDownload, GroupVPN:
			return true
		case GroupIngress:
			if classOf(e.profile, a.name) != "" {
				return true
			}
		}
		if a.role == "storage" {
			return true
		}
	}
	if len(m.observed) == 0 && m.namespace == nil {
		return false
	}
	for _, list := range [][]string{e.profile.Models.Core, e.profile.Models.Downloads, e.profile.Models.Gateway} {
		if slices.Contains(list, m.name) {
			return true
		}
	}
	return false
}

// stacks divides the models of Charmarr into deployments: what the profile
// names together, and what is connected, belongs together; two deployments on
// one controller are kept apart.
func (e *estate) stacks() []stack {
	var nodes []*model
	for _, m := range e.models {
		if e.charmarrModel(m) {
			m.stack = &stackNode{models: []*model{m}}
			nodes = append(nodes, m)
		}
	}
	byKey := map[string]*model{}
	for _, m := range nodes {
		if key := e.profileKey(m); key != "" {
			key = m.controller + "\x00" + key
			if first := byKey[key]; first != nil {
				join(first, m)
			} else {
				byKey[key] = m
			}
		}
		e.connect(m)
	}
	shared := e.connectGateways(nodes)
	e.adoptGateways(nodes, shared)

	var out []stack
	seen := map[*stackNode]bool{}
	for _, m := range nodes {
		root := m.stack.root()
		if seen[root] {
			continue
		}
		seen[root] = true
		if len(shared[m]) > 0 {
			continue // it stands in the stacks that use it
		}
		models := slices.Clone(root.models)
		for home, users := range shared {
			if users[root] {
				models = append(models, home)
			}
		}
		slices.SortFunc(models, func(a, b *model) int {
			return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.controller, b.controller))
		})
		for _, m := range models {
			e.givePart(m)
		}
		out = append(out, stack{name: e.stackName(models), models: models})
	}
	unique(out)
	slices.SortFunc(out, func(a, b stack) int { return cmp.Compare(a.name, b.name) })
	return out
}

// profileKey is what the models that the profile puts together have in common:
// the text that a glob's * stands for ("media" of media-core and
// media-downloads), or the profile's own name where it names models outright.
func (e *estate) profileKey(m *model) string {
	if e.profile.Layout == SingleModel {
		return ""
	}
	lists := [][]string{e.profile.Models.Core, e.profile.Models.Downloads, e.profile.Models.Gateway}
	for _, list := range lists {
		for _, glob := range list {
			if key, ok := globKey(glob, m.name); ok && key != "" {
				return key
			}
		}
	}
	for _, list := range lists {
		if slices.Contains(list, m.name) && e.namedOnce() {
			return "profile " + e.profile.Name
		}
	}
	return ""
}

// namedOnce tells whether each part has at most one name spelled out; several
// names a part may be several deployments, and connectivity tells them apart.
func (e *estate) namedOnce() bool {
	for _, list := range [][]string{e.profile.Models.Core, e.profile.Models.Downloads, e.profile.Models.Gateway} {
		plain := 0
		for _, glob := range list {
			if !strings.ContainsAny(glob, "*?[") {
				plain++
			}
		}
		if plain > 1 {
			return false
		}
	}
	return true
}

// globKey returns the text that the single * of a glob stands for in a name.
func globKey(glob, name string) (string, bool) {
	before, after, ok := strings.Cut(glob, "*")
	if !ok || strings.ContainsAny(before+after, "*?[") || len(name) < len(before)+len(after) {
		return "", false
	}
	if !strings.HasPrefix(name, before) || !strings.HasSuffix(name, after) {
		return "", false
	}
	return name[len(before) : len(name)-len(after)], true
}

// connect joins a model with those it is connected to: by relations of
// Charmarr's own interfaces and to ingress gateways through offers, by the
// gateway that its clients name, and by the gateways its routes name.
func (e *estate) connect(m *model) {
	t := charms()
	for _, r := range m.relations {
		for i := range r.ends {
			s := r.ends[i].saas
			if s != nil && s.home != nil && r.iface != interfaceVPN && (t.own[r.iface] || slices.Contains(ingressInterfaces, r.iface)) {
				join(m, s.home)
			}
		}
	}
	for _, s := range m.saas {
		if s.home != nil && s.ownBeside(interfaceVPN) {
			join(m, s.home)
		}
	}
	for _, ref := range e.references(m) {
		if other := e.find(m.controller, ref.model); other != nil && !ref.vpn {
			join(m, other)
		}
	}
}

// reference is a namespace that a Kubernetes object of a model names.
type reference struct {
	model string
	by    string
	at    snapshot.Pos
	vpn   bool // it names the home of a VPN gateway
}

func (e *estate) references(m *model) []reference {
	var out []reference
	for _, a := range m.sortedApps() {
		for _, w := range a.workloads {
			for _, list := range [][]snapshot.Container{w.Template.InitContainers, w.Template.Containers} {
				for _, c := range list {
					if f, ok := snapshot.Lookup(c.Env, "gateway"); ok {
						if _, ns := gatewayNamespace(f.Value); ns != "" {
							out = append(out, reference{ns, fmt.Sprintf("variable gateway of container %s in %s %s", c.Name, w.Kind, w.Name), f.At, true})
						}
					}
				}
			}
		}
	}
	for _, r := range m.routes {
		if !slices.ContainsFunc(r.Backends, func(b snapshot.RouteRef) bool {
			a := m.apps[b.Name]
			return a != nil && a.role != ""
		}) {
			continue
		}
		for _, p := range r.Parents {
			if p.Namespace != "" && p.Namespace != m.name {
				out = append(out, reference{p.Namespace, "HTTPRoute " + r.Name, p.At, false})
			}
		}
	}
	return out
}

// givePart decides which part a model plays: the profile's names first, then
// the VPN gateway, then what most of its applications are.
func (e *estate) givePart(m *model) {
	p := e.profile
	if p.Layout == SingleModel {
		m.part, m.partBasis = PartSingle, "profile "+p.Name+" has one model for all parts"
		return
	}
	for _, named := range []struct {
		part  string
		globs []string
	}{{PartCore, p.Models.Core}, {PartDownloads, p.Models.Downloads}, {PartGateway, p.Models.Gateway}} {
		for _, glob := range named.globs {
			if ok, _ := path.Match(glob, m.name); ok {
				m.part, m.partBasis = named.part, "named by profile "+p.Name
				if glob != m.name {
					m.partBasis += ": " + glob
				}
				return
			}
		}
	}
	content, downloads := 0, 0
	for _, a := range m.sortedApps() {
		switch a.group() {
		case GroupVPN:
			m.part, m.partBasis = PartGateway, "it holds the VPN gateway "+a.name
			return
		case GroupContent, GroupIngress:
			content++
		case GroupDownload:
			downloads++
		}
	}
	switch {
	case content == 0 && downloads == 0:
		m.partBasis = "nothing in it tells"
		return
	case content >= downloads:
		m.part = PartCore
		m.partBasis = fmt.Sprintf("inferred: %d of its %d Charmarr applications are content services or ingress gateways", content, content+downloads)
	default:
		m.part = PartDownloads
		m.partBasis = fmt.Sprintf("inferred: %d of its %d Charmarr applications are download clients", downloads, content+downloads)
	}
	e.notes = append(e.notes, fmt.Sprintf("model %s plays the part %s (%s); name it in a profile to be sure", m.name, m.part, m.partBasis))
}

// stackName is the name that the profile's globs give, else the core model's,
// else the first model's. It comes from names alone, so that fingerprints
// survive moved files.
func (e *estate) stackName(models []*model) string {
	for _, m := range models {
		if key := e.profileKey(m); key != "" && !strings.HasPrefix(key, "profile ") {
			return key
		}
	}
	for _, m := range models {
		if m.part == PartCore {
			return m.name
		}
	}
	for _, m := range models {
		if !m.onlyGateway() { // several stacks may share a gateway's
			return m.name
		}
	}
	return models[0].name
}

// unique tells stacks of the same name on several controllers apart.
func unique(stacks []stack) {
	count := map[string]int{}
	for _, s := range stacks {
		count[s.name]++
	}
	used := map[string]int{}
	for i := range stacks {
		s := &stacks[i]
		if count[s.name] < 2 {
			continue
		}
		if c := s.models[0].controller; c != "" {
			s.name = c + ":" + s.name
		}
		used[s.name]++
		if n := used[s.name]; n > 1 {
			s.name = fmt.Sprintf("%s (%d)", s.name, n)
		}
	}
}
