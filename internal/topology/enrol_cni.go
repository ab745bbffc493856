package topology

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Entries of istio-cni's ConfigMap, as its chart spells them.
const (
	cniAmbient   = "AMBIENT_ENABLED"
	cniExcluded  = "EXCLUDE_NAMESPACES"
	cniSelectors = "AMBIENT_ENABLEMENT_SELECTOR"
)

// readCNI finds istio-cni's settings in its ConfigMap. Of one that was given
// twice the later counts. Two namespaces that both have one may be two clusters
// or a copy: where they disagree, neither is believed and a gap says so.
func (e *estate) readCNI() {
	var all []snapshot.ConfigMap
	for _, c := range e.snap.ConfigMaps {
		if c.Name == configMapCNI {
			all = append(all, c)
		}
	}
	var found []CNI
	var homes []string
	for _, c := range latest(all, func(c *snapshot.ConfigMap) objectID { return metaID(&c.Meta) }) {
		cni := CNIOf(c)
		found = append(found, cni)
		homes = append(homes, c.Namespace)
		if cni.Unread != "" && len(c.Enablement) > 0 { // text that is no list of selectors is the collector's to report
			e.gaps = append(e.gaps, snapshot.Gap{
				Source: e.sourceName(cni.At), Line: cni.At.Line(), Column: cni.At.Column(),
				What: "reading ConfigMap " + configMapCNI, Reason: cni.Unread,
				Evidence: []snapshot.Evidence{snapshot.KubeConfigMaps},
			})
		}
	}
	if len(found) == 0 {
		return
	}
	e.cni = found[0]
	for i, other := range found[1:] {
		if sameSettings(e.cni, other) {
			continue
		}
		e.gaps = append(e.gaps, snapshot.Gap{
			Source: e.sourceName(other.At), Line: other.At.Line(), Column: other.At.Column(),
			What:     "placing ConfigMap " + configMapCNI,
			Reason:   fmt.Sprintf("namespaces %s and %s both have one, and they disagree: istio-cni's defaults are assumed; check one cluster at a time", homes[0], homes[i+1]),
			Evidence: []snapshot.Evidence{snapshot.KubeConfigMaps},
		})
		e.cni = CNI{}
		return
	}
}

// sameSettings compares what two ConfigMaps say, and not where.
func sameSettings(a, b CNI) bool {
	words := func(list []EnablementSelector) []string {
		var out []string
		for _, s := range list {
			out = append(out, s.Pod.String()+" in "+s.Namespace.String())
		}
		return out
	}
	return a.Ambient == b.Ambient && a.Unread == b.Unread &&
		reflect.DeepEqual(a.Excluded, b.Excluded) && reflect.DeepEqual(words(a.Selectors), words(b.Selectors))
}

// CNIOf reads istio-cni's ConfigMap. Its keys are those of the istio-cni chart.
func CNIOf(c *snapshot.ConfigMap) CNI {
	cni := CNI{Known: true, At: c.At}
	if f, ok := snapshot.Lookup(c.Data, cniAmbient); ok {
		// istio-cni takes Go's spellings of a bool; of others nothing is known.
		if on, err := strconv.ParseBool(strings.TrimSpace(f.Value)); err == nil {
			cni.Ambient = snapshot.TriOf(on)
			cni.At = f.At
		}
	}
	if f, ok := snapshot.Lookup(c.Data, cniExcluded); ok {
		cni.Excluded, cni.ExcludedAt = []string{}, f.At
		for name := range strings.SplitSeq(f.Value, ",") {
			if name = strings.TrimSpace(name); name != "" {
				cni.Excluded = append(cni.Excluded, name)
			}
		}
	}
	selectors, err := ownSelectors(c.Enablement)
	cni.Selectors = selectors
	f, _ := snapshot.Lookup(c.Data, cniSelectors)
	text := strings.TrimSpace(f.Value)
	switch {
	case err != nil:
		cni.Unread, cni.At = "istio-cni's "+cniSelectors+" could not be read: "+err.Error(), f.At
	case len(cni.Selectors) > 0 && cni.Ambient != snapshot.No:
		cni.At = f.At
	case len(c.Enablement) == 0 && text != "" && text != "[]" && text != "null":
		cni.Unread, cni.At = "istio-cni's "+cniSelectors+" could not be read", f.At
	}
	return cni
}

// defaultSelectors are istio-cni's own, as its chart spells them: pod, then
// namespace.
var defaultSelectors = [][2]string{
	{labelDataplaneMode + "=" + modeAmbient, ""},
	{labelDataplaneMode + " notin (" + modeNone + ")", labelDataplaneMode + "=" + modeAmbient},
}

// ownSelectors returns the enablement selectors where they differ from
// istio-cni's own, and nil where they are the default: the steps of Enrol then
// name the label that decides. A selector that cannot be read is left out, and
// the error says why.
func ownSelectors(in []snapshot.EnablementSelector) ([]EnablementSelector, error) {
	var out []EnablementSelector
	var failed error
	matched := map[[2]string]bool{}
	for _, s := range in {
		pod, err := selector(s.Pod)
		if err != nil {
			failed = err
			continue
		}
		ns, err := selector(s.Namespace)
		if err != nil {
			failed = err
			continue
		}
		out = append(out, EnablementSelector{Pod: pod, Namespace: ns})
		matched[[2]string{pod.String(), ns.String()}] = true
	}
	if len(out) != len(defaultSelectors) {
		return out, failed
	}
	for _, d := range defaultSelectors {
		if !matched[d] {
			return out, failed
		}
	}
	return nil, failed
}
