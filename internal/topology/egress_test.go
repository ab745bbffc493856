package topology

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// cluster is a snapshot of a download client as its charm lays it.
type egressCase struct{ snapshot.Snapshot }

func newEgressCase() *egressCase {
	c := &egressCase{}
	labels := kv(labelManagedBy, "juju", labelName, "qbittorrent")
	spec := *routed(nil)
	spec.Containers = []snapshot.Container{{Name: "qbittorrent"}, {Name: sideClient}}
	c.Workloads = []snapshot.Workload{{
		Kind: "StatefulSet", Replicas: 1, Meta: snapshot.Meta{Name: "qbittorrent", Namespace: "charmarr-downloads", Labels: labels}, Template: spec,
	}}
	c.Workloads[0].Template.Labels = kv(labelName, "qbittorrent")
	c.Pods = []snapshot.Pod{{
		Meta: snapshot.Meta{Name: "qbittorrent-0", Namespace: "charmarr-downloads", Labels: kv(labelName, "qbittorrent"), Annotations: kv("model.juju.is/id", "1")},
		Spec: spec, Owner: "qbittorrent", Phase: "Running", IPs: []string{"10.1.0.7"},
	}}
	c.ConfigMaps = []snapshot.ConfigMap{{
		Meta: snapshot.Meta{Name: "qbittorrent-gateway-client-config", Namespace: "charmarr-downloads"},
		Data: kv(settingsFile, `NOT_ROUTED_TO_GATEWAY_CIDRS="10.1.0.0/16 10.152.183.0/24 169.254.7.127/32"`),
	}}
	c.NetworkPolicies = []snapshot.NetworkPolicy{{
		Meta:        snapshot.Meta{Name: "qbittorrent-vpn-killswitch", Namespace: "charmarr-downloads"},
		PodSelector: snapshot.Selector{MatchLabels: kv(labelName, "qbittorrent")}, PolicyTypes: []string{"Egress"},
		Egress: []snapshot.NetworkRule{
			{Peers: []snapshot.NetworkPeer{block("10.1.0.0/16")}}, {Peers: []snapshot.NetworkPeer{block("10.152.183.0/24")}}, {Peers: []snapshot.NetworkPeer{block("169.254.7.127/32")}},
			{Peers: []snapshot.NetworkPeer{{HasNamespaceSelector: true, NamespaceSelector: snapshot.Selector{MatchLabels: kv(labelNamespaceName, "kube-system")}}}, Ports: []snapshot.NetworkPort{{Protocol: "UDP", Port: "53"}}},
		},
	}}
	c.Workloads = append(c.Workloads, daemonSet("kube-system", "calico-node", "calico-node", "x"))
	return c
}

// bare takes the route containers away.
func (c *egressCase) bare() {
	c.Workloads[0].Template.InitContainers, c.Pods[0].Spec.InitContainers = nil, nil
}

func (c *egressCase) app(t *testing.T) Application {
	r := Resolve(c.Snapshot, adr006())
	require.Len(t, r.Stacks, 1)
	for _, a := range r.Stacks[0].Applications {
		if a.Name == "qbittorrent" {
			return a
		}
	}
	t.Fatal("no such application")
	return Application{}
}

func TestEgress(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(c *egressCase)
		answer string
		layers string // policies and routes
		cause  string
		object string
		fact   string // of the example, or what is missing
	}{
		"as it is laid":      {func(*egressCase) {}, egressBlocked, "blocked blocked", "", "", ""},
		"no routes":          {(*egressCase).bare, egressBlocked, "blocked open", "", "", ""},
		"no policy":          {func(c *egressCase) { c.NetworkPolicies[0].PodSelector.MatchLabels[0].Value = "x" }, egressBlocked, "open blocked", "", "", ""},
		"neither":            {func(c *egressCase) { c.bare(); c.NetworkPolicies[0].PodSelector.MatchLabels[0].Value = "x" }, egressOpen, "open open", causeNoPolicy, "Pod charmarr-downloads/qbittorrent-0", "it lacks the init container"},
		"of no type Egress":  {func(c *egressCase) { c.bare(); c.NetworkPolicies[0].PolicyTypes = []string{"Ingress"} }, egressOpen, "open open", causeNoPolicy, "Pod charmarr-downloads/qbittorrent-0", "no NetworkPolicy of type Egress selects it"},
		"the pod's label":    {func(c *egressCase) { c.bare(); c.Pods[0].Labels = kv(labelName, "x") }, egressOpen, "open open", causeNoPolicy, "Pod charmarr-downloads/qbittorrent-0", ""},
		"the template's":     {func(c *egressCase) { c.bare(); c.Workloads[0].Template.Labels = nil }, egressOpen, "open open", causeNoPolicy, "StatefulSet charmarr-downloads/qbittorrent", ""},
		"a second policy":    {func(c *egressCase) { c.bare(); c.widen() }, egressOpen, "open open", causeRule, "Pod charmarr-downloads/qbittorrent-0", `rule 1 of NetworkPolicy "wide" lets everything out`},
		"in another model":   {func(c *egressCase) { c.bare(); c.widen(); c.NetworkPolicies[1].Namespace = "other" }, egressBlocked, "blocked open", "", "", ""},
		"Flannel":            {func(c *egressCase) { c.bare(); c.Workloads[1] = daemonSet("kube-system", "f", "kube-flannel", "x") }, egressOpen, "open open", causeNotEnforced, "Pod charmarr-downloads/qbittorrent-0", "Flannel enforces no NetworkPolicy"},
		"no plugin":          {func(c *egressCase) { c.bare(); c.Workloads = c.Workloads[:1] }, egressUnknown, "unknown open", "", "", "kube.system: which network plugin"},
		"nor is it needed":   {func(c *egressCase) { c.Workloads = c.Workloads[:1] }, egressBlocked, "unknown blocked", "", "", ""},
		"a plugin in doubt":  {func(c *egressCase) { c.bare(); c.Workloads[1] = daemonSet("kube-system", "a", "aws-node", "x") }, egressUnknown, "unknown open", "", "", "kube.system: whether the network plugin enforces"},
		"the node's network": {func(c *egressCase) { c.Pods[0].Spec.HostNetwork = true }, egressOpen, "open open", causeHostNetwork, "Pod charmarr-downloads/qbittorrent-0", "where NetworkPolicies do not reach"},
		"IPv6 of an image": {func(c *egressCase) {
			c.old()
			c.NetworkPolicies[0].PolicyTypes = nil
			c.Pods[0].IPs = []string{"10.1.0.7", "fd00::7"}
		}, egressOpen, "open open", causeNoPolicy, "Pod charmarr-downloads/qbittorrent-0", "leaves its IPv6 default route"},
		"IPv6 of the nodes": {func(c *egressCase) {
			c.old()
			c.NetworkPolicies[0].PolicyTypes = nil
			c.Pods = nil
			c.Nodes = []snapshot.Node{{PodCIDRs: []string{"10.1.0.0/16", "fd00::/64"}}}
		}, egressOpen, "open open", causeNoPolicy, "StatefulSet charmarr-downloads/qbittorrent", ""},
		"IPv6 of nobody": {func(c *egressCase) {
			c.old()
			c.NetworkPolicies[0].PolicyTypes = nil
			c.Pods = nil
			c.Nodes = []snapshot.Node{{PodCIDRs: []string{"10.1.0.0/16"}}}
		}, egressBlocked, "open blocked", "", "", ""},
		"IPv6 unknown":     {func(c *egressCase) { c.old(); c.NetworkPolicies[0].PolicyTypes = nil; c.Pods = nil }, egressUnknown, "open open", "", "", "kube.pods: whether pods of the cluster have IPv6"},
		"no policies read": {func(c *egressCase) { c.bare(); c.NetworkPolicies = nil }, egressUnknown, "unknown open", "", "", "complete: [kube.networkpolicies]"},
		"none by coverage": {func(c *egressCase) {
			c.bare()
			c.NetworkPolicies = nil
			c.Coverage = []snapshot.Coverage{{Evidence: snapshot.KubeNetworkPolicies, Namespace: "charmarr-downloads"}}
		}, egressOpen, "open open", causeNoPolicy, "Pod charmarr-downloads/qbittorrent-0", ""},
		"a gap": {func(c *egressCase) {
			c.bare()
			c.Gaps = []snapshot.Gap{{Evidence: []snapshot.Evidence{snapshot.KubeNetworkPolicies}}}
		}, egressUnknown, "unknown open", "", "", "could not be read in whole"},
		"a gap of anything": {func(c *egressCase) { c.bare(); c.Gaps = []snapshot.Gap{{}} }, egressUnknown, "unknown open", "", "", "could not be read in whole"},
		"a gap of something": {func(c *egressCase) {
			c.bare()
			c.Gaps = []snapshot.Gap{{Evidence: []snapshot.Evidence{snapshot.KubePods}}}
		}, egressBlocked, "blocked open", "", "", ""},
		"one without a home": {func(c *egressCase) { c.bare(); c.NetworkPolicies[0].Namespace = "" }, egressUnknown, "unknown open", "", "", "kube.networkpolicies: "},
		"Cilium's policy":    {func(c *egressCase) { c.bare(); c.foreign("charmarr-downloads", "x") }, egressUnknown, "unknown open", "", "", `what CiliumNetworkPolicy "x" decide is not read`},
		"of the cluster":     {func(c *egressCase) { c.bare(); c.foreign("", "x") }, egressUnknown, "unknown open", "", "", `CiliumNetworkPolicy "x"`},
		"of another model":   {func(c *egressCase) { c.bare(); c.foreign("charmarr-core", "x") }, egressBlocked, "blocked open", "", "", ""},
		"Calico's copy": {func(c *egressCase) {
			c.bare()
			c.foreign("charmarr-downloads", "knp.default.qbittorrent-vpn-killswitch")
		}, egressBlocked, "blocked open", "", "", ""},
		"scaled to none":     {func(c *egressCase) { c.bare(); c.widen(); c.Workloads[0].Replicas = 0; c.Pods = nil }, egressBlocked, "blocked blocked", "", "", ""},
		"a pod that is done": {func(c *egressCase) { c.Pods[0].Spec.InitContainers = nil; c.widen(); c.Pods[0].Phase = "Succeeded" }, egressBlocked, "open blocked", "", "", ""},
		"settings unread":    {func(c *egressCase) { c.ConfigMaps = nil; c.widen() }, egressUnknown, "open unknown", "", "", "kube.configmaps: ConfigMap"},
		"the cluster's range": {func(c *egressCase) {
			c.around("2.0.0.0/16")
			c.Nodes = []snapshot.Node{{PodCIDRs: []string{"2.0.0.0/16"}}}
		}, egressBlocked, "blocked blocked", "", "", ""},
		"a node's address": {func(c *egressCase) {
			c.around("2.0.0.7/32")
			c.Nodes = []snapshot.Node{{Addresses: []string{"2.0.0.7"}}}
		}, egressBlocked, "blocked blocked", "", "", ""},
		"a Service's address": {func(c *egressCase) {
			c.around("2.0.0.7/32")
			c.Services = []snapshot.Service{{ClusterIPs: []string{"2.0.0.7", "None"}}}
		}, egressBlocked, "blocked blocked", "", "", ""},
		"a public range": {func(c *egressCase) { c.around("2.0.0.0/16") }, egressOpen, "open open", causeRule, "Pod charmarr-downloads/qbittorrent-0", "allows 2.0.0.0/16"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newEgressCase()
			tt.change(c)
			got := c.app(t).Egress
			require.True(t, got.Asked)
			require.Equal(t, tt.answer, got.Answer, "%v", got.Missing)
			require.Equal(t, tt.layers, got.Policies+" "+got.Routes)
			require.Equal(t, tt.cause, got.Example.Cause)
			require.Equal(t, tt.object, got.Example.Object)
			require.Contains(t, got.Example.PolicyFact+", "+got.Example.RouteFact+strings.Join(got.Missing, "; "), tt.fact)
			require.Equal(t, tt.answer == egressUnknown, len(got.Missing) > 0)
		})
	}
}

func (c *egressCase) widen() {
	c.NetworkPolicies = append(c.NetworkPolicies, snapshot.NetworkPolicy{
		Meta: snapshot.Meta{Name: "wide", Namespace: "charmarr-downloads"}, PolicyTypes: []string{"Egress"}, Egress: []snapshot.NetworkRule{{}},
	})
}

// old makes the route containers of a version that leaves IPv6 alone.
func (c *egressCase) old() {
	for _, spec := range []*snapshot.PodSpec{&c.Workloads[0].Template, &c.Pods[0].Spec} {
		spec.InitContainers = routed(func(x *snapshot.Container) { x.Image = "ghcr.io/angelnu/pod-gateway:v1.10.0" }).InitContainers
	}
}

func (c *egressCase) foreign(namespace, name string) {
	c.ForeignPolicies = []snapshot.ForeignPolicy{{APIVersion: "cilium.io/v2", Kind: "CiliumNetworkPolicy", Meta: snapshot.Meta{Name: name, Namespace: namespace}}}
}

// around adds a network to both what the kill switch and the settings list.
func (c *egressCase) around(network string) {
	c.NetworkPolicies[0].Egress = append(c.NetworkPolicies[0].Egress, snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block(network)}})
	c.ConfigMaps[0].Data = kv(settingsFile, `NOT_ROUTED_TO_GATEWAY_CIDRS="10.1.0.0/16 `+network+`"`)
}

func TestEgressIsAskedOfWhatGoesThroughAGateway(t *testing.T) {
	c := newEgressCase()
	require.Equal(t, []string{signContainers, signSettings, signKillSwitch}, c.app(t).Egress.Signs)

	c.bare()
	c.Workloads[0].Template.Containers, c.Pods[0].Spec.Containers = c.Workloads[0].Template.Containers[:1], c.Pods[0].Spec.Containers[:1]
	c.ConfigMaps, c.NetworkPolicies = nil, nil
	got := c.app(t).Egress
	require.True(t, got.Asked, "a download client is always asked")
	require.Empty(t, got.Signs)

	b := &builder{}
	d := b.status("charmarr-downloads", map[string]string{"qbittorrent": "qbittorrent-k8s"})
	through(b, d, "qbittorrent", "admin/gluetun.gluetun")
	b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s"})
	for _, a := range Resolve(b.s, adr006()).Stacks[0].Applications {
		require.Equal(t, a.Name == "qbittorrent", a.Egress.Asked, a.Name)
		if a.Egress.Asked {
			require.Equal(t, []string{signRelation}, a.Egress.Signs)
			require.Equal(t, egressUnknown, a.Egress.Answer)
			require.Contains(t, a.Egress.Missing[0], "kube.workloads: neither a workload")
		}
	}
}

func TestNetworkPolicyDocument(t *testing.T) {
	c := newEgressCase()
	c.widen()
	c.NetworkPolicies[0].Egress[3].Peers = append(c.NetworkPolicies[0].Egress[3].Peers,
		snapshot.NetworkPeer{HasPodSelector: true},
		snapshot.NetworkPeer{HasNamespaceSelector: true, NamespaceSelector: snapshot.Selector{MatchExpressions: []snapshot.Requirement{{Key: labelNamespaceName, Operator: "In", Values: []string{"a", "b"}}}}},
		snapshot.NetworkPeer{HasNamespaceSelector: true, NamespaceSelector: snapshot.Selector{MatchExpressions: []snapshot.Requirement{{Key: "x", Operator: "Like"}}}},
	)
	d := Resolve(c.Snapshot, adr006()).Stacks[0]
	require.Len(t, d.NetworkPolicies, 2)
	kill, wide := d.NetworkPolicies[0], d.NetworkPolicies[1]
	require.Equal(t, "charmarr-downloads/qbittorrent", kill.KillSwitchOf)
	require.Equal(t, []string{"charmarr-downloads/qbittorrent"}, kill.Selects)
	require.Equal(t, "app.kubernetes.io/name=qbittorrent", kill.Selector)
	require.True(t, kill.AllowsZtunnel)
	require.False(t, kill.SelectsAll)
	require.Len(t, kill.Egress, 4)
	require.Equal(t, []string{"10.1.0.0/16"}, kill.Egress[0].Blocks)
	require.Empty(t, kill.Egress[0].Public)
	require.True(t, kill.Egress[3].OnlyDNS)
	var named [][]string
	var words []string
	for _, p := range kill.Egress[3].Pods {
		named, words = append(named, p.Named), append(words, p.Namespaces+"/"+p.PodLabels)
	}
	require.Equal(t, [][]string{{"kube-system"}, {}, {"a", "b"}, {}}, named)
	require.Equal(t, []string{"kubernetes.io/metadata.name=kube-system/", "/all", "kubernetes.io/metadata.name in (a,b)/", "what cannot be read/"}, words)
	require.True(t, wide.SelectsAll)
	require.Empty(t, wide.KillSwitchOf)
	require.Equal(t, "1.1.1.1", wide.Egress[0].Public)
	require.True(t, wide.Egress[0].Everywhere)
	require.Equal(t, []string{"qbittorrent-vpn-killswitch", "wide"}, d.Applications[0].Workloads[0].Policies)
	require.Equal(t, []string{"qbittorrent-vpn-killswitch", "wide"}, d.Applications[0].Pods[0].Policies)
}

func TestKillSwitchIsComparedWithEverythingThatWasRead(t *testing.T) {
	c := newEgressCase()
	c.ConfigMaps[0].Data = kv(settingsFile, `NOT_ROUTED_TO_GATEWAY_CIDRS="10.1.0.0/17 10.1.128.0/17 10.152.183.0/24 192.168.1.0/24"`)
	c.NetworkPolicies[0].Egress = append(c.NetworkPolicies[0].Egress,
		snapshot.NetworkRule{Peers: []snapshot.NetworkPeer{block("10.99.0.0/16", "10.99.1.0/24"), block("8.8.8.0/24")}})
	c.Models = []snapshot.Model{
		{Name: "charmarr-downloads", State: snapshot.Declared, Evidence: []snapshot.Evidence{snapshot.JujuApplications, snapshot.JujuRelations},
			Applications: []snapshot.Application{{Name: "qbittorrent", Charm: "qbittorrent-k8s"}, {Name: "gluetun", Charm: "gluetun-k8s", Config: kv("cluster-cidrs", "10.0.0.0/8")}},
			Relations:    []snapshot.Relation{{A: snapshot.RelationEnd{Application: "qbittorrent", Endpoint: "vpn-gateway"}, B: snapshot.RelationEnd{Application: "gluetun", Endpoint: "vpn-gateway"}}},
			Units: []snapshot.Unit{{Name: "qbittorrent/0", Relations: []snapshot.UnitRelation{{Endpoint: "vpn-gateway", RelatedUnits: []string{"gluetun/0"},
				ApplicationData: kv("config", `{"gateway_dns_name":"g","cluster_cidrs":"10.1.0.0/16,10.152.183.0/24,169.254.7.127/32","cluster_dns_ip":"10.152.183.10","instance_name":"gluetun"}`)}}}},
		},
	}
	d := Resolve(c.Snapshot, adr006()).Stacks[0]
	for i := range d.NetworkPolicies[0].Compared {
		require.NotEmpty(t, d.NetworkPolicies[0].Compared[i].At)
		d.NetworkPolicies[0].Compared[i].At = ""
	}
	require.Equal(t, []Comparison{
		{With: "settings", By: `NOT_ROUTED_TO_GATEWAY_CIDRS of ConfigMap "qbittorrent-gateway-client-config"`, Missing: []string{"192.168.1.0/24"}, Extra: []string{"10.99.0.0/16 except 10.99.1.0/24"}},
		{With: "databag", By: "what the gateway told unit qbittorrent/0", Missing: []string{}, Extra: []string{"10.99.0.0/16 except 10.99.1.0/24"}},
		{With: "option", By: `option cluster-cidrs of "gluetun" in model "charmarr-downloads"`, Missing: []string{"10.0.0.0/8"}, Extra: []string{}},
	}, d.NetworkPolicies[0].Compared)
}

func TestShowUnitAloneShowsItsApplication(t *testing.T) {
	unit := snapshot.Model{State: snapshot.Declared, Evidence: []snapshot.Evidence{snapshot.JujuUnits}, Hint: "charmarr-downloads", Units: []snapshot.Unit{
		{Name: "qbittorrent/0", Charm: "qbittorrent-k8s", Address: "10.1.0.7", Relations: []snapshot.UnitRelation{{Endpoint: "vpn-gateway", RelatedUnits: []string{"gluetun/0"}}}},
	}}
	r := Resolve(snapshot.Snapshot{Models: []snapshot.Model{unit}}, adr006())
	require.Empty(t, r.Gaps)
	require.Len(t, r.Stacks, 1)
	a := r.Stacks[0].Applications[0]
	require.Equal(t, RoleDownloadClient, a.Role)
	require.Equal(t, []string{signRelation}, a.Egress.Signs)
	require.Len(t, r.Stacks[0].VPNClients, 1)
	require.Equal(t, "gluetun", r.Stacks[0].VPNClients[0].Data[0].From)
	require.False(t, r.Stacks[0].VPNClients[0].Data[0].Present)

	c := newEgressCase()
	unit.Hint = "somewhere"
	c.Models = []snapshot.Model{unit}
	r = Resolve(c.Snapshot, adr006())
	require.Empty(t, r.Gaps)
	require.Len(t, r.Stacks, 1, "the pod at the unit's address tells its model")
	require.Equal(t, "charmarr-downloads", r.Stacks[0].Models[0].Name)

	unit.Hint, unit.Units[0].Charm = "", ""
	require.Len(t, Resolve(snapshot.Snapshot{Models: []snapshot.Model{unit}}, adr006()).Gaps, 1)
}
