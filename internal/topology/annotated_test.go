package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestAnnotatedNamesWhatFindingsAreAbout(t *testing.T) {
	b := &builder{}
	b.source("kube.yaml")
	meta := func(namespace, name string, labels ...snapshot.Fact) snapshot.Meta {
		return snapshot.Meta{
			Name: name, Namespace: namespace, Labels: labels, At: b.at(),
			Annotations: []snapshot.Fact{
				{Key: "other.io/x", Value: "y", At: b.at()},
				{Key: "charmarr-lint.io/waive", Value: name, At: b.at()},
			},
		}
	}
	managed := func(app string) []snapshot.Fact {
		return []snapshot.Fact{{Key: labelManagedBy, Value: "juju"}, {Key: labelName, Value: app}}
	}
	b.s.Namespaces = []snapshot.Namespace{
		{Meta: meta("", "charmarr-core", snapshot.Fact{Key: labelModelName, Value: "charmarr-core"})},
		{Meta: meta("", "monitoring", snapshot.Fact{Key: labelModelName, Value: "monitoring"})},
		{Meta: meta("", "default")},
	}
	b.s.Workloads = []snapshot.Workload{
		{Kind: "StatefulSet", Meta: meta("charmarr-core", "radarr", managed("radarr")...), Template: snapshot.PodSpec{
			Annotations: []snapshot.Fact{{Key: "charmarr-lint.io/waive", Value: "of its pods", At: b.at()}},
			Containers:  []snapshot.Container{{Name: "radarr"}},
		}},
		{Kind: "Deployment", Meta: meta("charmarr-core", "radarr-istio")},
	}
	b.s.Pods = []snapshot.Pod{{Meta: meta("charmarr-core", "radarr-0"), Owner: "radarr"}}
	b.s.Services = []snapshot.Service{{Meta: meta("charmarr-core", "radarr")}}
	b.s.ConfigMaps = []snapshot.ConfigMap{{Meta: meta("charmarr-core", "radarr-gateway-settings")}}
	b.s.NetworkPolicies = []snapshot.NetworkPolicy{{Meta: meta("charmarr-core", "radarr-policy")}}
	b.s.Gateways = []snapshot.Gateway{{Class: "istio", Meta: meta("charmarr-core", "arr-gateway")}}
	b.s.Routes = []snapshot.Route{{Kind: "HTTPRoute", Meta: meta("charmarr-core", "radarr-route")}}

	b.s.Ingresses = []snapshot.Ingress{{Meta: meta("charmarr-core", "side-door")}}
	b.s.PersistentVolumeClaims = []snapshot.PersistentVolumeClaim{{Meta: meta("charmarr-core", "data")}}
	b.s.AuthorizationPolicies = []snapshot.AuthorizationPolicy{{Meta: meta("charmarr-core", "all")}}
	b.s.ForeignPolicies = []snapshot.ForeignPolicy{{Kind: "CiliumNetworkPolicy", Meta: meta("charmarr-core", "open")}}

	type row struct{ kind, namespace, name string }
	got := map[row][]string{}
	for _, a := range Resolve(b.s, adr006()).Annotated {
		require.Equal(t, []string{"charmarr"}, a.Stacks)
		require.Equal(t, "charmarr-lint.io/waive", a.Key)
		require.Equal(t, a.Name, a.Value)
		require.True(t, a.At.Known())
		for _, s := range a.Subjects {
			require.Equal(t, "charmarr-core", s.Model)
			require.Equal(t, "charmarr-core", s.Namespace)
			k := row{a.Kind, a.Namespace, a.Name}
			got[k] = append(got[k], s.Kind+" "+s.Name)
		}
	}
	require.Equal(t, map[row][]string{
		{"Namespace", "", "charmarr-core"}:                        {"namespace charmarr-core"},
		{"StatefulSet", "charmarr-core", "radarr"}:                {"workload radarr", "application radarr"},
		{"Deployment", "charmarr-core", "radarr-istio"}:           {"workload radarr-istio"},
		{"Pod", "charmarr-core", "radarr-0"}:                      {"pod radarr-0"},
		{"Service", "charmarr-core", "radarr"}:                    {"service radarr"},
		{"ConfigMap", "charmarr-core", "radarr-gateway-settings"}: {"configmap radarr-gateway-settings"},
		{"NetworkPolicy", "charmarr-core", "radarr-policy"}:       {"networkpolicy radarr-policy"},
		{"Gateway", "charmarr-core", "arr-gateway"}:               {"gateway arr-gateway"},
		{"Ingress", "charmarr-core", "side-door"}:                 {"ingress side-door"},
		{"PersistentVolumeClaim", "charmarr-core", "data"}:        {"persistentvolumeclaim data"},
		{"AuthorizationPolicy", "charmarr-core", "all"}:           {"authorizationpolicy all"},
		{"CiliumNetworkPolicy", "charmarr-core", "open"}:          {"networkpolicy open"},
		{"HTTPRoute", "charmarr-core", "radarr-route"}:            {"httproute radarr-route"},
	}, got)
}

func TestPlacedListsNamelessSources(t *testing.T) {
	b := &builder{}
	b.source("core.bundle.yaml")
	m := b.status("", map[string]string{"radarr": "radarr-k8s"})
	m.Hint, m.State = "charmarr-core", snapshot.Planned
	require.Equal(t, []Placed{{Source: "core.bundle.yaml", Model: "charmarr-core", Basis: basisFileName}}, Resolve(b.s, adr006()).Placed)
}
