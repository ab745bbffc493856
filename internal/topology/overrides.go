package topology

import (
	"maps"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// overridesOf reads the option custom-overrides of a VPN gateway, a JSON object
// of variables (charm.py of gluetun-k8s, _get_custom_overrides).
func overridesOf(a *app) Overrides {
	option, ok := snapshot.Lookup(a.config, optionOverrides)
	if !ok || strings.TrimSpace(option.Value) == "" {
		return Overrides{Values: []Fact{}, Widened: []string{}}
	}
	out := Overrides{Set: true, At: place(option.At), Values: []Fact{}, Widened: []string{}}
	values, err := decodeObject(option.Value)
	if err != nil {
		out.Problem = err.Error()
		return out
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out.Values = append(out.Values, Fact{Key: key, Value: asText(values[key], "None"), At: out.At})
	}
	for _, f := range out.Values {
		if f.Key == "FIREWALL_OUTBOUND_SUBNETS" || f.Key == "EXTRA_SUBNETS" {
			cidrs, _ := snapshot.Lookup(a.config, optionCIDRs)
			beyond := parseCIDRs(f.Value).addresses().subtract(parseCIDRs(cidrs.Value).addresses())
			out.Widened = append(out.Widened, textsOf(beyond.prefixes())...)
		}
	}
	return out
}

// keyGranted tells whether a gateway may read the secret with its WireGuard key,
// as far as a source says who may read that one.
func keyGranted(a *app) string {
	option, _ := snapshot.Lookup(a.config, "wireguard-private-key-secret")
	id := secretID(option.Value)
	if id == "" {
		return answerUnknown
	}
	for _, s := range a.model.secretDocuments() {
		switch {
		case s.ID != id || !s.ReadersKnown:
		case s.Owner == a.name || slices.Contains(s.Readers, a.name):
			return answerYes
		default:
			return answerNo
		}
	}
	if a.model.covered[snapshot.JujuSecrets] {
		return answerNo
	}
	return answerUnknown
}
