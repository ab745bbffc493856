package topology

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func (m *model) namespaceDocument() Namespace {
	ns := m.namespace
	managed := isManaged(ns.Labels) || jujuModelOf(ns.Labels) != ""
	for _, w := range m.workloads {
		managed = managed || jujuApplication(w.Labels) != ""
	}
	return Namespace{
		Subject: m.subject("namespace", ns.Name), State: stateEffective, At: place(ns.At),
		Name: ns.Name, Part: m.part, JujuModel: jujuModelOf(ns.Labels), JujuManaged: managed,
		Labels: facts(ns.Labels), Annotations: facts(ns.Annotations),
	}
}

func (e *estate) workloadDocument(m *model, w *snapshot.Workload) Workload {
	return Workload{
		Subject: m.subject("workload", w.Name), State: stateEffective, At: place(w.At),
		Kind: w.Kind, Name: w.Name, Namespace: m.name, Replicas: w.Replicas,
		HostNetwork: w.Template.HostNetwork, HostPID: w.Template.HostPID, SharedProcesses: w.Template.SharedProcesses,
		ServiceAccount: w.Template.ServiceAccount, FSGroup: w.Template.FSGroup, FSGroupAt: place(w.Template.FSGroupAt),
		Volumes: volumes(w.Template.Volumes), ClaimTemplates: claimTemplates(w.Claims),
		Labels: facts(w.Template.Labels), Annotations: facts(w.Template.Annotations),
		InitContainers: containers(w.Template.InitContainers), Containers: containers(w.Template.Containers),
		Mesh: e.workloadMesh(m, w), Policies: m.selecting(labelled(w.Template.Labels)),
	}
}

func containers(in []snapshot.Container) []Container {
	out := make([]Container, len(in))
	for i, c := range in {
		out[i] = Container{
			Name: c.Name, Image: c.Image, ImageAt: place(c.ImageAt), Pinned: pinned(c.Image), Command: orEmpty(c.Command), At: place(c.At), Env: facts(c.Env),
			Privileged: string(c.Privileged), PrivilegedAt: place(c.PrivilegedAt),
			Capabilities: orEmpty(c.Capabilities), CapabilitiesAt: place(c.CapabilitiesAt),
			Mounts: make([]Mount, len(c.Mounts)), HostPorts: orEmpty(c.HostPorts),
		}
		for j, m := range c.Mounts {
			out[i].Mounts[j] = Mount{Volume: m.Volume, Path: m.Path, At: place(m.At)}
		}
	}
	return out
}

func volumes(in []snapshot.Volume) []Volume {
	out := make([]Volume, len(in))
	for i, v := range in {
		out[i] = Volume{Name: v.Name, Kind: string(v.Kind), Source: v.Source, At: place(v.At)}
	}
	return out
}

func claimTemplates(in []snapshot.ClaimTemplate) []ClaimTemplate {
	out := make([]ClaimTemplate, len(in))
	for i, c := range in {
		out[i] = ClaimTemplate{Name: c.Name, Class: c.Class, Labels: facts(c.Labels), At: place(c.At)}
	}
	return out
}

func (e *estate) podDocument(m *model, p *snapshot.Pod) Pod {
	out := Pod{
		Subject: m.subject("pod", p.Name), State: stateEffective, At: place(p.At),
		Name: p.Name, Namespace: m.name, Phase: p.Phase, HostNetwork: p.Spec.HostNetwork,
		HostPID: p.Spec.HostPID, SharedProcesses: p.Spec.SharedProcesses, ServiceAccount: p.Spec.ServiceAccount,
		FSGroup: p.Spec.FSGroup, FSGroupAt: place(p.Spec.FSGroupAt), Volumes: volumes(p.Spec.Volumes),
		Node: p.Node, Addresses: orEmpty(p.IPs),
		InitContainers: containers(p.Spec.InitContainers), Containers: containers(p.Spec.Containers),
		Labels: facts(p.Labels), Annotations: facts(p.Annotations),
		Mesh: e.podMesh(m, p), Policies: m.selecting(labelled(p.Labels)),
	}
	if f, ok := snapshot.Lookup(p.Annotations, annRedirection); ok {
		out.Redirection, out.RedirectionAt = f.Value, place(f.At)
	}
	return out
}

// Annotations that Tailscale's operator reads of a Service.
const (
	annTailscaleExpose = "tailscale.com/expose"
	annTailscaleFunnel = "tailscale.com/funnel"
)

func (m *model) serviceDocument(s *snapshot.Service) Service {
	out := Service{
		Subject: m.subject("service", s.Name), State: stateEffective, At: place(s.At),
		Name: s.Name, Namespace: m.name, Type: s.Type, TypeAt: place(s.TypeAt),
		Labels: facts(s.Labels), Annotations: facts(s.Annotations), Selects: []string{},
		ClusterIPs: orEmpty(s.ClusterIPs), ExternalIPs: orEmpty(s.ExternalIPs), BalancerClass: s.BalancerClass,
		Ports: make([]ServicePort, len(s.Ports)), StatusKnown: s.StatusKnown, Addresses: orEmpty(s.Addresses),
		Tailscale: []Fact{}, Outside: s.Type == "LoadBalancer" || s.Type == "NodePort" || len(s.ExternalIPs) > 0,
	}
	for _, f := range out.Annotations {
		if f.Key == annTailscaleExpose || f.Key == annTailscaleFunnel {
			out.Tailscale = append(out.Tailscale, f)
		}
	}
	for i, p := range s.Ports {
		out.Ports[i] = ServicePort{Name: p.Name, Protocol: p.Protocol, Port: p.Port, NodePort: p.NodePort}
	}
	if len(s.Selector) > 0 { // one without a selector leads to endpoints made by hand
		out.Selects = m.selected(func(l labels.Labels) bool { return bearsAll(l, s.Selector) })
	}
	for _, name := range []string{s.Name, strings.TrimSuffix(s.Name, "-endpoints")} {
		if a := m.apps[name]; a != nil {
			out.Application, out.Role = a.name, a.role
			break
		}
	}
	return out
}

// ConfigMaps that rules read, by name (see section C of the catalogue of
// invariants: istio_beacon_k8s' service_mesh.py, charmarr-lib's
// _gateway_client.py and _gateway.py).
const (
	configMapCNI           = "istio-cni-config"
	purposeMeshLabels      = "mesh-labels"
	purposeClientSettings  = "client-settings"
	purposeGatewaySettings = "gateway-settings"
)

var configMapPurposes = []struct{ prefix, suffix, purpose string }{
	{"juju-service-mesh-", "-labels", purposeMeshLabels},
	{"", "-gateway-client-config", purposeClientSettings},
	{"", "-gateway-settings", purposeGatewaySettings},
	{configMapCNI, "", "istio-cni"},
}

func (m *model) configMapDocument(c *snapshot.ConfigMap) ConfigMap {
	out := ConfigMap{
		Subject: m.subject("configmap", c.Name), State: stateEffective, At: place(c.At),
		Name: c.Name, Namespace: m.name, MeshLabels: []Fact{}, Settings: []Fact{}, Data: facts(c.Data),
	}
	purpose, a := m.purposeOf(c)
	out.Purpose = purpose
	if a != nil {
		out.Application, out.Role = a.name, a.role
	}
	switch purpose {
	case purposeMeshLabels:
		if kept, err := m.meshLabels(c); err == nil { // else a gap says so
			out.MeshLabels = kept
		}
	case purposeClientSettings, purposeGatewaySettings:
		settings, problem := readSettings(c)
		out.Settings, out.SettingsError = facts(settings), problem
	}
	return out
}

// purposeOf tells what a ConfigMap is for, and for which application.
func (m *model) purposeOf(c *snapshot.ConfigMap) (string, *app) {
	for _, p := range configMapPurposes {
		if strings.HasPrefix(c.Name, p.prefix) && strings.HasSuffix(c.Name, p.suffix) && len(c.Name) >= len(p.prefix)+len(p.suffix) {
			return p.purpose, m.apps[c.Name[len(p.prefix):len(c.Name)-len(p.suffix)]]
		}
	}
	return "", nil
}

// selected returns the ids of the applications of which a selector matches a pod
// or what makes pods.
func (m *model) selected(matches func(labels.Labels) bool) []string {
	out := []string{}
	var last *app
	for _, pods := range m.podLabels {
		if pods.of != last && matches(pods.labels) {
			out, last = append(out, pods.of.id()), pods.of
		}
	}
	return out
}

// podLabels are the labels of a pod of an application, or of what makes pods.
type podLabels struct {
	of     *app
	labels labels.Labels
}

// listPodLabels lists the labels that selectors look at, by application.
func (m *model) listPodLabels() {
	for _, a := range m.sortedApps() {
		for _, w := range a.workloads {
			m.podLabels = append(m.podLabels, podLabels{a, labelled(w.Template.Labels)})
		}
		for _, p := range a.pods {
			m.podLabels = append(m.podLabels, podLabels{a, labelled(p.Labels)})
		}
	}
}

func (m *model) gatewayDocument(g *snapshot.Gateway, p Profile) Gateway {
	out := Gateway{
		Subject: m.subject("gateway", g.Name), State: stateEffective, At: place(g.At),
		Name: g.Name, Namespace: m.name, Part: m.part, Class: g.Class,
		Waypoint: g.Class == classWaypoint, Labels: facts(g.Labels), Listeners: []Listener{},
	}
	if !out.Waypoint {
		out.ProfileClass = classOf(p, g.Name)
	}
	for _, l := range g.Listeners {
		out.Listeners = append(out.Listeners, Listener{Name: l.Name, Port: l.Port, Protocol: l.Protocol})
	}
	return out
}

func (m *model) routeDocument(r *snapshot.Route) Route {
	out := Route{
		Subject: m.subject(strings.ToLower(r.Kind), r.Name), State: stateEffective, At: place(r.At),
		Name: r.Name, Namespace: m.name, Kind: r.Kind, Parents: []RouteEnd{}, Backends: []RouteEnd{},
	}
	end := func(x snapshot.RouteRef) RouteEnd {
		return RouteEnd{Name: x.Name, Namespace: cmp.Or(x.Namespace, m.name), At: place(x.At)}
	}
	for _, p := range r.Parents {
		out.Parents = append(out.Parents, end(p))
	}
	for _, b := range r.Backends {
		out.Backends = append(out.Backends, end(b))
	}
	return out
}

func (m *model) ingressDocument(i *snapshot.Ingress) Ingress {
	out := Ingress{
		Subject: m.subject("ingress", i.Name), State: stateEffective, At: place(i.At),
		Name: i.Name, Namespace: m.name, Class: i.Class, Backends: []RouteEnd{}, Annotations: facts(i.Annotations),
	}
	for _, b := range i.Backends {
		out.Backends = append(out.Backends, RouteEnd{Name: b.Name, Namespace: m.name, At: place(b.At)})
	}
	return out
}

func (e *estate) authorizationDocument(m *model, p *snapshot.AuthorizationPolicy) AuthorizationPolicy {
	out := AuthorizationPolicy{
		Subject: m.subject("authorizationpolicy", p.Name), State: stateEffective, At: place(p.At),
		Name: p.Name, Namespace: m.name, Labels: facts(p.Labels), Annotations: facts(p.Annotations), Action: p.Action,
		WholeNamespace: !p.HasSelector && len(p.Targets) == 0,
		Selects:        []string{}, Targets: []TargetRef{}, Rules: []AuthorizationRule{},
	}
	if sel, err := selector(p.Selector); err == nil && p.HasSelector {
		out.Selects = m.selected(sel.Matches)
	}
	for _, t := range p.Targets {
		out.Targets = append(out.Targets, TargetRef{Kind: t.Kind, Name: t.Name, At: place(t.At)})
		if a := m.apps[t.Name]; a != nil && (t.Kind == "Service" || t.Kind == "Gateway") && !slices.Contains(out.Selects, a.id()) {
			out.Selects = append(out.Selects, a.id())
		}
	}
	slices.Sort(out.Selects)
	for _, r := range p.Rules {
		rule := AuthorizationRule{
			At: place(r.At), Principals: []Principal{}, Namespaces: orEmpty(r.Namespaces), IPBlocks: facts(r.IPBlocks),
			OtherSource: r.OtherSource, Ports: orEmpty(r.Ports), Conditional: r.Conditional,
			AnySource: len(r.Principals)+len(r.Namespaces)+len(r.IPBlocks) == 0 && !r.OtherSource,
			Strangers: strangers(r),
		}
		for _, f := range r.Principals {
			caller := principal(f)
			caller.Known = e.runsUnder(m, caller)
			rule.Principals = append(rule.Principals, caller)
		}
		out.Rules = append(out.Rules, rule)
	}
	return out
}

// principal takes a caller's identity apart: cluster.local/ns/core/sa/radarr.
func principal(f snapshot.Fact) Principal {
	out := Principal{Value: f.Value, At: place(f.At)}
	if parts := strings.Split(f.Value, "/"); len(parts) == 5 && parts[1] == "ns" && parts[3] == "sa" {
		out.Namespace, out.ServiceAccount = parts[2], parts[4]
	}
	return out
}

func foreignDocument(subject Subject, p *snapshot.ForeignPolicy) ForeignPolicy {
	return ForeignPolicy{
		Subject: subject, State: stateEffective, At: place(p.At),
		APIVersion: p.APIVersion, Kind: p.Kind, Name: p.Name, Namespace: p.Namespace,
	}
}

func (m *model) strayDocument(x stray) Stray {
	kind := "workload"
	if x.kind == "Pod" {
		kind = "pod"
	}
	out := Stray{
		Subject: m.subject(kind, x.meta.Name), State: stateEffective, At: place(x.meta.At),
		Kind: x.kind, Name: x.meta.Name, Namespace: m.name, Part: m.part,
		Policies: m.selecting(labelled(x.labels)), Labels: facts(x.labels), Istio: x.istio,
	}
	if c := roleOfContainers(*x.spec); c != nil {
		out.Role = c.Role
	}
	return out
}

// clusterDocument is what was read of the cluster beside the stacks.
func (e *estate) clusterDocument() Cluster {
	out := Cluster{Nodes: []Node{}, Plugin: e.network.plugin, Namespaces: []OtherNamespace{}, DNS: e.clusterDNS(), Hardened: e.hardening()}
	for _, n := range latest(e.snap.Nodes, func(n *snapshot.Node) objectID { return metaID(&n.Meta) }) {
		out.Nodes = append(out.Nodes, Node{
			Subject: Subject{Kind: "node", Name: n.Name}, At: place(n.At), Name: n.Name,
			Addresses: orEmpty(n.Addresses), PodCIDRs: orEmpty(n.PodCIDRs), Version: n.Version,
			Supported: atLeast(n.Version, charms().operations.Minimum.Kubernetes),
		})
	}
	out.Distribution = distributionOf(out.Nodes)
	for _, ns := range latest(e.snap.Namespaces, func(n *snapshot.Namespace) objectID { return metaID(&n.Meta) }) {
		if slices.ContainsFunc(e.byName[ns.Name], func(m *model) bool { return m.stack != nil }) {
			continue
		}
		out.Namespaces = append(out.Namespaces, OtherNamespace{
			Subject: Subject{Kind: "namespace", Namespace: ns.Name, Name: ns.Name}, At: place(ns.At), Name: ns.Name, Labels: facts(ns.Labels),
		})
	}
	return out
}
