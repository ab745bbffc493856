package snapshot

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// Redacted stands where a value looked secret.
const Redacted = "(redacted)"

// maxRedactDepth bounds JSON inside strings inside JSON. Charms nest it once
// (a databag entry that holds JSON); deeper text is redacted as plain text.
const maxRedactDepth = 4

// Redact returns value with what looks secret replaced by Redacted, so that it
// may enter a snapshot. The key decides first: the whole value of a key such
// as "password" goes. Else the value is searched: JSON key by key, other text
// for KEY=VALUE and KEY: VALUE, and all of it for private keys, tokens and
// passwords in URLs. Empty values, yes and no, and references to Juju secrets
// ("secret:…") are kept, for rules need to know that they are there. Labels in
// istio.io's domain are never changed.
func Redact(key, value string) string {
	return redact(key, value, 0)
}

// RedactText is Redact for text that has no key, such as a status message.
func RedactText(text string) string {
	return redact("", text, 0)
}

func redact(key, value string, depth int) string {
	if value == "" || value == Redacted || strings.Contains(key, "istio.io/") {
		return value
	}
	if secretKey(key) && !harmless(value) {
		return Redacted
	}
	if len(value) < shortestSecret || isReference(value) {
		return value
	}
	if text, ok := redactJSON(value, depth); ok {
		return text
	}
	return redactTokens(redactPairs(value))
}

// harmless tells whether a value can stand under any key: it says yes or no,
// or refers to a secret without being one.
func harmless(value string) bool {
	switch strings.ToLower(value) {
	case "", "true", "false", "yes", "no", "none", "null":
		return true
	}
	return isReference(value)
}

// isReference tells whether a value is a Juju secret's URI: secret:ID, or
// secret://UUID/ID.
func isReference(value string) bool {
	id, ok := strings.CutPrefix(value, "secret:")
	if !ok || id == "" || len(id) > 120 {
		return false
	}
	for i := range len(id) {
		if c := id[i]; !isAlphanumeric(c) && c != '-' && c != '/' {
			return false
		}
	}
	return true
}

// redactJSON redacts an object or a list key by key. ok is false where the
// text is neither. Text in which nothing is secret comes back as it was.
func redactJSON(text string, depth int) (string, bool) {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' || depth >= maxRedactDepth {
		return "", false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return "", false
	}
	if _, err := dec.Token(); err != io.EOF {
		return "", false
	}
	clean, changed := redactTree("", tree, depth)
	if !changed {
		return text, true
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(clean); err != nil {
		return Redacted, true
	}
	return strings.TrimSuffix(out.String(), "\n"), true
}

// redactTree redacts decoded JSON that stands under the given key, and tells
// whether something changed.
func redactTree(key string, tree any, depth int) (any, bool) {
	switch x := tree.(type) {
	case string:
		clean := redact(key, x, depth+1)
		return clean, clean != x
	case json.Number:
		if secretKey(key) {
			return Redacted, true
		}
	case []any:
		changed := false
		for i := range x {
			clean, c := redactTree(key, x[i], depth)
			x[i], changed = clean, changed || c
		}
		return x, changed
	case map[string]any:
		changed := false
		for k, v := range x {
			under := k
			if !secretKey(k) && secretKey(key) {
				under = key
			}
			clean, c := redactTree(under, v, depth)
			x[k], changed = clean, changed || c
		}
		return x, changed
	}
	return tree, false
}
