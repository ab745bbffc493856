package deployment

import (
	"net/netip"
	"slices"
)

// SwitchChange is what somebody changed by hand in the kill switch of a client.
type SwitchChange struct {
	Selector map[string]string // instead of the charm's
	Types    []string          // likewise
	Allows   []string          // further ranges
	Lacks    []string          // ranges that were taken out
	Pods     []string          // namespaces whose pods it names besides
}

// networks are the ranges that it allows.
func (c SwitchChange) networks(cidrs []string) []string {
	kept := slices.DeleteFunc(slices.Clone(cidrs), func(cidr string) bool { return slices.Contains(c.Lacks, cidr) })
	return append(kept, c.Allows...)
}

func (c SwitchChange) apply(spec object) {
	if c.Selector != nil {
		spec["podSelector"] = object{"matchLabels": c.Selector}
	}
	if c.Types != nil {
		var types list
		for _, t := range c.Types {
			types = append(types, t)
		}
		spec["policyTypes"] = types
	}
	for _, namespace := range c.Pods {
		spec["egress"] = append(spec["egress"].(list), object{
			"to": list{object{"namespaceSelector": object{"matchLabels": object{"kubernetes.io/metadata.name": namespace}}}},
		})
	}
}

// ContainerChange is what somebody changed in the containers that the VPN charms
// add to a pod, and beside them.
type ContainerChange struct {
	NoInit, NoSidecar bool
	// Weak takes the privileges of the first of them away.
	Weak bool
	// OldPod says that the running pods are of before the charm added them.
	OldPod      bool
	HostNetwork bool
}

func (c ContainerChange) apply(p patch) patch {
	if c.Weak {
		p.init = without(p.init, "securityContext")
	}
	if c.NoInit {
		p.init = nil
	}
	if c.NoSidecar {
		p.sidecar = nil
	}
	return p
}

func without(o object, key string) object {
	kept := object{}
	for k, v := range o {
		if k != key {
			kept[k] = v
		}
	}
	return kept
}

// withoutRoutes takes the route containers out of a pod.
func withoutRoutes(spec object) {
	for _, key := range []string{"initContainers", "containers"} {
		spec[key] = slices.DeleteFunc(slices.Clone(spec[key].(list)), func(c any) bool {
			name := c.(object)["name"]
			return name == "vpn-route-init" || name == "vpn-route-sidecar"
		})
	}
}

// redirectionOf is redirection; a pod on the network of its node is never captured.
func (v view) redirectionOf(m *Model, a *Application, labels map[string]string) map[string]string {
	if a.Kube.Containers.HostNetwork {
		return nil
	}
	return v.redirection(m, labels)
}

// unpublished tells whether a VPN gateway has told its clients nothing yet: its
// charm sets its pod up just before.
func (a *Application) unpublished() bool { return slices.Contains(a.Silent, "vpn-gateway") }

// podIPs are the addresses of a pod: one of each family that the cluster has. The
// second ends as the first does.
func (v view) podIPs(ip string) list {
	out := list{object{"ip": ip}}
	if v.Cluster.IPv6CIDR != "" {
		b := netip.MustParsePrefix(v.Cluster.IPv6CIDR).Addr().As16()
		four := netip.MustParseAddr(ip).As4()
		copy(b[12:], four[:])
		out = append(out, object{"ip": netip.AddrFrom16(b).String()})
	}
	return out
}

func (v view) podCIDRs() list {
	out := list{v.Cluster.PodCIDR}
	if v.Cluster.IPv6CIDR != "" {
		out = append(out, v.Cluster.IPv6CIDR)
	}
	return out
}

func (v view) networkPlugin() object {
	if v.Cluster.Plugin == "flannel" {
		o := v.daemonSet(systemNs, "kube-flannel-ds", "ghcr.io/flannel-io/flannel:v0.26.7", map[string]string{"k8s-app": "flannel"}, true)
		spec := o["spec"].(object)["template"].(object)["spec"].(object)
		spec["containers"] = list{object{"name": "kube-flannel", "image": "ghcr.io/flannel-io/flannel:v0.26.7"}}
		return o
	}
	return v.daemonSet(systemNs, "calico-node", "docker.io/calico/node:"+calicoVersion, map[string]string{"k8s-app": "calico-node"}, true)
}
