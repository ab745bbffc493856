package kube

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
)

func TestRolesAreGenerated(t *testing.T) {
	kept, err := os.ReadFile("../../../deploy/rbac.yaml")
	require.NoError(t, err)
	require.Equal(t, string(Roles()), string(kept), "run make generate")
}

// TestRolesAreWhatIsAskedFor reads a cluster in which everything is installed
// and holds what was asked for to the roles: each request is allowed by one, and
// there is no rule that no request needs.
func TestRolesAreWhatIsAskedFor(t *testing.T) {
	server := newServer(t, small, beside)
	for _, n := range pluginNamespaces() {
		server.add("{apiVersion: v1, kind: Namespace, metadata: {name: " + n + "}}")
	}
	server.crds = map[string][]string{}
	for _, k := range kinds() {
		if k.custom() && k.unless == "" {
			version := "v1"
			if readable := manifest.Versions(k.group, k.kind); len(readable) > 0 {
				_, version, _ = strings.Cut(readable[0], "/")
			}
			gv := k.group + "/" + version
			server.crds[gv] = append(server.crds[gv], k.resource)
		}
	}
	requireServed := func() {
		s := read(t, server.options())
		require.Empty(t, s.Gaps)
		o := server.options()
		o.Namespaces = []string{"core"}
		require.Empty(t, read(t, o).Gaps)
	}
	requireServed()
	for _, k := range kinds() { // those that stand in for others
		if k.unless != "" {
			for gv := range server.crds {
				if strings.HasPrefix(gv, k.unless+"/") {
					delete(server.crds, gv)
				}
			}
			server.crds[k.group+"/v3"] = append(server.crds[k.group+"/v3"], k.resource)
		}
	}
	requireServed()

	used := map[string]bool{}
	for _, r := range server.requests {
		require.Equal(t, http.MethodGet, r.Method)
		require.NotContains(t, r.URL.Path, "secrets")
		require.NotContains(t, r.URL.RawQuery, "watch")
		a, discovery := accessOf(r)
		if !discovery {
			use := allowedBy(a)
			require.NotEmpty(t, use, "no role allows %+v", a)
			used[use] = true
		}
	}
	for _, role := range roles() {
		for _, p := range role.permissions {
			for _, resource := range p.resources {
				for _, verb := range p.verbs {
					require.True(t, used[strings.Join([]string{role.name, p.group, resource, verb}, " ")], "%s allows to %s %s.%s, and nothing does", role.name, verb, resource, p.group)
				}
			}
		}
	}
}

// access is what RBAC decides about.
type access struct{ verb, group, resource, namespace, name string }

// accessOf reads a request as an API server does. Discovery needs no role.
func accessOf(r *http.Request) (a access, discovery bool) {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	rest := path[min(2, len(path)):]
	if path[0] == "apis" {
		if len(path) < 4 {
			return a, true
		}
		a.group, rest = path[1], path[3:]
	}
	if rest[0] == "namespaces" && len(rest) > 2 {
		a.namespace, rest = rest[1], rest[2:]
	}
	a.verb, a.resource = "list", rest[0]
	if len(rest) > 1 {
		a.verb, a.name = "get", rest[1]
	}
	return a, false
}

// allowedBy names the role, the resource and the verb that allow an access; the
// roles are bound as deploy/rbac.yaml says.
func allowedBy(a access) string {
	for _, role := range roles() {
		switch role.name {
		case "charmarr-lint-system":
			if a.namespace != systemNamespace {
				continue
			}
		case "charmarr-lint-network":
			if !slices.Contains(append(pluginNamespaces(), istioNamespace), a.namespace) {
				continue
			}
		case "charmarr-lint-models":
			if slices.Contains(append(pluginNamespaces(), istioNamespace, systemNamespace), a.namespace) {
				continue
			}
		}
		for _, p := range role.permissions {
			if p.group == a.group && slices.Contains(p.resources, a.resource) && slices.Contains(p.verbs, a.verb) &&
				(len(p.names) == 0 || slices.Contains(p.names, a.name)) {
				return strings.Join([]string{role.name, p.group, a.resource, a.verb}, " ")
			}
		}
	}
	return ""
}
