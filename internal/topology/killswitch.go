package topology

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// killSwitchName ends the name of the NetworkPolicy that a download client's charm
// makes: qbittorrent-vpn-killswitch (charmarr-lib vpn, _k8s/_kill_switch.py).
const killSwitchName = "-vpn-killswitch"

// Comparison holds the networks that a kill switch allows to what somebody says
// the client may reach without the tunnel. The charm makes the one of the other.
type Comparison struct {
	// With is settings, databag or option, By says in words what was compared with.
	With string `json:"with"`
	By   string `json:"by"`
	At   string `json:"at"`
	// Missing are the networks, as they are said, that the kill switch does not allow
	// in whole, Extra its own that are not said in whole. The address of ztunnel is
	// left out of both, and of Extra what is public: that is a hole, whoever says what.
	Missing []string `json:"missing"`
	Extra   []string `json:"extra"`
}

// killSwitchOf finds the application whose kill switch a policy is by its name;
// nil for none.
func (m *model) killSwitchOf(p *snapshot.NetworkPolicy) *app {
	name, ok := strings.CutSuffix(p.Name, killSwitchName)
	if !ok {
		return nil
	}
	return m.apps[name]
}

// blocks are the ranges of addresses that a policy allows on some port, with their
// words.
func (p *policy) blocks() (all addressSet, each []flow) {
	for i := range p.facts.Egress {
		for _, peer := range p.facts.Egress[i].Peers {
			if to, what, problem := readBlock(&peer); problem == "" {
				all = all.union(to)
				each = append(each, flow{to: to, what: strings.TrimPrefix(what, "allows ")})
			}
		}
	}
	return all, each
}

// compare holds a client's kill switch to everything that was read of what the
// client may reach without the tunnel.
func (e *estate) compare(a *app, p *policy) []Comparison {
	out := []Comparison{}
	allowed, blocks := p.blocks()
	ztunnel := addresses(netip.PrefixFrom(ztunnelAddress, ztunnelAddress.BitLen()))
	allowed = allowed.union(ztunnel)
	add := func(with, by string, list CIDRList) {
		said := list.addresses()
		if len(said) == 0 {
			return // not said, or not readable, which is told elsewhere
		}
		c := Comparison{With: with, By: by, At: list.At, Missing: []string{}, Extra: []string{}}
		for _, network := range list.networks() {
			if !allowed.covers(addresses(network)) {
				c.Missing = append(c.Missing, network.String())
			}
		}
		for _, b := range blocks {
			if len(b.to.subtract(said).subtract(ztunnel).subtract(e.network.public.ipv4).subtract(e.network.public.ipv6)) > 0 {
				c.Extra = append(c.Extra, b.what)
			}
		}
		out = append(out, c)
	}
	for _, c := range a.model.configMaps {
		if c.Name == a.name+routeConfigMap {
			add("settings", fmt.Sprintf("%s of ConfigMap %q", settingNetworks, c.Name), a.model.vpnSettings(c).Networks)
		}
	}
	for _, d := range a.vpnData() {
		if d.Present && d.Problem == "" {
			list := parseCIDRs(d.ClusterCIDRs)
			list.At = d.At
			add("databag", fmt.Sprintf("what the gateway told unit %s", d.Unit), list)
		}
	}
	for _, gateway := range e.related[a] {
		if f, ok := snapshot.Lookup(gateway.config, "cluster-cidrs"); ok {
			add("option", fmt.Sprintf("option cluster-cidrs of %q in model %q", gateway.name, gateway.model.name), cidrList(f))
		}
	}
	return out
}

// settingsHash is the hash that the charms make of a ConfigMap's data (charmarr-lib
// vpn, _k8s/_utils.py).
func settingsHash(c *snapshot.ConfigMap) string {
	data := slices.Clone(c.Data)
	slices.SortFunc(data, func(a, b snapshot.Fact) int { return cmp.Compare(a.Key, b.Key) })
	h := sha256.New()
	for _, f := range data {
		fmt.Fprintf(h, "%s=%s", f.Key, f.Value)
	}
	const length = 8
	return hex.EncodeToString(h.Sum(nil))[:length]
}
