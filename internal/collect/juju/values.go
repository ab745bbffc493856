package juju

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// optionsOf returns the options that were set to something else than the
// charm's default.
func optionsOf(config map[string]any) []snapshot.Fact {
	var facts []snapshot.Fact
	for _, key := range slices.Sorted(maps.Keys(config)) {
		option, ok := config[key].(map[string]any)
		if !ok {
			continue
		}
		value, said := option["value"]
		if !said || value == nil || option["source"] == "default" || option["source"] == "unset" {
			continue
		}
		text := textOf(value)
		if fallback, ok := option["default"]; ok && textOf(fallback) == text {
			continue
		}
		facts = append(facts, snapshot.Fact{Key: key, Value: snapshot.Redact(key, text)})
	}
	return facts
}

// trustOf tells whether an application is trusted with the cloud's credentials.
func trustOf(config map[string]any) snapshot.Tri {
	option, ok := config["trust"].(map[string]any)
	if !ok {
		return snapshot.Unsaid
	}
	value, said := option["value"]
	if !said {
		value, said = option["default"]
	}
	trusted, isBool := value.(bool)
	if !said || !isBool {
		return snapshot.Unsaid
	}
	return snapshot.TriOf(trusted)
}

// textOf writes a value as a bundle has it: numbers without an exponent.
func textOf(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

// plainText makes text of the controller's a part of a sentence.
func plainText(text string) string {
	const most = 80
	text = snapshot.RedactText(text)
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
