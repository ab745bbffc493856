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
	option, ok := snapshot.Lookup(a.config, "custom-overrides")
	if !ok || strings.TrimSpace(option.Value) == "" {
		return Overrides{Values: []Fact{}}
	}
	out := Overrides{Set: true, At: place(option.At), Values: []Fact{}}
	values, err := decodeObject(option.Value)
	if err != nil {
		out.Problem = err.Error()
		return out
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		out.Values = append(out.Values, Fact{Key: key, Value: asText(values[key], "None"), At: out.At})
	}
	return out
}
