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
	// Missing are networks that the kill switch lacks, Extra those that it allows
	// besides. The address of ztunnel is left out of both, and of Extra what is
	// public: that is a hole, whoever says what.
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

// blocks are the addresses of the ranges that a policy allows on some port.
func (p *policy) blocks() addressSet {
	var out addressSet
	for i := range p.facts.Egress {
		for _, peer := range p.facts.Egress[i].Peers {
			if to, _, problem := readBlock(&peer); problem == "" {
				out = out.union(to)
			}
		}
	}
	return out
}

// compare holds a client's kill switch to everything that was read of what the
// client may reach without the tunnel.
func (e *estate) compare(a *app, p *policy) []Comparison {
	out := []Comparison{}
	allowed := p.blocks()
	ztunnel := addresses(netip.PrefixFrom(ztunnelAddress, ztunnelAddress.BitLen()))
	add := func(with, by string, list CIDRList) {
		said := list.addresses()
		if len(said) == 0 {
			return // not said, or not readable, which is told elsewhere
		}
		out = append(out, Comparison{
			With: with, By: by, At: list.At,
			Missing: texts(said.subtract(allowed).subtract(ztunnel)),
			Extra:   texts(allowed.subtract(said).subtract(ztunnel).subtract(e.network.public)),
		})
	}
	for _, c := range a.model.configMaps {
		if c.Name == a.name+routeConfigMap {
			add("settings", fmt.Sprintf("%s of ConfigMap %q", settingNetworks, c.Name), vpnSettings(c).Networks)
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

func texts(s addressSet) []string {
	out := []string{}
	for _, p := range s.prefixes() {
		out = append(out, p.String())
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
