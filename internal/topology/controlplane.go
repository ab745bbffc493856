package topology

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Options of istio-k8s that say where the nodes keep their network plugins.
const (
	optionPlatform  = "platform"
	optionCNIBinDir = "cniBinDir"
	optionCNIConf   = "cniConfDir"
)

// cniAgent is the DaemonSet that puts Istio's network plugin on each node, and
// volumeCNIBin its volume of the folder where the node has them.
const (
	cniAgent     = "istio-cni-node"
	volumeCNIBin = "cni-bin-dir"
)

// mostPlanes bounds how many control planes a stack's document names.
const mostPlanes = 4

// distributionOf is the distribution of the nodes: the one whose mark all their
// versions bear.
func distributionOf(nodes []Node) Distribution {
	out := Distribution{Platforms: []string{}}
	for i, n := range nodes {
		d := marked(n.Version)
		if d == nil || i > 0 && d.Name != out.Name {
			return Distribution{Platforms: []string{}}
		}
		out.Name, out.Platforms = d.Name, d.Platforms
		if out.At == "" {
			out.Fact, out.At = fmt.Sprintf("node %s runs kubelet %s", n.Name, n.Version), n.At
		}
	}
	return out
}

// marked returns the distribution that marks a version, nil for none.
func marked(version string) *distribution {
	rows := charms().operations.Platforms.Rows
	for i := range rows {
		if strings.Contains(version, rows[i].Mark) {
			return &rows[i]
		}
	}
	return nil
}

// platformFits tells whether a value of option platform fits the nodes. Nodes
// without a mark may be of many distributions, but of none that marks its
// versions. Where nodes bear several marks, or their versions were not read, it
// cannot be told.
func platformFits(platform string, nodes []Node) string {
	answer := answerUnknown
	for _, n := range nodes {
		fits := answerYes
		switch d := marked(n.Version); {
		case n.Version == "":
			return answerUnknown
		case d != nil && !slices.Contains(d.Platforms, platform):
			fits = answerNo
		case d == nil && isMarked(platform):
			fits = answerNo
		}
		if answer != answerUnknown && answer != fits {
			return answerUnknown
		}
		answer = fits
	}
	return answer
}

// isMarked tells whether a platform is one of a distribution that marks its
// versions.
func isMarked(platform string) bool {
	return platform != "" && slices.ContainsFunc(charms().operations.Platforms.Rows, func(d distribution) bool {
		return slices.Contains(d.Platforms, platform)
	})
}

// controlPlanes finds the Istios in the cluster of a model: it returns a function,
// so that finding them costs the same whatever the number of stacks.
func (e *estate) controlPlanes() func(*model) []ControlPlane {
	cluster, nodes := e.clusters(), e.cluster.Nodes
	several := slices.ContainsFunc(e.models, func(m *model) bool { return cluster(m) != "" })
	// Of several clusters one may have been read itself, and the nodes and what is
	// in no model are of that; else nobody says of which they are.
	read := e.readCluster()
	nodesFor := func(m *model) []Node {
		if several && cluster(m) != read {
			return nil
		}
		return nodes
	}
	agents, istiods := e.istioWorkloads()
	byCluster := map[string][]ControlPlane{}
	for _, m := range e.models {
		charmed := false
		for _, a := range m.sortedApps() {
			if a.role != RoleControlPlane || len(a.declared) > 0 && !a.lives() {
				continue
			}
			charmed = true
			p := ControlPlane{
				Subject: m.subject("application", a.name), State: a.stateOf(), At: place(a.at()),
				Name: a.name, Model: m.name, Charm: true,
			}
			if m.stack == nil {
				p.Subject.Namespace = "" // no annotation is read there
			}
			p.tellByOption(a, nodesFor(m))
			if !e.namesakeHas(m) {
				p.tellByAgent(agents[m.name], nodesFor(m))
			}
			byCluster[cluster(m)] = append(byCluster[cluster(m)], p)
		}
		if charmed && !e.namesakeHas(m) {
			delete(istiods, m.name)
		}
	}
	for _, namespace := range slices.Sorted(maps.Keys(istiods)) {
		w := istiods[namespace]
		home := e.find("", namespace)
		if several && home == nil && read == "" {
			continue // nor of which this is
		}
		p := ControlPlane{
			Subject: Subject{Kind: "workload", Namespace: namespace, Name: w.Name},
			State:   stateEffective, At: place(w.At), Name: w.Name, Model: namespace,
			Object: w.Kind + " " + namespace + "/" + w.Name,
		}
		key, those := "", nodes
		switch {
		case home != nil:
			those = nodesFor(home)
		case several:
			key = read
		}
		p.tellByAgent(agents[namespace], those)
		if home != nil {
			key = cluster(home)
			if home.stack != nil {
				p.Subject.Model = home.name
			}
		}
		byCluster[key] = append(byCluster[key], p)
	}
	for _, found := range byCluster {
		slices.SortFunc(found, func(a, b ControlPlane) int { return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Name, b.Name)) })
	}
	return func(m *model) []ControlPlane {
		found := byCluster[cluster(m)]
		return orEmpty(found[:min(len(found), mostPlanes)])
	}
}

// istioWorkloads are, by namespace, the agent that puts the plugin on the nodes,
// and istiod: one of them, for revisions of one Istio stand side by side. Their
// namespace need be no model.
func (e *estate) istioWorkloads() (agents, istiods map[string]*snapshot.Workload) {
	agents, istiods = map[string]*snapshot.Workload{}, map[string]*snapshot.Workload{}
	for _, w := range latest(e.snap.Workloads, func(w *snapshot.Workload) objectID { return objectID{w.Kind, w.Namespace, w.Name} }) {
		app, _ := snapshot.Lookup(w.Template.Labels, "app")
		switch {
		case w.Kind == "DaemonSet" && w.Name == cniAgent:
			agents[w.Namespace] = w
		case app.Value == "istiod" && (istiods[w.Namespace] == nil || w.Name < istiods[w.Namespace].Name):
			istiods[w.Namespace] = w
		}
	}
	return agents, istiods
}

// tellByOption judges the platform that a charm's option names. Folders that are
// given by hand override it, so that the option no longer says where plugins go.
func (p *ControlPlane) tellByOption(a *app, nodes []Node) {
	value, known := a.option(optionPlatform)
	if !known {
		return
	}
	for _, folder := range []string{optionCNIBinDir, optionCNIConf} {
		if f, ok := snapshot.Lookup(a.config, folder); ok && f.Value != "" {
			return
		}
	}
	p.Fits, p.ToldState, p.ToldAt = platformFits(value, nodes), string(a.state), p.At
	p.Told = fmt.Sprintf("option platform of %s has its default, %s", a.name, value)
	if set, ok := snapshot.Lookup(a.config, optionPlatform); ok {
		p.Told, p.ToldAt = fmt.Sprintf("option platform of %s is %q", a.name, value), place(set.At)
	}
}

// tellByAgent judges the folder into which the agent puts the network plugin. It
// is what holds, so it counts for more than an option. A folder that is no
// platform's is the usual one; nodes that look elsewhere may have been set up to
// look there, so that it decides nothing against them.
func (p *ControlPlane) tellByAgent(agent *snapshot.Workload, nodes []Node) {
	if agent == nil {
		return
	}
	for _, v := range agent.Template.Volumes {
		if v.Kind != snapshot.VolumeHostPath || v.Name != volumeCNIBin {
			continue
		}
		folders := charms().operations.Platforms.Folders
		i := slices.IndexFunc(folders, func(f platformFolder) bool { return strings.HasPrefix(v.Source+"/", f.Path) })
		fits := platformFits("", nodes)
		if i >= 0 {
			fits = platformFits(folders[i].Platform, nodes)
		} else if fits == answerNo {
			return
		}
		p.Fits, p.ToldState, p.ToldAt = fits, stateEffective, place(v.At)
		p.Told = fmt.Sprintf("DaemonSet %s puts the plugin into %s", agent.Name, v.Source)
	}
}
