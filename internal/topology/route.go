package topology

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// The containers that take a client's traffic to its VPN gateway, and how they do
// it (charmarr-lib vpn, constants.py and _k8s/_gateway_client.py; pod-gateway,
// bin/client_init.sh): the init container lays the routes before anything else
// runs, the other one lays them again when the gateway was lost.
const (
	routeScript     = "client_init.sh"
	routeConfigPath = "/config"
	routeConfigMap  = "-gateway-client-config" // after the application's name
)

// removesIPv6 is the version of pod-gateway from which on client_init.sh takes the
// pod's IPv6 default route away (released as v1.11.1).
var removesIPv6 = [2]int{1, 11}

// route is where a pod sends what is for public addresses, past its VPN gateway:
// loose surely, doubt perhaps. What is in neither goes to the gateway or nowhere.
type route struct {
	loose []detour
	doubt []detour
}

// detour is addresses that are not reached through the gateway, and why.
type detour struct {
	to   addressSet
	fact string // the end of a sentence: "it lacks the container vpn-route-init"
	at   snapshot.Pos
	// lacks is what would have to be known, beginning with a word of evidence.
	lacks string
}

// factHostNetwork begins what is said of a pod that has no network of its own.
const factHostNetwork = "it uses the network of its node"

// routeOf is the route that a pod has: pod-gateway's script takes the default
// route away, sends NOT_ROUTED_TO_GATEWAY_CIDRS where the default route led, and
// lays a new default route to the gateway. Where it fails no container starts.
//
// The script's own check that nothing is reachable (a ping to one address) is not
// counted on: it passes when the network is down.
func routeOf(spec *snapshot.PodSpec, settings VPNSettings) route {
	all := func(fact string, at snapshot.Pos) route {
		return route{loose: []detour{{to: everywhere(), fact: fact, at: at}}}
	}
	if spec.HostNetwork {
		return all(factHostNetwork+" with the routes of the node", spec.At)
	}
	i := slices.IndexFunc(spec.InitContainers, func(c snapshot.Container) bool { return c.Name == initClient })
	if i < 0 {
		return all("it lacks the init container "+initClient+", which takes its default route away", spec.At)
	}
	init := &spec.InitContainers[i]
	var out route
	switch runs, known := runsScript(init); {
	case !known:
		out.doubt = append(out.doubt, detour{to: everywhere(), lacks: fmt.Sprintf("kube.workloads: what its container %s runs is not said", initClient)})
	case !runs:
		return all(fmt.Sprintf("its init container %s runs %q and not %s, which takes its default route away", initClient, strings.Join(init.Command, " "), routeScript), init.At)
	}
	out.around(settings)
	out.ipv6(init)
	return out
}

// runsScript tells whether a container runs the script that lays the routes.
func runsScript(c *snapshot.Container) (runs, known bool) {
	runs = slices.ContainsFunc(c.Command, func(word string) bool { return strings.Contains(word, routeScript) })
	return runs, len(c.Command) > 0
}

// around adds the networks that are not routed to the gateway. The script gives
// each to `ip route` by IPv4 and goes on where that fails.
func (r *route) around(settings VPNSettings) {
	ipv4 := addresses(netip.MustParsePrefix("0.0.0.0/0"))
	if !settings.Known {
		r.doubt = append(r.doubt, detour{to: ipv4, lacks: fmt.Sprintf("kube.configmaps: ConfigMap %q in namespace %q, which says what is not routed to the gateway, was not read", settings.Name, settings.Namespace)})
		return
	}
	if settings.Problem != "" {
		r.doubt = append(r.doubt, detour{to: ipv4, lacks: fmt.Sprintf("kube.configmaps: %s of ConfigMap %q in namespace %q cannot be read: %s", settingsFile, settings.Name, settings.Namespace, settings.Problem)})
	}
	at, _ := ParseAt(settings.Networks.At)
	for _, word := range strings.Fields(settings.Networks.Raw) {
		network, ok := routable(word)
		if !ok {
			continue
		}
		r.loose = append(r.loose, detour{
			to: addresses(network), at: at,
			fact: fmt.Sprintf("%s of ConfigMap %q lists %s, which its pods reach past the gateway", settingNetworks, settings.Name, word),
		})
	}
}

// routable is the network that `ip route add` makes of a word: it takes an address
// for itself, and refuses a network with host bits.
func routable(word string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(word); err == nil && a.Is4() {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(word)
	return p, err == nil && p.Addr().Is4() && p.Masked() == p
}

// ipv6 adds what the script leaves of IPv6, which it does not route at all.
func (r *route) ipv6(init *snapshot.Container) {
	ipv6 := addresses(netip.MustParsePrefix("::/0"))
	removes, known := takesIPv6Away(init.Image)
	switch {
	case !known:
		r.doubt = append(r.doubt, detour{to: ipv6, lacks: fmt.Sprintf("kube.workloads: whether image %q takes the IPv6 default route away, as pod-gateway does from v%d.%d on, is not known", init.Image, removesIPv6[0], removesIPv6[1])})
	case !removes:
		r.loose = append(r.loose, detour{to: ipv6, at: init.ImageAt, fact: fmt.Sprintf("image %s leaves its IPv6 default route, which pod-gateway takes away from v%d.%d on", init.Image, removesIPv6[0], removesIPv6[1])})
	}
}

// takesIPv6Away tells it of an image of pod-gateway, by its version.
func takesIPv6Away(image string) (removes, known bool) {
	name, _, _ := strings.Cut(image, "@")
	base, _, _ := strings.Cut(path.Base(name), ":")
	parts := strings.Split(strings.TrimPrefix(imageTag(image), "v"), ".")
	if base != "pod-gateway" || len(parts) < 2 {
		return false, false
	}
	major, err := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	if err != nil || err2 != nil {
		return false, false
	}
	return major > removesIPv6[0] || major == removesIPv6[0] && minor >= removesIPv6[1], true
}

// clientSettings are the settings that a pod's route containers read: those of the
// ConfigMap that they mount, else of the one that the charm makes.
func (m *model) clientSettings(a *app, spec *snapshot.PodSpec) VPNSettings {
	name := a.name + routeConfigMap
	for _, c := range spec.InitContainers {
		if c.Name != initClient {
			continue
		}
		for _, mount := range c.Mounts {
			i := slices.IndexFunc(spec.Volumes, func(v snapshot.Volume) bool {
				return v.Name == mount.Volume && v.Kind == snapshot.VolumeConfigMap
			})
			if mount.Path == routeConfigPath && i >= 0 {
				name = spec.Volumes[i].Source
			}
		}
	}
	for _, c := range m.configMaps {
		if c.Name == name {
			return m.vpnSettings(c)
		}
	}
	out := noSettings()
	out.Name, out.Namespace = name, m.name
	return out
}
