package kube

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// permission is one rule of RBAC.
type permission struct {
	group     string
	resources []string
	verbs     []string
	names     []string // resourceNames
}

// role is a ClusterRole that a reading needs.
type role struct {
	name        string
	about       string
	permissions []permission
}

// roles lists what a reading needs, from what it reads.
func roles() []role {
	cluster := []permission{{resources: []string{namespaces().resource}, verbs: []string{"get", "list"}}}
	var system, network, models []permission
	for _, k := range kinds() {
		p := permission{group: k.group, resources: []string{k.resource}, verbs: []string{"list"}}
		switch k.scope {
		case ofCluster:
			cluster = append(cluster, p)
		case ofSystem:
			system = append(system, p)
		case ofPlugins:
			system, network = append(system, p), append(network, p)
		case ofIstio:
			network = append(network, p)
		case ofModels:
			models = append(models, p)
		}
	}
	var names []string
	for _, s := range settings() {
		if !slices.Contains(names, s.name) {
			names = append(names, s.name)
		}
	}
	cluster = append(cluster, permission{resources: []string{configMaps().resource}, verbs: []string{"get"}, names: names})
	around := append([]string{istioNamespace}, pluginNamespaces()...)
	return []role{
		{"charmarr-lint-cluster", "What is not in a namespace, and the settings of DNS and of Istio's CNI: for the whole cluster.", joined(cluster)},
		{"charmarr-lint-system", "What kube-system tells of the cluster: for namespace kube-system.", joined(system)},
		{
			"charmarr-lint-network", "What Istio and network plugins tell: for those of these namespaces that exist,\n# " + listed(around) + ".",
			joined(network),
		},
		{"charmarr-lint-models", "What is in models: for each model's namespace, or for the whole cluster.", joined(models)},
	}
}

// joined puts the resources of a group that are read alike into one rule.
func joined(all []permission) []permission {
	var out []permission
	for _, p := range all {
		same := slices.IndexFunc(out, func(o permission) bool {
			return o.group == p.group && slices.Equal(o.verbs, p.verbs) && slices.Equal(o.names, p.names)
		})
		if same < 0 {
			out = append(out, p)
			continue
		}
		for _, resource := range p.resources {
			if !slices.Contains(out[same].resources, resource) {
				out[same].resources = append(out[same].resources, resource)
			}
		}
	}
	return out
}

// Roles writes deploy/rbac.yaml: the ClusterRoles that are enough to read a
// cluster.
func Roles() []byte {
	var out bytes.Buffer
	out.WriteString(`# What charmarr-lint may read of a cluster, and no more: Secrets are not among it,
# and nothing is written or watched. ` + "`make generate`" + ` writes this file from the list
# of kinds that are read (internal/collect/kube/kinds.go).
#
# Give a user or a service account the first for the cluster, the second in
# kube-system, the third where Istio and the network plugin run beside it, and the
# fourth for the cluster or in the namespaces of the models:
#
#   kubectl apply -f deploy/rbac.yaml
#   kubectl create clusterrolebinding charmarr-lint-cluster --clusterrole charmarr-lint-cluster --user NAME
#   kubectl create rolebinding charmarr-lint-system -n kube-system --clusterrole charmarr-lint-system --user NAME
#   kubectl create rolebinding charmarr-lint-network -n istio-system --clusterrole charmarr-lint-network --user NAME
#   kubectl create clusterrolebinding charmarr-lint-models --clusterrole charmarr-lint-models --user NAME
#
# Who may not list namespaces names those to read. What is not allowed is
# reported as a gap, with the rule that is missing.
`)
	for _, r := range roles() {
		fmt.Fprintf(&out, "---\n# %s\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: %s\n", r.about, r.name)
		out.WriteString("  labels:\n    app.kubernetes.io/name: charmarr-lint\nrules:\n")
		for _, p := range r.permissions {
			fmt.Fprintf(&out, "  - apiGroups: [%q]\n    resources: [%s]\n", p.group, strings.Join(p.resources, ", "))
			if len(p.names) > 0 {
				fmt.Fprintf(&out, "    resourceNames: [%s]\n", strings.Join(p.names, ", "))
			}
			fmt.Fprintf(&out, "    verbs: [%s]\n", strings.Join(p.verbs, ", "))
		}
	}
	return out.Bytes()
}
