package main

import (
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// everywhere is the widest range of addresses.
const everywhere = "0.0.0.0/0"

// otherChoice has, for a value of which Kubernetes knows a few only, one that a
// cluster could hold as well and that an operator might have meant.
var otherChoice = map[string]string{
	"true": "false", "false": "true", "yes": "no", "no": "yes",
	"TCP": "UDP", "UDP": "TCP", "HTTP": "TCP", "HBONE": "HTTP",
	"StatefulSet": "Deployment", "Deployment": "StatefulSet", "DaemonSet": "Deployment",
	"ClusterIP": "LoadBalancer", "LoadBalancer": "NodePort", "None": "10.152.183.250",
	"ALLOW": "DENY", "Retain": "Delete", "Delete": "Retain",
	"ReadWriteMany": "ReadWriteOnce", "ReadWriteOnce": "ReadWriteMany",
	"Running": "Failed", "Bound": "Lost",
	"persistentVolumeClaim": "hostPath", "configMap": "hostPath", "hostPath": "configMap", "nfs": "hostPath",
	"HTTPRoute": "GRPCRoute", "Gateway": "Service", "Service": "Gateway",
}

// edit is one change of a text, and what was changed in it.
type edit struct {
	part, text string
}

// otherTexts are texts near a given one: none for a text that is not said. Of a
// file, they differ in one line; of an object in JSON, in one entry; of a list, in
// one element or in what stands between them.
func otherTexts(text string) []edit {
	if text == "" {
		return nil
	}
	if other, ok := otherChoice[text]; ok {
		return []edit{{text: other}}
	}
	if address, err := netip.ParseAddr(text); err == nil {
		return []edit{{text: address.Next().String()}}
	}
	if block, err := netip.ParsePrefix(text); err == nil {
		if text == everywhere {
			return []edit{{text: "192.168.1.0/24"}}
		}
		return []edit{{text: netip.PrefixFrom(lastOf(block).Next(), block.Bits()).String()}, {text: everywhere}}
	}
	object := map[string]any{}
	if json.Unmarshal([]byte(text), &object) == nil && len(object) > 0 {
		return otherObjects(object)
	}
	if strings.Contains(text, "\n") {
		return otherFiles(text)
	}
	if strings.Contains(text, ",") {
		return otherLists(text)
	}
	return []edit{{text: text + "x"}}
}

func otherObjects(object map[string]any) []edit {
	var out []edit
	for _, key := range slices.Sorted(maps.Keys(object)) {
		less := maps.Clone(object)
		delete(less, key)
		out = append(out, edit{"-" + key, asJSON(less)})
		if s, ok := object[key].(string); ok {
			for _, e := range otherTexts(s) {
				changed := maps.Clone(object)
				changed[key] = e.text
				out = append(out, edit{key, asJSON(changed)})
			}
		}
	}
	return out
}

func asJSON(object map[string]any) string {
	text, _ := json.Marshal(object) // it came out of JSON
	return string(text)
}

// otherFiles leaves each line out, and changes each setting.
func otherFiles(text string) []edit {
	lines := strings.Split(text, "\n")
	var out []edit
	with := func(i int, part string, put ...string) {
		changed := slices.Concat(lines[:i], put, lines[i+1:])
		out = append(out, edit{part, strings.Join(changed, "\n")})
	}
	for i, line := range lines {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		key, value, setting := strings.Cut(line, "=")
		if !setting {
			with(i, "-"+strings.TrimSpace(line))
			continue
		}
		with(i, "-"+key)
		for _, e := range otherTexts(strings.Trim(value, `"`)) {
			with(i, key+"="+e.text, key+`="`+e.text+`"`)
		}
	}
	return out
}

// otherLists has one element less, one of another kind, and another separator.
func otherLists(text string) []edit {
	elements := strings.Split(text, ",")
	out := []edit{
		{"separator", strings.Join(elements, ";")},
		{"space", strings.Join(elements, " ")},
		{"-" + elements[0], strings.Join(elements[1:], ",")},
	}
	for _, e := range otherTexts(elements[0]) {
		out = append(out, edit{elements[0], strings.Join(append([]string{e.text}, elements[1:]...), ",")})
	}
	return out
}

// lastOf is the last address of a block.
func lastOf(block netip.Prefix) netip.Addr {
	bytes := block.Masked().Addr().AsSlice()
	for i := block.Bits(); i < len(bytes)*8; i++ {
		bytes[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(bytes) // as long as it was
	return last
}
