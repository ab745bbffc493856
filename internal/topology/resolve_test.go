package topology

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// adr006 is the built-in profile, as far as these tests need it.
func adr006() Profile {
	return Profile{
		Name: "adr-006", Chain: []string{"adr-006"}, Layout: ThreeModels, Mesh: "ambient",
		Models: PartNames{Core: []string{"charmarr-core", "*-core"}, Downloads: []string{"charmarr-downloads", "*-downloads"}},
		Gateways: []GatewayClass{
			{Class: "arr", Names: []string{"arr-gateway"}},
			{Class: "admin", Names: []string{"admin-gateway"}},
		},
	}
}

// builder writes observations with a place for each fact.
type builder struct {
	s    snapshot.Snapshot
	line int32
}

func (b *builder) at() snapshot.Pos {
	b.line++
	return snapshot.Pos{0, b.line, 1, 2}
}

func (b *builder) source(name string) int32 {
	b.s.Sources = append(b.s.Sources, snapshot.Source{Kind: snapshot.JujuStatus, Name: name})
	return int32(len(b.s.Sources) - 1)
}

// status adds an observed model with applications "name=charm".
func (b *builder) status(name string, apps map[string]string) *snapshot.Model {
	b.s.Models = append(b.s.Models, snapshot.Model{
		Name: name, State: snapshot.Declared, At: b.at(),
		Evidence: []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuOffers},
	})
	m := &b.s.Models[len(b.s.Models)-1]
	for _, n := range sortedKeys(apps) {
		m.Applications = append(m.Applications, snapshot.Application{Name: n, Charm: apps[n], Scale: 1, Revision: -1, At: b.at()})
	}
	return m
}

func (b *builder) relate(m *snapshot.Model, a, aEndpoint, peer, peerEndpoint, iface string) {
	m.Relations = append(m.Relations, snapshot.Relation{
		A: snapshot.RelationEnd{Application: a, Endpoint: aEndpoint}, B: snapshot.RelationEnd{Application: peer, Endpoint: peerEndpoint},
		Interface: iface, At: b.at(),
	})
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	for i := range out {
		for j := i + 1; j < len(out); j++ {
			if out[j] < out[i] {
				out[i], out[j] = out[j], out[i]
			}
		}
	}
	return out
}

func names[T any](list []T, name func(T) string) []string {
	out := []string{}
	for _, x := range list {
		out = append(out, name(x))
	}
	return out
}

func TestRelationsAreJoinedFromBothSides(t *testing.T) {
	b := &builder{}
	b.source("core.json")
	m := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s", "prowlarr": "prowlarr-k8s", "beacon": "istio-beacon-k8s"})
	b.relate(m, "radarr", "media-indexer", "prowlarr", "", "media-indexer")
	b.relate(m, "prowlarr", "media-indexer", "radarr", "", "media-indexer")
	b.relate(m, "radarr", "service-mesh", "beacon", "", "service_mesh") // stated from one side only

	got := Resolve(b.s, adr006()).Stacks[0].Relations
	require.Equal(t, []string{
		"radarr:media-indexer prowlarr:media-indexer",
		"radarr:service-mesh beacon:service-mesh",
	}, names(got, func(r Relation) string { return r.Name }))
	require.Equal(t, "prowlarr", got[0].Provider.Application)
	require.Equal(t, "stated", got[0].Provider.EndpointBasis)
	require.True(t, got[0].SidesKnown)
	require.Equal(t, "inferred", got[1].Provider.EndpointBasis, "status leaves the beacon's endpoint out; its charm has only one")
	require.Equal(t, "yes", got[1].Resolved)
}

func TestTwoRelationsOnOneInterfaceBetweenTheSameApplications(t *testing.T) {
	b := &builder{}
	b.source("core.json")
	m := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s", "prowlarr": "prowlarr-k8s"})
	for _, x := range []struct{ a, b string }{{"radarr", "prowlarr"}, {"prowlarr", "radarr"}} {
		b.relate(m, x.a, "provide-cmr-mesh", x.b, "", "cross_model_mesh")
		b.relate(m, x.a, "require-cmr-mesh", x.b, "", "cross_model_mesh")
	}
	got := Resolve(b.s, adr006()).Stacks[0].Relations
	require.Equal(t, []string{
		"prowlarr:require-cmr-mesh radarr:provide-cmr-mesh",
		"radarr:require-cmr-mesh prowlarr:provide-cmr-mesh",
	}, names(got, func(r Relation) string { return r.Name }))
}

func TestBundleAndStatusOfOneModelAreOneRelation(t *testing.T) {
	b := &builder{}
	b.source("core.json")
	m := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s", "prowlarr": "prowlarr-k8s"})
	b.relate(m, "radarr", "media-indexer", "prowlarr", "", "media-indexer")
	b.relate(m, "prowlarr", "media-indexer", "radarr", "", "media-indexer")
	bundle := snapshot.Model{
		Hint: "some-file", State: snapshot.Planned, At: b.at(),
		Evidence: []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuConfig, snapshot.JujuOffers},
		Applications: []snapshot.Application{
			{Name: "radarr", Charm: "radarr-k8s", Trust: snapshot.Yes, Scale: 1, At: b.at()},
			{Name: "prowlarr", Charm: "prowlarr-k8s", Trust: snapshot.Yes, Scale: 1, At: b.at()},
		},
		Relations: []snapshot.Relation{{
			A: snapshot.RelationEnd{Application: "prowlarr", Endpoint: "media-indexer"}, B: snapshot.RelationEnd{Application: "radarr", Endpoint: "media-indexer"}, At: b.at(),
		}},
	}
	b.s.Models = append([]snapshot.Model{bundle}, b.s.Models...) // the bundle is read first

	got := Resolve(b.s, adr006())
	require.Len(t, got.Stacks, 1)
	require.Len(t, got.Stacks[0].Models, 1)
	require.Len(t, got.Stacks[0].Relations, 1)
	r := got.Stacks[0].Relations[0]
	require.Equal(t, "declared", r.State, "what Juju declares outranks what a bundle plans")
	require.Equal(t, "media-indexer", r.Interface)
	require.Equal(t, []string{"core.json names no model; taken as model charmarr-core because they share 2 applications"}, got.Notes)
	a := got.Stacks[0].Applications[0]
	require.True(t, a.ConfigKnown)
	require.Equal(t, "yes", a.Trust)
	require.Equal(t, "declared", a.State)
}

// crossModel is a client in downloads behind a gateway in a third model.
func crossModel(b *builder, prefix string) {
	dl := b.status(prefix+"-downloads", map[string]string{"qbittorrent": "qbittorrent-k8s"})
	dl.SAAS = []snapshot.SAAS{{Name: "vpn", URL: "admin/" + prefix + "-vpn.gluetun", At: b.at(), Endpoints: []snapshot.Endpoint{{Name: "vpn-gateway", Interface: "vpn-gateway", Role: "provider"}}}}
	b.relate(dl, "qbittorrent", "vpn-gateway", "vpn", "", "vpn-gateway")
	gw := b.status(prefix+"-vpn", map[string]string{"gluetun": "gluetun-k8s"})
	gw.Offers = []snapshot.Offer{{Name: "gluetun", Application: "gluetun", Active: 1, Total: 1, At: b.at(), Endpoints: []snapshot.Endpoint{{Name: "vpn-gateway", Interface: "vpn-gateway", Role: "provider"}}}}
}

func TestCrossModelRelationsAreResolvedThroughOffers(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	crossModel(b, "media")
	got := Resolve(b.s, adr006())
	require.Len(t, got.Stacks, 1)
	r := got.Stacks[0].Relations[0]
	require.Equal(t, "yes", r.Resolved)
	require.True(t, r.CrossModel)
	require.Equal(t, "media-vpn/gluetun", r.Provider.ID)
	require.Equal(t, RoleVPNGateway, r.Provider.Role)
	require.Equal(t, "vpn", r.Provider.SAAS)
	require.Equal(t, "qbittorrent:vpn-gateway vpn:vpn-gateway", r.Name)
	require.Equal(t, []string{"media-downloads/vpn"}, got.Stacks[0].Offers[0].Consumers)
	require.Empty(t, got.Stacks[0].Unread)
}

func TestUnreadModelsAreNamed(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	crossModel(b, "media")
	b.s.Models = b.s.Models[:1]
	got := Resolve(b.s, adr006()).Stacks[0]
	require.Equal(t, []string{"media-vpn"}, names(got.Unread, func(r Reference) string { return r.Model }))
	require.Equal(t, "", got.Relations[0].Resolved)
	require.Equal(t, "", got.SAAS[0].OfferFound)
}

func TestTwoStacksOnOneControllerAreKeptApart(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	for i, prefix := range []string{"home", "lab"} {
		crossModel(b, prefix)
		b.status(prefix+"-core", map[string]string{"radarr": "radarr-k8s", fmt.Sprintf("sonarr%d", i): "sonarr-k8s"})
	}
	// Both are scraped by one observability model, which must not join them.
	cos := b.status("cos", map[string]string{"prometheus": "prometheus-k8s"})
	cos.SAAS = []snapshot.SAAS{
		{Name: "a", URL: "admin/home-core.metrics", Endpoints: []snapshot.Endpoint{{Name: "metrics-endpoint", Interface: "prometheus_scrape"}}},
		{Name: "b", URL: "admin/lab-core.metrics", Endpoints: []snapshot.Endpoint{{Name: "metrics-endpoint", Interface: "prometheus_scrape"}}},
	}
	got := Resolve(b.s, adr006())
	require.Equal(t, []string{"home", "lab"}, names(got.Stacks, func(s Stack) string { return s.Name }))
	for _, s := range got.Stacks {
		require.Equal(t, []string{s.Name + "-core", s.Name + "-downloads", s.Name + "-vpn"}, names(s.Models, func(m Model) string { return m.Name }))
		require.Equal(t, []string{"core", "downloads", "gateway"}, names(s.Models, func(m Model) string { return m.Part }))
	}
}

func TestPartsAreInferredAndSaid(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	b.status("films", map[string]string{"radarr": "radarr-k8s", "plex": "plex-k8s", "qbittorrent": "qbittorrent-k8s"})
	got := Resolve(b.s, adr006())
	require.Equal(t, "core", got.Stacks[0].Models[0].Part)
	require.Len(t, got.Notes, 1)
	require.Contains(t, got.Notes[0], "2 of its 3 Charmarr applications are content services")
}

func TestRolesNeverComeFromTheApplicationsName(t *testing.T) {
	b := &builder{}
	b.source("all.json")
	b.status("charmarr-core", map[string]string{"radarr": "postgresql-k8s", "films": "radarr-k8s", "own": "my-torrent"})
	p := adr006()
	p.Roles = map[string]string{"my-torrent": RoleDownloadClient}
	b.s.Workloads = []snapshot.Workload{{Kind: "StatefulSet", Meta: snapshot.Meta{Name: "sonarr", Namespace: "charmarr-core", Labels: kv(labelManagedBy, "juju", labelName, "sonarr")}, Template: snapshot.PodSpec{Containers: []snapshot.Container{{Name: "gluetun"}}}}}
	roles := map[string]string{}
	for _, a := range Resolve(b.s, p).Stacks[0].Applications {
		roles[a.Name] = a.Role
	}
	require.Equal(t, map[string]string{"radarr": "", "films": "media-manager", "own": RoleDownloadClient, "sonarr": RoleVPNGateway}, roles)
}

func TestObjectsWithoutNamespaceAreAGap(t *testing.T) {
	b := &builder{}
	b.source("gluetun.yaml")
	gluetun := snapshot.PodSpec{Containers: []snapshot.Container{{Name: "gluetun"}}}
	b.s.Workloads = []snapshot.Workload{
		{Kind: "StatefulSet", Meta: snapshot.Meta{Name: "gluetun", Labels: kv(labelManagedBy, "juju", labelName, "gluetun"), At: b.at()}, Template: gluetun},
		// As kompose writes it: somebody else's, whatever its container is called.
		{Kind: "Deployment", Meta: snapshot.Meta{Name: "gluetun", Labels: kv("io.kompose.service", "gluetun"), At: b.at()}, Template: gluetun},
	}
	b.s.Pods = []snapshot.Pod{{Meta: snapshot.Meta{Name: "gluetun", At: b.at()}, Spec: gluetun}}
	got := Resolve(b.s, adr006())
	require.Len(t, got.Gaps, 1)
	require.Equal(t, "placing StatefulSet gluetun", got.Gaps[0].What)
	require.Contains(t, got.Gaps[0].Reason, "names no namespace")
}

func TestNetworkPolicySelection(t *testing.T) {
	b := &builder{}
	b.source("all.yaml")
	labels := kv(labelManagedBy, "juju", labelName, "qbittorrent")
	b.s.Workloads = []snapshot.Workload{{Kind: "StatefulSet", Meta: snapshot.Meta{Name: "qbittorrent", Namespace: "dl", Labels: labels}, Template: snapshot.PodSpec{Labels: kv(labelName, "qbittorrent"), Containers: []snapshot.Container{{Name: "qbittorrent"}}}}}
	policy := func(name string, sel snapshot.Selector) snapshot.NetworkPolicy {
		return snapshot.NetworkPolicy{Meta: snapshot.Meta{Name: name, Namespace: "dl"}, PodSelector: sel}
	}
	b.s.NetworkPolicies = []snapshot.NetworkPolicy{
		policy("all", snapshot.Selector{}),
		policy("by-label", snapshot.Selector{MatchLabels: kv(labelName, "qbittorrent")}),
		policy("legacy", snapshot.Selector{MatchLabels: kv("juju-app", "qbittorrent")}),
		policy("expression", snapshot.Selector{MatchExpressions: []snapshot.Requirement{{Key: labelName, Operator: "In", Values: []string{"qbittorrent", "sabnzbd"}}}}),
		policy("broken", snapshot.Selector{MatchExpressions: []snapshot.Requirement{{Key: labelName, Operator: "Like"}}}),
	}
	selects := map[string]int{}
	for _, p := range Resolve(b.s, adr006()).Stacks[0].NetworkPolicies {
		selects[p.Name] = len(p.Selects)
		require.Equal(t, p.Name == "broken", p.SelectorError != "")
	}
	require.Equal(t, map[string]int{"all": 1, "by-label": 1, "expression": 1, "legacy": 0, "broken": 0}, selects)
}

func TestParseOfferURL(t *testing.T) {
	for in, want := range map[string]offerURL{
		"admin/charmarr-core.radarr":             {owner: "admin", model: "charmarr-core", offer: "radarr"},
		"charmarr-core.radarr":                   {model: "charmarr-core", offer: "radarr"},
		"home:admin/charmarr-core.radarr":        {controller: "home", owner: "admin", model: "charmarr-core", offer: "radarr"},
		"home:bob@external/charmarr-core.radarr": {controller: "home", owner: "bob@external", model: "charmarr-core", offer: "radarr"},
		"":                                       {},
		"nonsense":                               {model: "nonsense"},
	} {
		require.Equal(t, want, parseOfferURL(in), in)
	}
}

func TestEveryCharmHasARoleAndASource(t *testing.T) {
	for name, c := range charms().byCharm {
		require.NotEmpty(t, c.Role, name)
		require.NotEmpty(t, c.Source, name)
		require.Contains(t, charms().group, c.Role, name)
	}
}

func TestOffersAreCompletedFromEverySource(t *testing.T) {
	b := &builder{}
	b.source("core.json")
	found := b.status("charmarr-core", nil)
	found.Evidence = []snapshot.Evidence{snapshot.JujuOffers}
	found.Offers = []snapshot.Offer{{Name: "idx", Active: -1, Total: -1, At: b.at()}} // as juju find-offers has it
	b.status("charmarr-core", map[string]string{"prowlarr": "prowlarr-k8s"})
	alone := Resolve(b.s, adr006()).Stacks[0]
	require.Equal(t, "", alone.Offers[0].ApplicationKnown, "an application that is not said is not missing")
	require.Equal(t, place(b.s.Models[1].At), alone.Models[0].At, "the model stands where its applications are shown")

	b.s.Models[1].Offers = []snapshot.Offer{{Name: "idx", Application: "prowlarr", Active: 1, Total: 2, At: b.at()}}
	both := Resolve(b.s, adr006()).Stacks[0].Offers[0]
	require.Equal(t, "yes", both.ApplicationKnown)
	require.Equal(t, 2, both.Total)
}

func TestMeshWithTheNamespaceAlone(t *testing.T) {
	b := &builder{}
	b.source("core.json")
	b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s", "beacon": "istio-beacon-k8s"})
	b.s.Models[0].Evidence = append(b.s.Models[0].Evidence, snapshot.JujuConfig)
	b.s.Namespaces = []snapshot.Namespace{{Meta: snapshot.Meta{Name: "charmarr-core", Labels: kv(labelDataplaneMode, "ambient"), At: b.at()}}}
	radarr := func() Enrolment {
		for _, a := range Resolve(b.s, adr006()).Stacks[0].Applications {
			if a.Name == "radarr" {
				return a.Mesh
			}
		}
		return Enrolment{}
	}
	require.Equal(t, "yes", radarr().Captured, "the namespace's label captures its pods, related or not")
	require.Equal(t, wayNamespaceLabel, radarr().Way)
	require.Len(t, radarr().Assumed, 2)

	b.s.Namespaces[0].Labels = nil
	require.Equal(t, wayNoRelation, radarr().Way)

	for i := range b.s.Models[0].Applications {
		if a := &b.s.Models[0].Applications[i]; a.Name == "beacon" {
			a.Config = kv(optionModelOnMesh, "true")
		}
	}
	require.Equal(t, wayNoLabel, radarr().Way, "the option is set and the namespace does not show it")
}

func TestRoutesOfAnotherNamespaceAreAttached(t *testing.T) {
	b := &builder{}
	b.source("all.yaml")
	labels := kv(labelManagedBy, "juju", labelName, "qbittorrent")
	b.s.Workloads = []snapshot.Workload{{Kind: "StatefulSet", Meta: snapshot.Meta{Name: "qbittorrent", Namespace: "charmarr-downloads", Labels: labels}, Template: snapshot.PodSpec{Containers: []snapshot.Container{{Name: "qbittorrent"}}}}}
	b.s.Namespaces = []snapshot.Namespace{{Meta: snapshot.Meta{Name: "charmarr-core", Labels: kv(labelModelName, "charmarr-core")}}}
	b.s.Routes = []snapshot.Route{{
		Meta:     snapshot.Meta{Name: "side", Namespace: "charmarr-core"},
		Parents:  []snapshot.RouteRef{{Name: "arr-gateway", At: b.at()}},
		Backends: []snapshot.RouteRef{{Name: "qbittorrent", Namespace: "charmarr-downloads"}, {Name: "qbittorrent", Namespace: "charmarr-downloads"}},
	}}
	var found []Attachment
	for _, s := range Resolve(b.s, adr006()).Stacks {
		for _, a := range s.Applications {
			found = append(found, a.Attachments...)
		}
	}
	require.Len(t, found, 1)
	require.Equal(t, "arr", found[0].Class)
	require.Equal(t, "charmarr-core", found[0].GatewayModel)
}

func TestWorkloadsAreEvidenceOnlyWhereTheyAreWhole(t *testing.T) {
	b := &builder{}
	b.source("all")
	b.status("gluetun", map[string]string{"gluetun": "gluetun-k8s"})
	workload := func(name string) snapshot.Workload {
		return snapshot.Workload{Kind: "StatefulSet", Meta: snapshot.Meta{Name: name, Namespace: "gluetun", Labels: kv(labelManagedBy, "juju", labelName, name)}}
	}
	has := func() bool {
		for _, e := range Resolve(b.s, adr006()).Stacks[0].Evidence {
			if e.Kind == string(snapshot.KubeWorkloads) {
				return true
			}
		}
		return false
	}
	b.s.Workloads = []snapshot.Workload{workload(modelOperator)}
	require.False(t, has(), "the modeloperator runs in every model")
	b.s.Workloads = append(b.s.Workloads, workload("other"))
	require.False(t, has(), "Juju shows a gateway, and its workload was not read")
	b.s.Workloads = append(b.s.Workloads, workload("gluetun"))
	require.True(t, has())
	b.s.Models[0].Applications = append(b.s.Models[0].Applications, snapshot.Application{Name: "gone", Charm: "qbittorrent-k8s", Life: "dying"})
	require.True(t, has(), "an application that is being removed need not run")
}

func TestModelOnMeshIsABoolToJuju(t *testing.T) {
	for value, want := range map[string]string{"true": wayModelOnMesh, "True": wayModelOnMesh, "false": wayNoRelation} {
		b := &builder{}
		b.source("core.yaml")
		b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s", "beacon": "istio-beacon-k8s"})
		b.s.Models[0].Applications[0].Config = kv(optionModelOnMesh, value)
		for _, a := range Resolve(b.s, adr006()).Stacks[0].Applications {
			if a.Name == "radarr" {
				require.Equal(t, want, a.Mesh.Way, value)
			}
		}
	}
}

func TestUnitsArePlacedByTheirAddresses(t *testing.T) {
	unit := func(address string, relations ...snapshot.UnitRelation) []snapshot.Unit {
		return []snapshot.Unit{{Name: "gluetun/0", Address: address, Relations: relations}}
	}
	gluetun := []snapshot.Application{{Name: "gluetun", Charm: "gluetun-k8s", Scale: 1}}
	named := func(name, address string) snapshot.Model {
		return snapshot.Model{Name: name, State: snapshot.Declared, Evidence: []snapshot.Evidence{snapshot.JujuApplications}, Applications: gluetun, Units: unit(address)}
	}
	shown := snapshot.Model{State: snapshot.Declared, Evidence: []snapshot.Evidence{snapshot.JujuUnits}, Units: unit("10.1.0.2", snapshot.UnitRelation{Endpoint: "vpn-gateway"})}
	r := Resolve(snapshot.Snapshot{
		Sources: []snapshot.Source{{Name: "x"}},
		Models:  []snapshot.Model{named("vpn-a", "10.1.0.1"), named("vpn-b", "10.1.0.2"), shown},
	}, adr006())
	require.Empty(t, r.Gaps)
	for _, s := range r.Stacks {
		for _, a := range s.Applications {
			require.Equal(t, a.Model == "vpn-b", a.DatabagsKnown, a.ID)
		}
	}
}

// Options alone are no evidence: who counts the applications that have them?
func TestOptionsOfApplicationsThatNobodyCounted(t *testing.T) {
	of := func(evidence ...snapshot.Evidence) []string {
		b := &builder{}
		b.source("a")
		m := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s"})
		m.Evidence = evidence
		return names(Resolve(b.s, adr006()).Stacks[0].Evidence, func(e EvidenceOf) string { return e.Kind })
	}
	require.Contains(t, of(snapshot.JujuApplications, snapshot.JujuConfig), "juju.config")
	require.NotContains(t, of(snapshot.JujuConfig), "juju.config")
}
