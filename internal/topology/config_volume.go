package topology

import (
	"fmt"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// ConfigVolume is where an application keeps its settings and its database.
type ConfigVolume struct {
	// Path is where its charm wants it in Container, "" for a charm that keeps nothing.
	Path      string `json:"path"`
	Container string `json:"container"`
	// Kept says whether what is there outlives the pod: yes, no, or "" where no
	// workload of it was read. Fact says it in words.
	Kept   string `json:"kept"`
	Fact   string `json:"fact"`
	Object string `json:"object"`
	At     string `json:"at"`
}

// configVolume looks at the storage that Juju calls config: a claim that the
// StatefulSet makes for each pod.
func (a *app) configVolume() ConfigVolume {
	entry := a.entry()
	if entry == nil || len(entry.Containers) == 0 || charms().configPath[entry.Charm] == "" {
		return ConfigVolume{}
	}
	out := ConfigVolume{Path: charms().configPath[entry.Charm], Container: entry.Containers[0], At: place(a.at())}
	for _, w := range a.workloads {
		if w.Kind != "StatefulSet" {
			continue
		}
		i := slices.IndexFunc(w.Template.Containers, func(c snapshot.Container) bool { return c.Name == out.Container })
		if i < 0 {
			continue
		}
		c := &w.Template.Containers[i]
		out.Object = fmt.Sprintf("%s %s/%s", w.Kind, a.model.name, w.Name)
		out.Kept, out.Fact, out.At = answerNo, fmt.Sprintf("container %s mounts no claim at %s", c.Name, out.Path), place(c.At)
		for _, m := range c.Mounts {
			if m.Path != out.Path {
				continue
			}
			if slices.ContainsFunc(w.Claims, func(t snapshot.ClaimTemplate) bool { return t.Name == m.Volume }) ||
				slices.ContainsFunc(w.Template.Volumes, func(v snapshot.Volume) bool {
					return v.Name == m.Volume && (v.Kind == snapshot.VolumeClaim || v.Kind == snapshot.VolumeHostPath)
				}) {
				out.Kept, out.Fact, out.At = answerYes, fmt.Sprintf("container %s mounts volume %s at %s", c.Name, m.Volume, m.Path), place(m.At)
			}
		}
		if out.Kept == answerNo {
			return out
		}
	}
	return out
}
