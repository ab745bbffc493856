package topology

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Credential is a secret that stands in the open in an option. Its value was
// replaced when it was read.
type Credential struct {
	Option string `json:"option"`
	// Key is the entry of the option's JSON that it stands under, "" where the option
	// is no JSON.
	Key string `json:"key"`
	At  string `json:"at"`
}

// credentials are the options of an application in which a secret stood, or, of a
// VPN provider's account, a name that belongs to one.
func (a *app) credentials() []Credential {
	out := []Credential{}
	for _, f := range a.config {
		keys := slices.DeleteFunc(redactedIn(f.Value), func(key string) bool { return bearsPublicKey(f.Key) || bearsPublicKey(key) })
		if f.Key == optionOverrides {
			keys = append(keys, accountsIn(f.Value)...)
		}
		slices.Sort(keys)
		for _, key := range slices.Compact(keys) {
			out = append(out, Credential{Option: f.Key, Key: key, At: place(f.At)})
		}
	}
	return out
}

// bearsPublicKey tells whether what stands under a key only looks as a secret does: the
// public key of a WireGuard peer has the form of a private one.
func bearsPublicKey(key string) bool {
	return strings.Contains(strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(key)), "publickey")
}

// optionOverrides sets variables of gluetun over all that the charm sets.
const optionOverrides = "custom-overrides"

// accountsIn are the variables of a VPN gateway's overrides that name the account
// at its provider (gluetun: OPENVPN_USER, HTTPPROXY_USER, …). Many providers give
// out names that are as secret as the password.
func accountsIn(text string) []string {
	values, err := decodeObject(text)
	if err != nil {
		return nil
	}
	var out []string
	for key, value := range values {
		if strings.HasSuffix(strings.ToUpper(key), "_USER") && asText(value, "") != "" {
			out = append(out, key)
		}
	}
	return out
}

// redactedIn says where in a value something was replaced because it looked
// secret: the keys that lead to it, joined with dots, where the value is JSON, else
// "". It returns nothing for a value in which all was kept.
func redactedIn(text string) []string {
	if !strings.Contains(text, snapshot.Redacted) {
		return nil
	}
	return redactedUnder("", text, 0)
}

// deepest bounds JSON inside strings inside JSON, as the redaction does.
const deepest = 4

func redactedUnder(key, text string, depth int) []string {
	if !strings.Contains(text, snapshot.Redacted) {
		return nil
	}
	trimmed := strings.TrimSpace(text)
	if depth >= deepest || trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' {
		return []string{key}
	}
	var tree any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return []string{key}
	}
	if out := redactedTree(key, tree, depth+1); len(out) > 0 {
		return out
	}
	return []string{key} // under a key that is there twice
}

func redactedTree(key string, tree any, depth int) []string {
	var out []string
	switch x := tree.(type) {
	case string:
		return redactedUnder(key, x, depth)
	case []any:
		for _, v := range x {
			out = append(out, redactedTree(key, v, depth)...)
		}
	case map[string]any:
		for k, v := range x {
			under := k
			if key != "" {
				under = key + "." + k
			}
			out = append(out, redactedTree(under, v, depth)...)
			if strings.Contains(k, snapshot.Redacted) {
				out = append(out, key)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// rotation are the options of an application that say how often its credentials
// change, with their values. "" where they were not read.
func (a *app) rotation() []Fact {
	out := []Fact{}
	defaults := charms().defaults[charms().known(a.charm)]
	for _, name := range []string{"api-key-rotation", "credential-rotation"} {
		if _, has := defaults[name]; !has {
			continue
		}
		value, _ := a.option(name)
		at := place(a.set(name).At)
		if at == "" {
			at = place(a.at())
		}
		out = append(out, Fact{Key: name, Value: strings.TrimSpace(value), At: at})
	}
	return out
}

// crowsnest is the interface by which Charmarr's charms tell its fleet view where
// they are; all other interfaces of its own are in charms.json.
const interfaceCrowsnest = "crowsnest"

// published tells of a databag: whether its interface is one of Charmarr's own,
// which application wrote it, and where in it something stood that looked secret.
func (a *app) published(r *snapshot.UnitRelation, links []*relation) (own bool, publisher *app, secrets []string) {
	iface := charms().interfaceOf(a.charm, r.Endpoint)
	var found []*app
	for _, l := range links {
		for i := range l.ends {
			near, far := &l.ends[i], &l.ends[1-i]
			if near.app != a || near.endpoint != "" && near.endpoint != r.Endpoint {
				continue
			}
			if iface == "" {
				iface = l.iface
			}
			if far.app == nil || l.iface != iface {
				continue
			}
			found = append(found, far.app)
			if slices.ContainsFunc(r.RelatedUnits, func(u string) bool {
				name := applicationOf(u)
				return far.saas != nil && far.saas.facts.Name == name || far.saas == nil && far.app.model == a.model && far.app.name == name
			}) {
				publisher = far.app
			}
		}
	}
	if publisher == nil && len(found) == 1 {
		publisher = found[0]
	}
	for _, f := range r.ApplicationData {
		for _, key := range redactedUnder("", f.Value, 0) {
			name := f.Key
			if key != "" {
				name += "." + key
			}
			secrets = append(secrets, name)
		}
	}
	slices.Sort(secrets)
	return iface != interfaceCrossMesh && charms().own[iface] || iface == interfaceCrowsnest, publisher, slices.Compact(secrets)
}
