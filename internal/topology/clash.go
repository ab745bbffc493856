package topology

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Clash is something that only one in a cluster may have and that another has,
// too. A stack's document holds the clashes of its own; the others may be of
// another stack.
type Clash struct {
	Kind  string `json:"kind"` // vxlan-id or volume
	Value string `json:"value"`
	// Holder is the stack's own, First whether it comes first of all who hold the
	// value: the one that a volume is bound to, else by model and name. Who is told to
	// change need not be everyone.
	Holder ClashHolder `json:"holder"`
	First  bool        `json:"first"`
	// Others are the first of the others that hold it, More counts the rest.
	Others []ClashHolder `json:"others"`
	More   int           `json:"more"`
}

// ClashHolder has a value that only one may have.
type ClashHolder struct {
	Subject Subject `json:"subject"`
	ID      string  `json:"id"`
	Stack   string  `json:"stack"`
	By      string  `json:"by"` // what says so, in words
	State   string  `json:"state"`
	At      string  `json:"at"`
}

// held is a value that an application or object of a model has and that only one
// in the cluster may have.
type held struct {
	model  *model
	kind   string
	value  string
	rank   int // who has it before all others has less
	holder ClashHolder
}

// mostOthers bounds how many others a Clash names, so that a thousand stacks that
// share a value make documents in proportion to their number.
const mostOthers = 3

// clashes finds who holds the same value in one cluster, by model. It is one pass
// over what is held, whatever the number of stacks.
func (e *estate) clashes(all []held) map[*model][]Clash {
	type key struct{ cluster, kind, value string }
	groups := map[key][]held{}
	cluster := e.clusters()
	for _, h := range all {
		k := key{cluster(h.model), h.kind, h.value}
		groups[k] = append(groups[k], h)
	}
	out := map[*model][]Clash{}
	for k, group := range groups {
		slices.SortFunc(group, func(a, b held) int {
			x, y := a.holder.Subject, b.holder.Subject
			return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(x.Model, y.Model), cmp.Compare(x.Name, y.Name), cmp.Compare(a.holder.ID, b.holder.ID), cmp.Compare(a.holder.By, b.holder.By))
		})
		// One holder may say its value twice: as an option and in its settings.
		group = slices.CompactFunc(group, func(a, b held) bool { return a.holder.ID == b.holder.ID })
		if len(group) < 2 {
			continue
		}
		for i, h := range group {
			c := Clash{Kind: k.kind, Value: k.value, Holder: h.holder, First: i == 0, Others: []ClashHolder{}}
			for j := 0; j < len(group) && len(c.Others) < mostOthers; j++ {
				if j != i {
					c.Others = append(c.Others, group[j].holder)
				}
			}
			c.More = len(group) - 1 - len(c.Others)
			out[h.model] = append(out[h.model], c)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Clash) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Holder.ID, b.Holder.ID), cmp.Compare(a.Value, b.Value))
		})
	}
	return out
}

// heldVXLAN are the numbers of the VPN gateways' overlays: two gateways with one
// number mix up their clients' traffic.
func heldVXLAN(stacks []stack) []held {
	var out []held
	for _, st := range stacks {
		for _, m := range st.models {
			for _, a := range m.sortedApps() {
				if a.role != RoleVPNGateway || a.leaving() {
					continue
				}
				for _, n := range vxlanNumbers(a, gatewaySettings(a)) {
					out = append(out, held{model: m, kind: "vxlan-id", value: n.Value, holder: ClashHolder{
						Subject: m.subject("application", a.name), ID: a.id(), Stack: st.name, By: n.By, State: n.State, At: n.At,
					}})
				}
			}
		}
	}
	return out
}

// gatewaySettings are the settings of a gateway's pods.
func gatewaySettings(a *app) VPNSettings {
	if c := a.model.settingsOf(purposeGatewaySettings)[a]; c != nil {
		return a.model.vpnSettings(c)
	}
	return noSettings()
}

// optionVXLANID is the option that numbers the overlay of a gateway, with its
// default (charmcraft.yaml of gluetun-k8s).
const (
	optionVXLANID  = "vxlan-id"
	defaultVXLANID = "42"
)

// vxlanNumbers are the numbers of a gateway's overlay, each once.
func vxlanNumbers(a *app, settings VPNSettings) []VXLANNumber {
	out := []VXLANNumber{}
	add := func(value, by, state, at string) {
		if !slices.ContainsFunc(out, func(n VXLANNumber) bool { return n.Value == value }) {
			out = append(out, VXLANNumber{Value: value, Valid: isVXLANID(value), By: by, State: state, At: at})
		}
	}
	option, ok := snapshot.Lookup(a.config, optionVXLANID)
	switch {
	case ok:
		add(option.Value, "option "+optionVXLANID+"="+option.Value+" of "+a.name, string(a.state), place(option.At))
	case a.hasConfig:
		add(defaultVXLANID, "option "+optionVXLANID+" of "+a.name+" is not set, which means "+defaultVXLANID, string(a.state), place(a.at()))
	}
	if settings.VXLANID != "" {
		add(settings.VXLANID, "ConfigMap "+settings.Namespace+"/"+settings.Name+" sets "+settingVXLANID+"="+settings.VXLANID, stateEffective, settings.At)
	}
	return out
}
