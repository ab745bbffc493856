package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	initClient   = "vpn-route-init"
	sideClient   = "vpn-route-sidecar"
	hostVariable = "gateway" // in which either finds its gateway's name

	optionCIDRs = "cluster-cidrs" // of a gateway
)

// vpnDocuments are the VPN gateways of a stack and the applications that use
// them. apps are the stack's applications as rules see them.
func (e *estate) vpnDocuments(st stack, apps []Application) ([]VPNGateway, []VPNClient) {
	captured := map[string]string{}
	for i := range apps {
		captured[apps[i].ID] = apps[i].Mesh.Captured
	}
	clients := e.vpnClients(st, captured)
	gateways := []VPNGateway{}
	var held []claims
	for _, m := range st.models {
		for _, a := range m.sortedApps() {
			if a.role != RoleVPNGateway {
				continue
			}
			if held == nil {
				held = e.claimed(st)
			}
			gateways = append(gateways, e.vpnGateway(a, clients, held))
		}
	}
	return gateways, clients
}

// vpnClients are the applications of a stack that Juju relates to a VPN gateway
// or that Kubernetes shows with the containers for it.
func (e *estate) vpnClients(st stack, captured map[string]string) []VPNClient {
	links := map[*app][]VPNLink{}
	for _, m := range st.models {
		for _, r := range m.relations {
			if r.iface != interfaceVPN {
				continue
			}
			client, gateway := &r.ends[1], &r.ends[0]
			if !r.sidesKnown && r.ends[1].app != nil && r.ends[1].app.role == RoleVPNGateway {
				client, gateway = gateway, client
			}
			if client.app != nil {
				links[client.app] = append(links[client.app], vpnLink(r, gateway))
			}
		}
	}
	clients := []VPNClient{}
	for _, m := range st.models {
		settings := m.settingsOf(purposeClientSettings)
		for _, a := range m.sortedApps() {
			c := VPNClient{
				Links: orEmpty(links[a]), Hosts: e.vpnHosts(a), Gateways: []string{},
				SettingsNamed: a.mountsSettings(), Settings: noSettings(), Data: a.vpnData(),
			}
			if len(c.Links) == 0 && len(c.Hosts) == 0 && len(c.Data) == 0 && !a.routed() {
				continue
			}
			c.Subject, c.State, c.At = m.subject("application", a.name), a.stateOf(), place(a.at())
			c.ID, c.Name, c.Model, c.Namespace, c.Role = a.id(), a.name, m.name, m.name, a.role
			c.Leaving, c.Enrolled = a.leaving(), captured[a.id()]
			if s := settings[a]; s != nil {
				c.Settings = m.vpnSettings(s)
			}
			for _, l := range c.Links {
				if l.Role == RoleVPNGateway {
					c.Gateways = append(c.Gateways, l.ID)
				}
			}
			for _, h := range c.Hosts {
				if h.ID != "" {
					c.Gateways = append(c.Gateways, h.ID)
				}
			}
			slices.Sort(c.Gateways)
			c.Gateways = slices.Compact(c.Gateways)
			clients = append(clients, c)
		}
	}
	return clients
}

func vpnLink(r *relation, gateway *relationEnd) VPNLink {
	x := gateway.document()
	return VPNLink{
		Gateway: x.Application, ID: x.ID, Model: x.Model, Role: x.Role, Charm: x.Charm, SAAS: x.SAAS,
		Resolved: r.resolved(), Relation: r.label(), State: string(r.state), At: place(r.at),
	}
}

// settingsOf are the ConfigMaps of a purpose in a model, by application.
func (m *model) settingsOf(purpose string) map[*app]*snapshot.ConfigMap {
	out := map[*app]*snapshot.ConfigMap{}
	for _, c := range m.configMaps {
		if p, a := m.purposeOf(c); p == purpose && a != nil {
			out[a] = c
		}
	}
	return out
}

// leaving tells whether Juju is removing the application.
func (a *app) leaving() bool { return len(a.declared) > 0 && !a.lives() }

// specs are what the application's workloads make and its pods have.
func (a *app) specs(yield func(of specOf, s *snapshot.PodSpec) bool) {
	for _, w := range a.workloads {
		if !yield(specOf{w.Kind, a.model.name, w.Name}, &w.Template) {
			return
		}
	}
	for _, p := range a.pods {
		if !yield(specOf{"Pod", a.model.name, p.Name}, &p.Spec) {
			return
		}
	}
}

// specOf is what a PodSpec is of.
type specOf struct{ kind, namespace, name string }

// String is how a sentence calls it.
func (o specOf) String() string { return o.kind + " " + o.namespace + "/" + o.name }

// routed tells whether a pod or workload has one of the containers that send
// traffic through a gateway.
func (a *app) routed() bool {
	for _, s := range a.specs {
		if named(s.InitContainers, initClient) || named(s.Containers, sideClient) {
			return true
		}
	}
	return false
}

func named(list []snapshot.Container, name string) bool {
	return slices.ContainsFunc(list, func(c snapshot.Container) bool { return c.Name == name })
}

// mountsSettings tells whether a pod or workload names the ConfigMap of a
// client's settings.
func (a *app) mountsSettings() bool {
	for _, s := range a.specs {
		if slices.ContainsFunc(s.Volumes, func(v snapshot.Volume) bool {
			return v.Kind == snapshot.VolumeConfigMap && v.Source == a.name+"-gateway-client-config"
		}) {
			return true
		}
	}
	return false
}

// vpnHosts are the names under which an application looks for its gateway, each
// once: in its containers, and in what a gateway told it.
func (e *estate) vpnHosts(a *app) []VPNHost {
	hosts := []VPNHost{}
	add := func(value, by, state, at string) {
		if value == "" || slices.ContainsFunc(hosts, func(h VPNHost) bool { return h.Value == value }) {
			return
		}
		h := VPNHost{Value: value, By: by, State: state, At: at}
		e.findHost(a.model, &h)
		hosts = append(hosts, h)
	}
	for object, s := range a.specs {
		for _, list := range [][]snapshot.Container{s.InitContainers, s.Containers} {
			for _, c := range list {
				if c.Name != initClient && c.Name != sideClient {
					continue
				}
				if f, ok := snapshot.Lookup(c.Env, hostVariable); ok {
					add(f.Value, fmt.Sprintf("container %s of %s", c.Name, object), stateEffective, place(f.At))
				}
			}
		}
	}
	for _, d := range a.vpnData() {
		add(d.Host, "what unit "+d.Unit+" was told", string(snapshot.Declared), d.At)
	}
	return hosts
}

// findHost looks for the gateway behind the name of its Service,
// APPLICATION-endpoints.MODEL.svc.cluster.local.
func (e *estate) findHost(from *model, h *VPNHost) {
	parts := strings.Split(strings.TrimSuffix(h.Value, "."), ".")
	if domain := strings.Join(parts[min(2, len(parts)):], "."); parts[0] == "" || !slices.Contains([]string{"", "svc", "svc.cluster.local"}, domain) {
		h.Found = answerNo // the charms make no other, whatever the cluster's domain
		return
	}
	h.Application, h.Namespace = strings.TrimSuffix(parts[0], "-endpoints"), from.name
	if len(parts) > 1 {
		h.Namespace = parts[1]
	}
	m := e.find(from.controller, h.Namespace)
	if m == nil {
		return
	}
	if a := m.apps[h.Application]; a != nil && a.role == RoleVPNGateway {
		h.Found, h.ID = answerYes, a.id()
	} else if m.evidence[snapshot.KubeWorkloads] || m.evidence[snapshot.JujuApplications] {
		h.Found = answerNo
	}
}

// vpnData is what VPN gateways told the units of an application.
func (a *app) vpnData() []VPNData {
	out := []VPNData{}
	for _, o := range a.model.observed {
		for i := range o.Units {
			u := &o.Units[i]
			if applicationOf(u.Name) != a.name {
				continue
			}
			for j := range u.Relations {
				r := &u.Relations[j]
				if !a.model.shows(o, r) {
					continue
				}
				if r.Endpoint == interfaceVPN && charms().side(a.charm, r.Endpoint, interfaceVPN) != "provider" && a.role != RoleVPNGateway {
					out = append(out, vpnData(u.Name, r))
				}
			}
		}
	}
	slices.SortStableFunc(out, func(x, y VPNData) int { return cmp.Compare(x.Unit, y.Unit) })
	return out
}

// vpnGateway computes what rules read of a gateway.
func (e *estate) vpnGateway(a *app, clients []VPNClient, held []claims) VPNGateway {
	m := a.model
	out := VPNGateway{
		Subject: m.subject("application", a.name), State: a.stateOf(), At: place(a.at()),
		ID: a.id(), Name: a.name, Model: m.name, Namespace: m.name, Leaving: a.leaving(),
		OptionsKnown: a.hasConfig, OptionsState: string(a.state),
		Networks: parseCIDRs(""), Settings: gatewaySettings(a), Overrides: overridesOf(a), KeyGranted: keyGranted(a), Clients: []string{},
	}
	out.VXLAN = vxlanNumbers(a, out.Settings)
	for i := range clients {
		if slices.Contains(clients[i].Gateways, out.ID) {
			out.Clients = append(out.Clients, clients[i].ID)
		}
	}
	out.knowNetworks(a, clients)
	out.cover(held)
	out.overlap(clients, held)
	return out
}

// knowNetworks takes the best source for what the gateway's clients reach without
// the tunnel.
func (g *VPNGateway) knowNetworks(a *app, clients []VPNClient) {
	take := func(list CIDRList, from, by, state string) {
		g.Networks, g.NetworksFrom, g.NetworksBy, g.NetworksState = list, from, by, state
	}
	if option, ok := snapshot.Lookup(a.config, optionCIDRs); ok || g.OptionsKnown {
		take(cidrList(option), "option", "option "+optionCIDRs+" of "+g.Name, g.OptionsState)
		return
	}
	for _, c := range clients {
		for _, d := range c.Data {
			if d.Present && d.Problem == "" && slices.Contains(c.Gateways, g.ID) && g.NetworksFrom == "" {
				list := parseCIDRs(d.ClusterCIDRs)
				list.At = d.At
				take(list, "databag", "what unit "+d.Unit+" was told", string(snapshot.Declared))
			}
		}
	}
	for _, c := range clients {
		if c.Settings.Known && slices.Contains(c.Gateways, g.ID) && g.NetworksFrom == "" {
			take(c.Settings.Networks, "settings", fmt.Sprintf("ConfigMap %s/%s", c.Settings.Namespace, c.Settings.Name), stateEffective)
		}
	}
}
