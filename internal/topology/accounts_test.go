package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestPrincipalsAreKnownByWhatRuns(t *testing.T) {
	meta := func(name string) snapshot.Meta {
		return snapshot.Meta{Name: name, Namespace: "charmarr-core", Labels: kv(labelManagedBy, "juju", labelName, name)}
	}
	b := &builder{}
	b.source("core.yaml")
	m := b.status("charmarr-downloads", map[string]string{"qbittorrent": "qbittorrent-k8s"})
	b.s.Workloads = []snapshot.Workload{
		{Kind: "StatefulSet", Meta: meta("radarr"), Template: snapshot.PodSpec{ServiceAccount: "radarr", Containers: []snapshot.Container{{Name: "radarr"}}}},
		{Kind: "Deployment", Meta: snapshot.Meta{Name: "scraper", Namespace: "charmarr-core"}, Template: snapshot.PodSpec{ServiceAccount: "metrics"}},
	}
	b.s.Gateways = []snapshot.Gateway{
		{Class: "istio", Meta: snapshot.Meta{Name: "arr-gateway", Namespace: "charmarr-core"}},
		{Class: "istio-waypoint", Meta: snapshot.Meta{Name: "charmarr-core-beacon-waypoint", Namespace: "charmarr-core"}},
	}
	cases := map[string]string{
		"cluster.local/ns/charmarr-core/sa/radarr":                        "yes",
		"cluster.local/ns/charmarr-core/sa/metrics":                       "yes",
		"cluster.local/ns/charmarr-core/sa/default":                       "yes",
		"cluster.local/ns/charmarr-core/sa/arr-gateway-istio":             "yes",
		"cluster.local/ns/charmarr-core/sa/charmarr-core-beacon-waypoint": "yes",
		"cluster.local/ns/charmarr-core/sa/sonarr":                        "no",
		"cluster.local/ns/charmarr-downloads/sa/qbittorrent":              "yes", // Juju shows it
		"cluster.local/ns/charmarr-downloads/sa/radarr":                   "",    // its workloads were not read
		"cluster.local/ns/cos/sa/grafana":                                 "",
		"cluster.local/ns/charmarr-core/sa/*":                             "",
		"*":                                                               "",
		"spiffe://cluster.local/ns/charmarr-core/sa/sonarr":               "",
	}
	policy := snapshot.AuthorizationPolicy{Meta: snapshot.Meta{Name: "p", Namespace: "charmarr-core"}, Action: "ALLOW"}
	for _, value := range sortedKeys(cases) {
		policy.Rules = append(policy.Rules, snapshot.AuthorizationRule{Principals: kv("", value)})
	}
	b.s.AuthorizationPolicies = []snapshot.AuthorizationPolicy{policy}
	b.relate(m, "qbittorrent", "download-client", "radarr", "download-client", "download-client")
	got := map[string]string{}
	for _, s := range Resolve(b.s, adr006()).Stacks {
		for _, p := range s.AuthorizationPolicies {
			for _, r := range p.Rules {
				got[r.Principals[0].Value] = r.Principals[0].Known
			}
		}
	}
	require.Equal(t, cases, got)
}

func TestHardening(t *testing.T) {
	istio := func(config []snapshot.Fact, evidence ...snapshot.Evidence) snapshot.Snapshot {
		b := &builder{}
		b.source("core.json")
		b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s"})
		m := b.status("istio-system", map[string]string{"istio": "istio-k8s"})
		m.Evidence = append(m.Evidence, evidence...)
		m.Applications[0].Config = config
		return b.s
	}
	withPolicy := istio(nil)
	withPolicy.AuthorizationPolicies = []snapshot.AuthorizationPolicy{{Meta: snapshot.Meta{Name: "istio-istio-system-policy-global-allow-nothing-ztunnel", Namespace: "istio-system"}}}
	for name, tt := range map[string]struct {
		snap snapshot.Snapshot
		want string
	}{
		"by its option":     {istio(kv(optionHardened, "true")), "yes"},
		"as Juju spells it": {istio(kv(optionHardened, "True")), "yes"},
		"off":               {istio(kv(optionHardened, "false")), "no"},
		"off by default":    {istio(nil, snapshot.JujuConfig), "no"},
		"options not read":  {istio(nil), ""},
		"by its policies":   {withPolicy, "yes"},
		"no control plane":  {snapshot.Snapshot{Models: istio(nil).Models[:1], Sources: []snapshot.Source{{Name: "x"}}}, ""},
	} {
		got := Resolve(tt.snap, adr006()).Stacks[0].Cluster.Hardened
		require.Equal(t, tt.want, got.On, name)
		require.Equal(t, tt.want != "", got.Fact != "", name)
	}
}

func TestStraysOfIstiosOwn(t *testing.T) {
	for name, tt := range map[string]struct {
		labels []snapshot.Fact
		want   bool
	}{
		"a chart's":      {kv("app.kubernetes.io/part-of", "istio"), true},
		"istiod":         {kv("app", "istiod"), true},
		"ztunnel":        {kv("app", "ztunnel"), true},
		"the CNI agent":  {kv("k8s-app", "istio-cni-node"), true},
		"somebody's own": {kv("app", "scraper"), false},
		"none":           {nil, false},
	} {
		s := snapshot.Snapshot{Workloads: []snapshot.Workload{
			{Kind: "StatefulSet", Meta: snapshot.Meta{Name: "radarr", Namespace: "charmarr-core", Labels: kv(labelManagedBy, "juju", labelName, "radarr")}, Template: snapshot.PodSpec{Containers: []snapshot.Container{{Name: "radarr"}}}},
			{Kind: "Deployment", Meta: snapshot.Meta{Name: "x", Namespace: "charmarr-core"}, Template: snapshot.PodSpec{Labels: tt.labels}},
		}}
		got := Resolve(s, adr006()).Stacks[0].Strays
		require.Len(t, got, 1, name)
		require.Equal(t, tt.want, got[0].Istio, name)
	}
}
