package audit

import (
	"bytes"
	"fmt"
	"strings"
)

// right is one rule of RBAC.
type right struct {
	group     string
	resources []string
	names     []string
	verbs     []string
	about     string
}

// clusterRights are what is needed in the whole cluster.
func clusterRights() []right {
	var out []right
	for _, f := range forms() {
		out = append(out, right{group: f.group, resources: []string{f.resource, f.clusterResource}, verbs: []string{"list", "create", "update", "delete"}})
	}
	return out
}

// ownRights are what is needed in the namespace of the Lease.
func ownRights() []right {
	const group, resource = "coordination.k8s.io", "leases"
	return []right{
		{group: group, resources: []string{resource}, names: []string{leaseName}, verbs: []string{"get", "update"}},
		{group: group, resources: []string{resource}, verbs: []string{"create"}, about: "what is not there yet cannot be named"},
	}
}

// Roles writes deploy/reports/rbac.yaml: what a service account in a namespace needs.
func Roles(namespace, account string) []byte {
	var out bytes.Buffer
	out.WriteString(`# What the standing audit needs besides: its reports, of the kinds that are installed,
# and in its own namespace the Lease by which one replica is chosen to write. ` + "`make\n# generate`" + ` writes this file from what is asked for (internal/audit/rights.go).
`)
	role(&out, "ClusterRole", "", account, namespace, clusterRights())
	role(&out, "Role", namespace, account, namespace, ownRights())
	return out.Bytes()
}

// role writes a role and its binding.
func role(out *bytes.Buffer, kind, in, account, home string, rights []right) {
	const name, group = tool + "-reports", "rbac.authorization.k8s.io"
	head := func(kind string) {
		fmt.Fprintf(out, "---\napiVersion: %s/v1\nkind: %s\nmetadata:\n  name: %s\n", group, kind, name)
		if in != "" {
			fmt.Fprintf(out, "  namespace: %s\n", in)
		}
		fmt.Fprintf(out, "  labels:\n    %s: %s\n", nameLabel, tool)
	}
	head(kind)
	out.WriteString("rules:\n")
	for _, r := range rights {
		fmt.Fprintf(out, "  - apiGroups: [%q]\n    resources: [%s]\n", r.group, strings.Join(r.resources, ", "))
		if len(r.names) > 0 {
			fmt.Fprintf(out, "    resourceNames: [%s]\n", strings.Join(r.names, ", "))
		}
		fmt.Fprintf(out, "    verbs: [%s]", strings.Join(r.verbs, ", "))
		if r.about != "" {
			out.WriteString(" # " + r.about)
		}
		out.WriteString("\n")
	}
	head(kind + "Binding")
	fmt.Fprintf(out, "roleRef:\n  apiGroup: %s\n  kind: %s\n  name: %s\n", group, kind, name)
	fmt.Fprintf(out, "subjects:\n  - kind: ServiceAccount\n    name: %s\n    namespace: %s\n", account, home)
}
