package topology

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// NetworkPlugin is the network plugin of the cluster, and whether it enforces
// NetworkPolicies: without one that does they are mere words.
type NetworkPlugin struct {
	Subject Subject `json:"subject"` // what shows it
	At      string  `json:"at"`
	// Name is "" where none of those that are known was seen.
	Name string `json:"name"`
	// Enforces is yes, no, or "" for unknown.
	Enforces string `json:"enforces"`
	// Fact says by what it is known: "DaemonSet kube-system/calico-node runs Calico".
	Fact string `json:"fact"`
}

//go:embed plugins.json
var pluginsJSON []byte

// pluginEntry is a network plugin in plugins.json.
type pluginEntry struct {
	Name       string   `json:"name"`
	Containers []string `json:"containers"`
	Namespaces []string `json:"namespaces"`
	Enforces   string   `json:"enforces"`
	// Since is the tag of the image from which on it enforces, whatever Enforces
	// says: a date, so that tags compare as text.
	Since  string `json:"enforces_since"`
	Source string `json:"source"`
}

// plugins reads the embedded table once. The table is part of the program, so
// one that does not parse is a programming error; a test reads it.
var plugins = sync.OnceValue(func() []pluginEntry {
	var file struct {
		About   string        `json:"about"`
		Plugins []pluginEntry `json:"plugins"`
	}
	if err := json.Unmarshal(pluginsJSON, &file); err != nil {
		panic("reading the embedded plugins.json: " + err.Error())
	}
	return file.Plugins
})

// networkPlugin finds the network plugin among what runs in its namespaces, or
// in the distribution of the nodes. One that enforces counts before one that does
// not: the two stand side by side where policies are left to another project.
func networkPlugin(s *snapshot.Snapshot) NetworkPlugin {
	var best NetworkPlugin
	rank := map[string]int{answerYes: 3, answerNo: 2, answerUnknown: 1}
	consider := func(p NetworkPlugin) {
		if best.Name == "" || rank[p.Enforces] > rank[best.Enforces] {
			best = p
		}
	}
	see := func(kind, subject string, meta *snapshot.Meta, spec *snapshot.PodSpec) {
		for _, entry := range plugins() {
			if !slices.Contains(entry.Namespaces, meta.Namespace) {
				continue
			}
			for _, c := range spec.Containers {
				if slices.Contains(entry.Containers, c.Name) {
					consider(NetworkPlugin{
						Subject: Subject{Kind: subject, Namespace: meta.Namespace, Name: meta.Name}, At: place(meta.At),
						Name: entry.Name, Enforces: entry.enforces(c.Image),
						Fact: kind + " " + meta.Namespace + "/" + meta.Name + " runs " + entry.Name,
					})
				}
			}
		}
	}
	for i := range s.Workloads {
		if w := &s.Workloads[i]; w.Kind == "DaemonSet" {
			see(w.Kind, "workload", &w.Meta, &w.Template)
		}
	}
	for i := range s.Pods {
		see("Pod", "pod", &s.Pods[i].Meta, &s.Pods[i].Spec)
	}
	if p, ok := k3s(s.Nodes); ok {
		consider(p)
	}
	if best.Enforces == answerNo && mayHide(s, best.Name) {
		best.Enforces = answerUnknown
	}
	return best
}

// mayHide tells whether something that enforces may stand beside a plugin that
// does not, where nobody looked. It stands in kube-system; in the place of what
// K3s has built in, also in a namespace of its own. A cluster that was read itself
// was looked at in all of them.
func mayHide(s *snapshot.Snapshot, plugin string) bool {
	runs, exists := map[string]bool{}, map[string]bool{}
	for i := range s.Workloads {
		runs[s.Workloads[i].Namespace] = true
	}
	for i := range s.Pods {
		runs[s.Pods[i].Namespace] = true
	}
	for i := range s.Namespaces {
		exists[s.Namespaces[i].Name] = true
	}
	for _, c := range s.Coverage {
		if c.Evidence == snapshot.KubeSystem {
			return false
		}
		if c.Evidence == snapshot.KubeWorkloads && c.Namespace == "" {
			runs[systemNamespace] = true
		}
	}
	if plugin != pluginK3s {
		return !runs[systemNamespace]
	}
	return !runs[systemNamespace] || !exists[systemNamespace] || slices.ContainsFunc(plugins(), func(p pluginEntry) bool {
		return slices.ContainsFunc(p.Namespaces, func(ns string) bool { return exists[ns] && !runs[ns] })
	})
}

// enforces tells whether the plugin enforces in the version of an image.
func (p pluginEntry) enforces(image string) string {
	if p.Since == "" {
		return p.Enforces
	}
	tag := imageTag(image)
	if !dated.MatchString(tag) {
		return answerUnknown
	}
	if tag[:len(p.Since)] >= p.Since {
		return answerYes
	}
	return p.Enforces
}

// dated is a tag that begins with a date: v20240813-c6f155d6.
var dated = regexp.MustCompile(`^v[0-9]{8}`)

// imageTag is the tag of an image, "" where it has none.
func imageTag(image string) string {
	name, _, _ := strings.Cut(image, "@")
	last := name[strings.LastIndex(name, "/")+1:]
	_, tag, _ := strings.Cut(last, ":")
	return tag
}

// K3s has the policy controller of kube-router built in, which no DaemonSet
// shows, and Flannel as well. It is on unless the servers were started without it
// (docs.k3s.io, Networking Services); its nodes say so in an annotation.
const (
	pluginK3s   = "K3s"
	k3sVersion  = "+k3s"
	k3sArgs     = "k3s.io/node-args"
	k3sTurnsOff = "disable-network-policy"
)

// k3s recognises the distribution by the version of its nodes. Only a server is
// told whether there are policies.
func k3s(nodes []snapshot.Node) (NetworkPlugin, bool) {
	var out NetworkPlugin
	for i := range nodes {
		n := &nodes[i]
		if !strings.Contains(n.Version, k3sVersion) {
			continue
		}
		p := NetworkPlugin{
			Subject: Subject{Kind: "node", Name: n.Name}, At: place(n.At), Name: pluginK3s,
			Fact: "node " + n.Name + " is of K3s (" + n.Version + "), whose policy controller is on unless it is turned off",
		}
		args, said := snapshot.Lookup(n.Annotations, k3sArgs)
		switch {
		case said && strings.Contains(args.Value, k3sTurnsOff):
			p.Enforces, p.At, p.Fact = answerNo, place(args.At), "K3s was started with --"+k3sTurnsOff+" on node "+n.Name
		case said && strings.Contains(args.Value, `"server"`):
			p.Enforces = answerYes
		}
		if out.Name == "" || p.Enforces == answerNo || out.Enforces == answerUnknown {
			out = p
		}
		if out.Enforces == answerNo {
			break
		}
	}
	return out, out.Name != ""
}
