package topology

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Kinds of Privilege.
const (
	privilegePrivileged = "privileged"
	privilegeCapability = "capability"
	privilegeHostPath   = "host-path"
	privilegeHostPID    = "host-pid"
	privilegeHostNet    = "host-network"
)

// Privilege is what the pods of an application may do beyond their own bounds.
type Privilege struct {
	// Kind is privileged, capability, host-path, host-pid or host-network.
	Kind string `json:"kind"`
	// Container is the one that has it; "" for the pod as a whole.
	Container string `json:"container"`
	// List is the list of the pod's spec that the container stands in: containers or
	// initContainers.
	List string `json:"list"`
	// Value is the capability without CAP_, or the path on the node.
	Value string `json:"value"`
	// Volume is the volume of such a path, and Mounts where containers have it.
	Volume string           `json:"volume"`
	Mounts []PrivilegeMount `json:"mounts"`
	// Expected says whether its charm asks for it: yes, no, or "" for a charm that is
	// not known. Reason says why not, where there is more to say.
	Expected string `json:"expected"`
	Reason   string `json:"reason"`
	// Object is the workload, else the pod, that shows it: "StatefulSet core/plex".
	Object string `json:"object"`
	At     string `json:"at"`
}

// PrivilegeMount is where a container has a path of the node.
type PrivilegeMount struct {
	List      string `json:"list"`
	Container string `json:"container"`
	Path      string `json:"path"`
}

// charmPrivilege is what the charms of a row give to containers of theirs
// (charms.json).
type charmPrivilege struct {
	Charms       []string `json:"charms"` // none for any charm
	Containers   []string `json:"containers"`
	Privileged   bool     `json:"privileged"`
	Capabilities []string `json:"capabilities"`
	HostPaths    []string `json:"host_paths"`
	// Option is the option of the charm that has to be true for it.
	Option string `json:"option"`
	Source string `json:"source"`
}

// harmlessCapabilities are those that Kubernetes' Pod Security Standards let every
// container of the baseline profile have; container runtimes give most of them
// unasked.
var harmlessCapabilities = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

// privileges are those of an application's pods, each once: as its workloads make
// them, and what only a running pod has.
func (a *app) privileges() []Privilege {
	out := []Privilege{}
	if a.role == "" {
		return out
	}
	entry := a.entry()
	add := func(p Privilege) {
		if !slices.ContainsFunc(out, func(o Privilege) bool {
			return o.Kind == p.Kind && o.Container == p.Container && o.Value == p.Value
		}) {
			p.Expected, p.Reason = a.expects(entry, p)
			p.Mounts = orEmpty(p.Mounts)
			out = append(out, p)
		}
	}
	for _, w := range a.workloads {
		privilegesOf(&w.Template, fmt.Sprintf("%s %s/%s", w.Kind, a.model.name, w.Name), w.At, add)
	}
	for _, p := range sorted(a.pods, func(p *snapshot.Pod) string { return p.Name }) {
		if !finished(p) {
			privilegesOf(&p.Spec, fmt.Sprintf("Pod %s/%s", a.model.name, p.Name), p.At, add)
		}
	}
	return out
}

func privilegesOf(s *snapshot.PodSpec, object string, at snapshot.Pos, add func(Privilege)) {
	if s.HostNetwork {
		add(Privilege{Kind: privilegeHostNet, Object: object, At: place(at)})
	}
	if s.HostPID {
		add(Privilege{Kind: privilegeHostPID, Object: object, At: place(at)})
	}
	for list, c := range containersOf(s) {
		if c.Privileged == snapshot.Yes {
			add(Privilege{Kind: privilegePrivileged, Container: c.Name, List: list, Object: object, At: place(c.PrivilegedAt)})
		}
		for _, name := range c.Capabilities {
			name = strings.TrimPrefix(strings.ToUpper(name), "CAP_")
			if !slices.Contains(harmlessCapabilities, name) {
				add(Privilege{Kind: privilegeCapability, Container: c.Name, List: list, Value: name, Object: object, At: place(c.CapabilitiesAt)})
			}
		}
	}
	for _, v := range s.Volumes {
		if v.Kind != snapshot.VolumeHostPath {
			continue
		}
		p := Privilege{Kind: privilegeHostPath, Value: v.Source, Volume: v.Name, Object: object, At: place(v.At)}
		for list, c := range containersOf(s) {
			for _, m := range c.Mounts {
				if m.Volume == v.Name {
					p.Container = cmp.Or(p.Container, c.Name)
					p.Mounts = append(p.Mounts, PrivilegeMount{List: list, Container: c.Name, Path: m.Path})
				}
			}
		}
		add(p)
	}
}

// containersOf are the containers of a pod's spec, each with the list that it stands
// in.
func containersOf(s *snapshot.PodSpec) iter.Seq2[string, *snapshot.Container] {
	return func(yield func(string, *snapshot.Container) bool) {
		for i := range s.InitContainers {
			if !yield("initContainers", &s.InitContainers[i]) {
				return
			}
		}
		for i := range s.Containers {
			if !yield("containers", &s.Containers[i]) {
				return
			}
		}
	}
}

// expects tells whether the charm of an application asks for a privilege.
func (a *app) expects(entry *charmEntry, p Privilege) (answer, reason string) {
	answer = answerUnknown
	if entry != nil {
		answer = answerNo
	}
	for _, row := range charms().privileges {
		if len(row.Charms) > 0 && (entry == nil || !slices.Contains(row.Charms, entry.Charm)) ||
			len(row.Containers) > 0 && !slices.Contains(row.Containers, p.Container) {
			continue
		}
		has := p.Kind == privilegePrivileged && row.Privileged ||
			p.Kind == privilegeCapability && (row.Privileged || slices.Contains(row.Capabilities, p.Value)) ||
			p.Kind == privilegeHostPath && slices.Contains(row.HostPaths, p.Value)
		if !has {
			continue
		}
		if value, known := a.option(row.Option); row.Option != "" && known && !strings.EqualFold(value, "true") {
			return answerNo, "option " + row.Option + " is off"
		}
		return answerYes, ""
	}
	return answer, reason
}
