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
	return []right{{group: "coordination.k8s.io", resources: []string{"leases"}, names: []string{leaseName}, verbs: []string{"get", "update"}}}
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

// Lease writes deploy/reports/lease.yaml: the Lease, which nobody holds. Who made it
// takes it away, so that nothing of it stays behind; and nobody needs the right to make
// Leases, which cannot be bounded to a name. It says nothing of who holds it, so that to
// apply it again takes it from nobody.
func Lease(namespace string) []byte {
	return fmt.Appendf(nil, `# The Lease by which one replica is chosen to write. It is empty: the first takes
# it, and to apply this again takes it from nobody. `+"`make generate`"+` writes this file.
---
apiVersion: %s
kind: Lease
metadata:
  name: %s
  namespace: %s
  labels:
    %s: %s
`, leaseVersion, leaseName, namespace, nameLabel, tool)
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
		fmt.Fprintf(out, "    verbs: [%s]\n", strings.Join(r.verbs, ", "))
	}
	head(kind + "Binding")
	fmt.Fprintf(out, "roleRef:\n  apiGroup: %s\n  kind: %s\n  name: %s\n", group, kind, name)
	fmt.Fprintf(out, "subjects:\n  - kind: ServiceAccount\n    name: %s\n    namespace: %s\n", account, home)
}
