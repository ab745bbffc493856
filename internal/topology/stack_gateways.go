package topology

import (
	"slices"
	"strings"
)

// interfaceVPN is the interface by which an application goes through a gateway.
const interfaceVPN = "vpn-gateway"

// gatewayUsers returns, for each model that holds a VPN gateway, the models
// that go through it: by a SAAS, a relation, or the gateway that their
// containers name.
func (e *estate) gatewayUsers(nodes []*model) map[*model][]*model {
	out := map[*model][]*model{}
	use := func(m, home *model) {
		if home != nil && home != m && home.stack != nil && !slices.Contains(out[home], m) {
			out[home] = append(out[home], m)
		}
	}
	for _, m := range nodes {
		for _, r := range m.relations {
			for i := range r.ends {
				if s := r.ends[i].saas; s != nil && r.iface == interfaceVPN {
					use(m, s.home)
				}
			}
		}
		for _, s := range m.saas {
			if s.own() && !s.ownBeside(interfaceVPN) {
				use(m, s.home)
			}
		}
		for _, ref := range e.references(m) {
			if ref.vpn {
				use(m, e.find(m.controller, ref.model))
			}
		}
	}
	return out
}

// connectGateways joins the models that go through a VPN gateway with the
// gateway's, once all else is joined. A gateway that several deployments share
// does not make one of them: they are kept apart, and a model that holds the
// gateway alone is returned with the deployments it then stands in.
func (e *estate) connectGateways(nodes []*model) map[*model]map[*stackNode]bool {
	shared := map[*model]map[*stackNode]bool{}
	users := e.gatewayUsers(nodes)
	for _, home := range nodes {
		roots := map[*stackNode]bool{home.stack.root(): true}
		for _, m := range users[home] {
			roots[m.stack.root()] = true
		}
		apart := 0
		for root := range roots {
			if e.standsAlone(root) {
				apart++
			}
		}
		if apart < 2 {
			for _, m := range users[home] {
				join(home, m)
			}
			continue
		}
		if home.onlyGateway() && len(home.stack.root().models) == 1 {
			delete(roots, home.stack.root())
			shared[home] = roots
		}
	}
	// What was joined after a gateway was seen has another root by now.
	for home, roots := range shared {
		now := map[*stackNode]bool{}
		for root := range roots {
			now[root.root()] = true
		}
		shared[home] = now
	}
	return shared
}

// standsAlone tells whether joined models are a deployment by themselves: the
// profile's names say which, or they have content services and download
// clients of their own.
func (e *estate) standsAlone(root *stackNode) bool {
	content, downloads := false, false
	for _, m := range root.models {
		if key := e.profileKey(m); key != "" {
			return true
		}
		for _, a := range m.apps {
			content = content || a.group() == GroupContent
			downloads = downloads || a.group() == GroupDownload
		}
	}
	return content && downloads
}

// adoptGateways gives a gateway's model that nothing connects to the stack it
// shares a name with, or to the only stack there is.
func (e *estate) adoptGateways(nodes []*model, shared map[*model]map[*stackNode]bool) {
	if e.profile.Layout == SingleModel {
		return
	}
	var loose, anchored []*model
	for _, m := range nodes {
		switch {
		case len(shared[m]) > 0:
		case len(m.stack.root().models) == 1 && m.onlyGateway():
			loose = append(loose, m)
		default:
			anchored = append(anchored, m)
		}
	}
	roots := map[*stackNode]bool{}
	for _, m := range anchored {
		roots[m.stack.root()] = true
	}
	for _, m := range loose {
		var home *model
		for _, a := range anchored {
			if key := e.profileKey(a); key != "" && strings.HasPrefix(m.name, key+"-") {
				home = a
				break
			}
		}
		if home == nil && len(roots) == 1 {
			home = anchored[0]
		}
		if home != nil {
			join(home, m)
		}
	}
}

// onlyGateway tells whether a VPN gateway is the only thing of Charmarr's in a
// model.
func (m *model) onlyGateway() bool {
	has := false
	for _, a := range m.apps {
		switch a.group() {
		case GroupVPN:
			has = true
		case GroupContent, GroupDownload, GroupIngress:
			return false
		}
	}
	return has
}
