package deployment

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
)

// The moment all forms show: output has no clock.
const (
	statusTime = "22 Nov 2026 18:04:11Z" // as juju status writes it
	statusNow  = "09:30:00Z"
	kubeTime   = "2026-11-22T18:04:11Z" // as Kubernetes writes it
)

const (
	jujuVersion    = "3.6.9"
	namespaceUUIDs = "charmarr-lint test deployment"
)

// juju returns the version of Juju that a model runs.
func (m *Model) juju() string { return cmp.Or(m.Version, jujuVersion) }

// jujuImage is the image of Juju's agents in the pods of a model.
func (m *Model) jujuImage() string { return "ghcr.io/juju/jujud-operator:" + m.juju() }

// hash returns n hexadecimal digits made from the parts.
func hash(n int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:n]
}

// uuid returns an identifier that is always the same for the same parts.
func uuid(parts ...string) string {
	h := hash(32, append([]string{namespaceUUIDs}, parts...)...)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:32])
}

func modelUUID(model string) string            { return uuid("model", model) }
func controllerUUID(controller string) string  { return uuid("controller", controller) }
func applicationUUID(model, app string) string { return uuid("application", model, app) }
func remoteName(model, app string) string      { return "remote-" + hash(32, "remote", model, app) }

// configClaim names the claim that Juju makes for an application's storage
// "config".
func configClaim(app *Application) string {
	return app.Name + "-config-" + hash(6, app.Name)
}

// Addresses of an application: one pod of its own, one made by Istio for it
// (gateway or waypoint), and a Service for each.
const (
	ownAddress = iota
	istioAddress
	addressesEach
)

// serviceIP returns the cluster address of a Service.
func (d *Deployment) serviceIP(a *Application, which int) string {
	return nth(d.Cluster.ServiceCIDR, 20+d.Cluster.Offset+a.Number*addressesEach+which)
}

// podIP returns the address of a pod; units after the first follow Istio's.
func (d *Deployment) podIP(a *Application, which, unit int) string {
	const each = 4
	if unit > 0 {
		which = istioAddress + unit
	}
	return nth(d.Cluster.PodCIDR, 330+d.Cluster.Offset+a.Number*each+which)
}

// loadBalancerIP returns the external address of an ingress gateway.
func (d *Deployment) loadBalancerIP(a *Application) string {
	return nth(d.Cluster.BalancerCIDR, 1+d.Cluster.Offset+a.Number)
}

// dnsIP returns the address of the cluster's DNS Service.
func (d *Deployment) dnsIP() string { return nth(d.Cluster.ServiceCIDR, 10) }

// nth returns the n-th address of an IPv4 range.
func nth(cidr string, n int) string {
	b := netip.MustParsePrefix(cidr).Addr().As4()
	v := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	v += uint32(n)
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}).String()
}
