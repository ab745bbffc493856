package topology

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Where pod-gateway's scripts find their settings, and the variables of them that
// rules read (charmarr-lib vpn, _k8s/_gateway.py and _k8s/_gateway_client.py).
const (
	settingsFile       = "settings.sh"
	settingDNS         = "K8S_DNS_IPS"
	settingNetworks    = "NOT_ROUTED_TO_GATEWAY_CIDRS"
	settingVXLANID     = "VXLAN_ID"
	settingVXLANPrefix = "VXLAN_IP_NETWORK"
)

// readSettings reads the settings.sh of a ConfigMap. Each setting has the place of
// the whole script. A ConfigMap without one has a problem.
func readSettings(c *snapshot.ConfigMap) (settings []snapshot.Fact, problem string) {
	script, ok := snapshot.Lookup(c.Data, settingsFile)
	if !ok {
		return nil, "it has no " + settingsFile
	}
	found, problem := parseAssignments(script.Value)
	for _, a := range found {
		settings = append(settings, snapshot.Fact{Key: a.name, Value: a.value, At: script.At})
	}
	return settings, problem
}

// VPNSettings are the settings that pod-gateway's scripts read in a pod: those of
// a VPN gateway or of one of its clients.
type VPNSettings struct {
	// Known says that the ConfigMap was read.
	Known     bool   `json:"known"`
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	At        string `json:"at"`
	// Problem says why its script could not be taken in whole; "" is fine.
	Problem string `json:"problem"`
	// DNS is K8S_DNS_IPS, Networks what is not routed to the gateway, VXLANID and
	// VXLANPrefix the numbers of the overlay, each "" or empty where it is not set.
	DNS         []string `json:"dns"`
	Networks    CIDRList `json:"networks"`
	VXLANID     string   `json:"vxlan_id"`
	VXLANPrefix string   `json:"vxlan_prefix"`
	// ZtunnelRouted says that the networks hold the address from which Istio's
	// ztunnel speaks to the pod.
	ZtunnelRouted bool `json:"ztunnel_routed"`
	// Hash is what the charms write on the pods that read the settings, so that they
	// start anew with other ones; "" where they were not read.
	Hash string `json:"hash"`
}

// ztunnelAddress is where ztunnel's probes and mesh traffic come from in a pod
// (charmarr-lib vpn, constants.py; networking/adr-005).
var ztunnelAddress = netip.AddrFrom4([4]byte{169, 254, 7, 127})

func holdsZtunnel(l CIDRList) bool { return l.addresses().contains(ztunnelAddress) }

// noSettings are those of a ConfigMap that was not read.
func noSettings() VPNSettings { return VPNSettings{DNS: []string{}, Networks: parseCIDRs("")} }

// vpnSettings are the settings in a ConfigMap of the model, read once.
func (m *model) vpnSettings(c *snapshot.ConfigMap) VPNSettings {
	out, ok := m.settings[c]
	if !ok {
		if out = vpnSettings(c); m.settings == nil {
			m.settings = map[*snapshot.ConfigMap]VPNSettings{}
		}
		m.settings[c] = out
	}
	return out
}

func vpnSettings(c *snapshot.ConfigMap) VPNSettings {
	out := noSettings()
	out.Known, out.Name, out.Namespace, out.At = true, c.Name, c.Namespace, place(c.At)
	out.Hash = settingsHash(c)
	settings, problem := readSettings(c)
	out.Problem = problem
	for _, f := range settings {
		switch f.Key {
		case settingDNS:
			out.DNS = append(out.DNS, strings.Fields(f.Value)...)
		case settingNetworks:
			out.Networks = cidrList(f)
			out.ZtunnelRouted = holdsZtunnel(out.Networks)
		case settingVXLANID:
			out.VXLANID = f.Value
		case settingVXLANPrefix:
			out.VXLANPrefix = f.Value
		}
		out.At = place(f.At)
	}
	return out
}

// defaultVXLANPrefix is the network of the overlay, which no charm lets its
// operator choose (charmarr-lib vpn, constants.py).
const defaultVXLANPrefix = "172.16.0"

// vxlanNetwork is the network that pod-gateway makes of the first three numbers
// of an address.
func vxlanNetwork(prefix string) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(prefix + ".0")
	if err != nil || !a.Is4() {
		return netip.Prefix{}, false
	}
	const bits = 24 // ${VXLAN_IP_NETWORK}.1/24 in gateway_init.sh
	return netip.PrefixFrom(a, bits), true
}

// The numbers that a VXLAN can have (charmarr-lib vpn, _vpn_gateway.py).
const (
	firstVXLANID = 1
	lastVXLANID  = 1<<24 - 1
)

func isVXLANID(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= firstVXLANID && n <= lastVXLANID
}

// VPNData is what a VPN gateway tells a client in the databag of their relation.
type VPNData struct {
	Unit string `json:"unit"` // that sees it
	At   string `json:"at"`
	// From is the application at the other end as the unit knows it, "" where that
	// has no unit.
	From string `json:"from"`
	// Present says that the databag holds something under "config". Problem says
	// why the client cannot use it: to the charm's library that is as good as
	// nothing there.
	Present bool   `json:"present"`
	Problem string `json:"problem"`
	// Connected is what the gateway says of its tunnel: yes, no, "".
	Connected    string `json:"connected"`
	Host         string `json:"host"`
	DNS          string `json:"dns"`
	ClusterCIDRs string `json:"cluster_cidrs"` // as it is written
	VXLANID      string `json:"vxlan_id"`
	VXLANPrefix  string `json:"vxlan_prefix"`
	ExitAddress  string `json:"exit_address"`
	InstanceName string `json:"instance_name"`
	// ZtunnelRouted is as in VPNSettings.
	ZtunnelRouted bool `json:"ztunnel_routed"`
}

// vpnData reads the databag that a VPN gateway writes.
func vpnData(unit string, r *snapshot.UnitRelation) VPNData {
	out := VPNData{Unit: unit, At: place(r.At)}
	if len(r.RelatedUnits) > 0 {
		out.From = applicationOf(r.RelatedUnits[0])
	}
	config, ok := snapshot.Lookup(r.ApplicationData, "config")
	if !ok || strings.TrimSpace(config.Value) == "" {
		return out
	}
	out.Present, out.At = true, place(config.At)
	fields, err := decodeObject(config.Value)
	if err != nil {
		out.Problem = err.Error()
		return out
	}
	text := func(key string) string {
		s, _ := fields[key].(string)
		return s
	}
	out.Host, out.DNS, out.ClusterCIDRs = text("gateway_dns_name"), text("cluster_dns_ip"), text("cluster_cidrs")
	out.ZtunnelRouted = holdsZtunnel(parseCIDRs(out.ClusterCIDRs))
	out.ExitAddress, out.InstanceName = text("external_ip"), text("instance_name")
	out.VXLANID, out.VXLANPrefix = defaultVXLANID, asText(fields["vxlan_ip_network"], defaultVXLANPrefix)
	if id, ok := fields["vxlan_id"]; ok {
		out.VXLANID = asText(id, "null")
	}
	switch strings.ToLower(asText(fields["vpn_connected"], "false")) {
	case "true":
		out.Connected = answerYes
	case "false":
		out.Connected = answerNo
	}
	out.Problem = vpnDataProblem(fields, out.VXLANID)
	return out
}

// vpnDataProblem is why the model of the databag in charmarr-lib refuses it.
func vpnDataProblem(fields map[string]any, vxlanID string) string {
	for _, key := range []string{"gateway_dns_name", "cluster_cidrs", "cluster_dns_ip", "instance_name"} {
		switch v, ok := fields[key]; {
		case !ok:
			return "it lacks " + key
		default:
			if _, ok := v.(string); !ok {
				return key + " is no text"
			}
		}
	}
	if !isVXLANID(vxlanID) {
		return fmt.Sprintf("vxlan_id is %q, want a number from %d to %d", shortened(vxlanID), firstVXLANID, lastVXLANID)
	}
	return ""
}

// decodeObject reads a JSON object.
func decodeObject(text string) (map[string]any, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the JSON")
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it is JSON and no object")
	}
	return object, nil
}

// asText writes a decoded value as the charms do who take it for text; other is
// for one that is not there.
func asText(v any, other string) string {
	switch v := v.(type) {
	case nil:
		return other
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return other
	}
	return strings.TrimSuffix(out.String(), "\n")
}
