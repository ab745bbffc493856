package plan

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Dropped stands where an option had a value that no rule reads.
const Dropped = "(not kept)"

// Later stands where an option that no rule reads has a value that is known after
// apply only.
const Later = "(known after apply)"

// Options are the options of charms that rules read. A plan holds secrets in the
// open, and an option of any charm may hold one: what is not listed here leaves
// its name and no value.
func Options() []string {
	return []string{
		"access-mode", "api-key-rotation", "backend-type", "cleanup-on-remove", "cluster-cidrs", "cniBinDir",
		"cniConfDir", "credential-rotation", "custom-overrides", "dns-over-tls", "external-traffic-policy-cidrs",
		"hardened-mode", "hardware-transcoding", "hostpath", "ingress-path", "ingress-port", "model-on-mesh",
		"nfs-path", "nfs-server", "pgid", "platform", "puid", "size", "storage-class", "unsafe-mode", "variant",
		"vpn-endpoint-ip", "vpn-provider", "vpn-type", "vxlan-id", "wireguard-addresses",
		"wireguard-private-key-secret", "wireguard-public-key",
	}
}

// overrides is the option of a VPN gateway that holds variables of its container.
const overrides = "custom-overrides"

// isRead tells whether rules read an option.
func isRead(key string) bool { return slices.Contains(Options(), key) }

// kept returns what is recorded of an option's value. Rules tell a secret from a
// reference to one, whatever the option, so that both leave a trace.
func kept(key, text string) string {
	clean := snapshot.Redact(key, text)
	switch {
	case key == overrides:
		return keptVariables(text, clean)
	case isRead(key), text == "", isSecret(text) && clean == text:
		return clean
	case clean != text:
		return snapshot.Redacted
	}
	return Dropped
}

// isSecret tells whether a value names a Juju secret.
func isSecret(text string) bool { return strings.HasPrefix(text, "secret:") }

// keptVariables is kept for the variables in an option: of those that no rule
// reads the name alone stays.
func keptVariables(text, clean string) string {
	var variables map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &variables); err != nil {
		if strings.TrimSpace(text) == "" {
			return text
		}
		return Dropped // which is no JSON either
	}
	var redacted map[string]json.RawMessage
	if err := json.Unmarshal([]byte(clean), &redacted); err != nil {
		return snapshot.Redacted
	}
	out := map[string]any{}
	for key, value := range variables {
		var said string
		isText := json.Unmarshal(value, &said) == nil
		switch name := strings.ToUpper(key); {
		case strings.HasPrefix(name, "FIREWALL"), strings.HasPrefix(name, "DNS"), strings.HasPrefix(name, "DOT"),
			name == "EXTRA_SUBNETS", name == "VPN_BLOCK_OTHER_TRAFFIC", isText && said == "":
			out[key] = redacted[key]
		case strings.HasSuffix(name, "_USER"), string(redacted[key]) != string(value):
			out[key] = snapshot.Redacted
		default:
			out[key] = Dropped
		}
	}
	var written strings.Builder
	enc := json.NewEncoder(&written)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return snapshot.Redacted
	}
	return strings.TrimSuffix(written.String(), "\n")
}
