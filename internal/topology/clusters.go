package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// clusters tells models of one cluster from those of another. Those of a cluster
// that was read itself are together, and with them all of their controller and its
// cloud; others are told apart by these two, as far as sources name them. Where
// only one is named at all, everything is of that one.
func (e *estate) clusters() func(*model) string {
	read := e.readCluster()
	var here map[string]bool
	if read != "" {
		here = map[string]bool{}
		for _, m := range e.models {
			if m.shownByKubernetes() {
				here[m.cloud()] = true
			}
		}
	}
	name := func(m *model) string {
		if cloud := m.cloud(); !here[cloud] && !(read != "" && m.shownByKubernetes()) {
			return cloud
		}
		return read
	}
	only, several := "", false
	for _, m := range e.models {
		n := name(m)
		several = several || n != "" && only != "" && n != only
		only = cmp.Or(only, n)
	}
	return func(m *model) string {
		if !several {
			return ""
		}
		return name(m)
	}
}

// cloud names the cloud of a model's controller, "" where no source does.
func (m *model) cloud() string {
	cloud := ""
	for _, o := range m.observed {
		cloud = cmp.Or(cloud, o.Cloud)
	}
	if m.controller == "" && cloud == "" {
		return ""
	}
	return m.controller + "/" + cloud
}

// shownByKubernetes tells whether some object shows the model.
func (m *model) shownByKubernetes() bool {
	return m.namespace != nil || len(m.workloads)+len(m.pods)+len(m.services)+len(m.configMaps)+len(m.policies) > 0
}

// readClusters names the clusters that were read themselves, each once.
func readClusters(s *snapshot.Snapshot) []string {
	var names []string
	for _, source := range s.Sources {
		if source.Kind == snapshot.KubeCluster && !slices.Contains(names, source.Name) {
			names = append(names, source.Name)
		}
	}
	return names
}

// readCluster is a name for the one cluster that was read itself, "" where it was
// none or several.
func (e *estate) readCluster() string {
	if names := readClusters(&e.snap); len(names) == 1 {
		return "cluster " + names[0]
	}
	return ""
}

// oneCluster returns a snapshot without what is of no namespace where that comes
// from several clusters, and a gap that says so: nothing tells which node or
// volume is of which.
func oneCluster(s snapshot.Snapshot) (snapshot.Snapshot, []snapshot.Gap) {
	names := readClusters(&s)
	if len(names) < 2 {
		return s, nil
	}
	slices.Sort(names)
	models := map[string]bool{}
	for _, c := range s.Coverage {
		models[c.Namespace] = c.Namespace != ""
	}
	s.Nodes, s.PersistentVolumes = []snapshot.Node{}, []snapshot.PersistentVolume{}
	s.Workloads = slices.DeleteFunc(slices.Clone(s.Workloads), func(w snapshot.Workload) bool { return !models[w.Namespace] })
	s.Services = slices.DeleteFunc(slices.Clone(s.Services), func(x snapshot.Service) bool { return !models[x.Namespace] })
	s.ConfigMaps = slices.DeleteFunc(slices.Clone(s.ConfigMaps), func(c snapshot.ConfigMap) bool { return !models[c.Namespace] })
	s.ForeignPolicies = slices.DeleteFunc(slices.Clone(s.ForeignPolicies), func(p snapshot.ForeignPolicy) bool { return p.Namespace == "" })
	s.Coverage = slices.DeleteFunc(slices.Clone(s.Coverage), func(c snapshot.Coverage) bool { return c.Namespace == "" })
	return s, []snapshot.Gap{{
		Source: names[0], What: "telling apart the clusters " + strings.Join(names, ", "),
		Reason:   "nothing says of which of them a node, a volume or what is in kube-system is, so that none of it is looked at: check what was recorded of each cluster by itself",
		Evidence: []snapshot.Evidence{snapshot.KubeNodes, snapshot.KubeVolumes, snapshot.KubeSystem},
	}}
}

// elsewhere returns the stacks of which Juju shows all models and the cluster that
// was read has the namespace of none, though it told of all its namespaces: they
// run on another one.
func (e *estate) elsewhere(stacks []stack) []stack {
	told := snapshot.Coverage{Evidence: snapshot.KubeNamespaces}
	if e.readCluster() == "" || !slices.Contains(e.snap.Coverage, told) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(stacks), func(st stack) bool {
		return slices.ContainsFunc(st.models, func(m *model) bool {
			declared := slices.ContainsFunc(m.observed, func(o *snapshot.Model) bool { return o.State == snapshot.Declared })
			return m.shownByKubernetes() || !declared // what is planned has none yet
		})
	})
}

// away joins the stacks that run elsewhere again, without what was read of the
// cluster, and returns them by name; a gap for each says that it is not there.
func (e *estate) away(stacks []stack, p Profile) (map[string]Stack, []snapshot.Gap) {
	gone := e.elsewhere(stacks)
	if len(gone) == 0 {
		return nil, nil
	}
	cluster := readClusters(&e.snap)[0]
	without := snapshot.Merge(snapshot.Snapshot{Models: e.snap.Models})
	without.Sources, without.Gaps = e.snap.Sources, e.snap.Gaps
	joined := map[string]Stack{}
	for _, st := range Resolve(without, p).Stacks {
		joined[namesOf(st)] = st
	}
	out := map[string]Stack{}
	var gaps []snapshot.Gap
	for _, st := range gone {
		var models []string
		for _, m := range st.models {
			models = append(models, m.controller+":"+m.name)
		}
		slices.Sort(models)
		gaps = append(gaps, snapshot.Gap{
			Source: cluster, What: "finding the namespaces of stack " + st.name,
			Reason: fmt.Sprintf("the cluster has none of them (%s), so it runs on another one, and nothing is known of it but what Juju says: "+
				"choose the context of its cluster and audit it by itself, by --controller or --model", strings.Join(models, ", ")),
			Evidence: []snapshot.Evidence{snapshot.KubeNamespaces},
		})
		if s, ok := joined[strings.Join(models, "\x00")]; ok {
			s.Name = st.name
			out[st.name] = s
		}
	}
	return out, gaps
}

// namesOf tells stacks apart by their models.
func namesOf(s Stack) string {
	var models []string
	for _, m := range s.Models {
		models = append(models, m.Controller+":"+m.Name)
	}
	slices.Sort(models)
	return strings.Join(models, "\x00")
}
