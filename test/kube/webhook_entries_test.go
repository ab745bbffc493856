package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

// byOneRequest are the rules that one request can violate: those of the catalogue of
// invariants that name an object and an operation by which it can be done.
var byOneRequest = []string{
	"topology/core-service-in-core", "topology/download-client-in-downloads", "topology/no-vpn-in-core",
	"topology/only-downloads-in-downloads", "topology/gateway-own-namespace", "topology/model-matches-namespace", "topology/no-drift",
	"ingress/gateway-only-in-core", "ingress/app-on-its-gateway", "ingress/no-side-door", "ingress/no-orphan-route",
	"ingress/admin-restricted", "ingress/tailscale-exposure", "ingress/tailscale-unmeshed",
	"mesh/core-enrolled", "mesh/gateway-not-enrolled", "mesh/one-beacon", "mesh/no-sidecar-injection", "mesh/no-foreign-authorization",
	"vpn/gateway-single-unit", "vpn/vxlan-id-unique", "vpn/client-settings", "vpn/ztunnel-address-routed", "vpn/client-containers",
	"vpn/gateway-privilege", "vpn/no-host-network",
	"kill-switch/exists", "kill-switch/selects-pods", "kill-switch/egress-only", "kill-switch/no-public-egress",
	"kill-switch/dns-only-kube-system", "kill-switch/no-widening-policy", "kill-switch/ztunnel-address", "kill-switch/pod-keeps-label",
	"storage/claim-in-namespace", "storage/one-storage", "storage/access-mode", "storage/mounted-at-data",
	"ops/single-unit",
	"security/privileged", "security/net-admin", "security/pod-security-compatible",
}

// entry is one way to violate a rule by a request, and a request beside it that does
// not.
type entry struct {
	rule           string
	brings, beside try
	before         func() // what has to be there, or has to be gone
}

const (
	core, downloads = "charmarr-core", "charmarr-downloads"
	gateways        = "gateway.networking.k8s.io/v1/gateways"
	routes          = "gateway.networking.k8s.io/v1/httproutes"
	permits         = "security.istio.io/v1/authorizationpolicies"
	claims          = "persistentvolumeclaims"
	killSwitch      = "qbittorrent-vpn-killswitch"
)

// changed is a change of an object that is there.
func changed(resource, namespace, name, format string, args ...any) try {
	return try{resource: resource, namespace: namespace, object: name, patch: fmt.Sprintf(format, args...), how: types.StrategicMergePatchType}
}

// merged is one whose lists take the place of those that are there.
func merged(resource, namespace, name, format string, args ...any) try {
	x := changed(resource, namespace, name, format, args...)
	x.how = types.MergePatchType
	return x
}

// copied is the creation of an object that is like another.
func (d *door) copied(t testing.TB, resource, namespace, name, toNamespace, toName string) try {
	t.Helper()
	o, err := d.of(resource, namespace).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	for _, field := range []string{"resourceVersion", "uid", "creationTimestamp", "managedFields", "generation"} {
		delete(o.Object["metadata"].(map[string]any), field)
	}
	delete(o.Object, "status")
	o.SetNamespace(toNamespace)
	o.SetName(toName)
	text, err := json.Marshal(o)
	require.NoError(t, err)
	return try{resource: resource, namespace: toNamespace, object: string(text)}
}

func label(resource, namespace, name string) try {
	return merged(resource, namespace, name, `{"metadata":{"labels":{"team":"media"}}}`)
}

func (d *door) entries(t *testing.T) []entry {
	t.Helper()
	template := func(format string, args ...any) string {
		return `{"spec":{"template":{"spec":` + fmt.Sprintf(format, args...) + `}}}`
	}
	settings := func(text string) try {
		return merged("configmaps", downloads, "qbittorrent-gateway-client-config", `{"data":{"settings.sh":%q}}`, text)
	}
	said, err := d.of("configmaps", downloads).Get(t.Context(), "qbittorrent-gateway-client-config", metav1.GetOptions{})
	require.NoError(t, err)
	client := said.Object["data"].(map[string]any)["settings.sh"].(string)
	const ztunnel = " 169.254.7.127/32"
	require.Contains(t, client, ztunnel)
	egress := func(change string) try {
		return merged(policies, downloads, killSwitch, `{"spec":{"egress":%s}}`, change)
	}
	const private, dns = `{"to":[{"ipBlock":{"cidr":"10.1.0.0/16"}}]}`,
		`{"to":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":%q}}}],"ports":[{"port":53,"protocol":"UDP"},{"port":53,"protocol":"TCP"}]}`
	e := func(rule string, brings, beside try) entry { return entry{rule: rule, brings: brings, beside: beside} }
	after := func(before func(), e entry) entry {
		e.before = before
		return e
	}
	apply := func(text string) func() {
		return func() { require.NoError(t, plane.Apply(t.Context(), []byte(text))) }
	}
	claim := func(volume, mode string) try {
		return try{resource: claims, namespace: downloads, object: fmt.Sprintf(`{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"charmarr-shared-media"},"spec":{"accessModes":[%q],"storageClassName":"","volumeName":%q,"resources":{"requests":{"storage":"1Gi"}}}}`, mode, volume)}
	}
	gone := func() {
		shared := d.of(claims, downloads)
		_, err := shared.Patch(t.Context(), "charmarr-shared-media", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
		require.NoError(t, err)
		require.NoError(t, shared.Delete(t.Context(), "charmarr-shared-media", metav1.DeleteOptions{}))
	}
	vxlan := func(id int) try {
		return try{resource: "configmaps", namespace: "gluetun-two", object: fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"gluetun-gateway-settings"},"data":{"settings.sh":"VXLAN_ID=\"%d\"\nVXLAN_IP_NETWORK=\"172.16.0\"\n"}}`, id)}
	}
	second := d.copied(t, sets, "gluetun", "gluetun", "gluetun-two", "gluetun").object
	return []entry{
		e("topology/core-service-in-core", d.copied(t, sets, core, "radarr", downloads, "radarr"), d.copied(t, sets, core, "radarr", core, "radarr-4k")),
		e("topology/download-client-in-downloads", d.copied(t, sets, downloads, "qbittorrent", core, "qbittorrent"), d.copied(t, sets, downloads, "qbittorrent", downloads, "qbittorrent-two")),
		e("topology/no-vpn-in-core",
			changed(sets, core, "prowlarr", "%s", template(`{"initContainers":[{"name":"vpn-route-init","image":"ghcr.io/angelnu/pod-gateway:v1.13.0"}]}`)),
			changed(sets, core, "prowlarr", "%s", template(`{"initContainers":[{"name":"setup","image":"a"}]}`))),
		e("topology/only-downloads-in-downloads", d.copied(t, gateways, core, "arr-gateway", downloads, "arr-gateway"), label(gateways, core, "arr-gateway")),
		e("topology/gateway-own-namespace", d.copied(t, sets, "gluetun", "gluetun", downloads, "gluetun"), d.copied(t, sets, "gluetun", "gluetun", "gluetun", "gluetun-two")),
		e("topology/model-matches-namespace", merged("namespaces", "", core, `{"metadata":{"labels":{"model.juju.is/name":null}}}`), label("namespaces", "", core)),
		e("topology/no-drift",
			try{resource: sets, namespace: downloads, object: `{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"watcher"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"a","image":"a"}]}}}}`},
			label(sets, downloads, "qbittorrent")),
		e("ingress/gateway-only-in-core", d.copied(t, gateways, core, "admin-gateway", downloads, "admin-gateway"), label(gateways, core, "admin-gateway")),
		e("ingress/app-on-its-gateway",
			merged(routes, core, "radarr-radarr-httproute-http-80-arr-gateway", `{"spec":{"parentRefs":[{"group":"gateway.networking.k8s.io","kind":"Gateway","name":"media-gateway","namespace":%q}]}}`, core),
			label(routes, core, "radarr-radarr-httproute-http-80-arr-gateway")),
		e("ingress/no-side-door", merged("services", downloads, "qbittorrent", `{"spec":{"type":"NodePort"}}`), label("services", downloads, "qbittorrent")),
		e("ingress/no-orphan-route",
			merged(routes, core, "radarr-radarr-httproute-http-80-arr-gateway", `{"spec":{"rules":[{"backendRefs":[{"name":"gone","port":80}]}]}}`),
			label(routes, core, "radarr-radarr-httproute-http-80-arr-gateway")),
		e("ingress/admin-restricted",
			merged(permits, core, "admin-gateway-charmarr-core-external-traffic", `{"spec":{"rules":[{"from":[{"source":{"ipBlocks":["0.0.0.0/0"]}}]}]}}`),
			merged(permits, core, "admin-gateway-charmarr-core-external-traffic", `{"spec":{"rules":[{"from":[{"source":{"ipBlocks":["192.168.7.0/24"]}}]}]}}`)),
		e("ingress/tailscale-exposure", merged("services", core, "radarr", `{"metadata":{"annotations":{"tailscale.com/expose":"true"}}}`), merged("services", core, "radarr", `{"metadata":{"annotations":{"tailscale.com/tags":"a"}}}`)),
		after(apply(`{apiVersion: v1, kind: Namespace, metadata: {name: tailscale, labels: {model.juju.is/name: tailscale, app.kubernetes.io/managed-by: juju}}}`),
			e("ingress/tailscale-unmeshed", merged("namespaces", "", "tailscale", `{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`), label("namespaces", "", "tailscale"))),
		// While pods that run are enrolled still, a change of their template says nothing;
		// a pod that istio-cni has captured says so itself.
		e("mesh/core-enrolled",
			merged("pods", core, "radarr-0", `{"metadata":{"labels":{"istio.io/dataplane-mode":"none"},"annotations":{"ambient.istio.io/redirection":null}}}`),
			merged("pods", core, "radarr-0", `{"metadata":{"labels":{"a":"b"},"annotations":{"ambient.istio.io/redirection":null}}}`)),
		e("mesh/gateway-not-enrolled", merged("namespaces", "", "gluetun", `{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`), label("namespaces", "", "gluetun")),
		e("mesh/one-beacon", merged("namespaces", "", core, `{"metadata":{"labels":{"charms.canonical.com/istio.io.waypoint.managed-by":"charmarr-core.other"}}}`), label("namespaces", "", core)),
		e("mesh/no-sidecar-injection", merged("namespaces", "", core, `{"metadata":{"labels":{"istio-injection":"enabled"}}}`), merged("namespaces", "", core, `{"metadata":{"labels":{"istio-injection":"disabled"}}}`)),
		e("mesh/no-foreign-authorization",
			try{resource: permits, namespace: core, object: `{"apiVersion":"security.istio.io/v1","kind":"AuthorizationPolicy","metadata":{"name":"all"},"spec":{"rules":[{}]}}`},
			label(permits, core, "radarr-arr-gateway-charmarr-core-l4")),
		e("vpn/gateway-single-unit", scaled("gluetun", "gluetun", 2), scaled("gluetun", "gluetun", 1)),
		after(apply(`{apiVersion: v1, kind: Namespace, metadata: {name: gluetun-two, labels: {model.juju.is/name: gluetun-two, app.kubernetes.io/managed-by: juju}}}
---
`+second), e("vpn/vxlan-id-unique", vxlan(42), vxlan(43))),
		e("vpn/client-settings", settings(strings.Replace(client, "10.1.0.0/16 ", "10.1.0.0/16,", 1)), settings(strings.Replace(client, "10.1.0.0/16 ", "10.1.0.0/16 192.168.7.0/24 ", 1))),
		e("vpn/ztunnel-address-routed", settings(strings.Replace(client, ztunnel, "", 1)), settings(client+"\n# a word\n")),
		e("vpn/client-containers", merged(sets, downloads, "qbittorrent", "%s", template(`{"initContainers":null}`)), label(sets, downloads, "qbittorrent")),
		e("vpn/gateway-privilege",
			changed(sets, "gluetun", "gluetun", "%s", template(`{"containers":[{"name":"gateway-sidecar","securityContext":{"privileged":true}}]}`)), label(sets, "gluetun", "gluetun")),
		e("vpn/no-host-network", changed(sets, downloads, "qbittorrent", "%s", template(`{"hostNetwork":true}`)), changed(sets, core, "radarr", "%s", template(`{"hostNetwork":true}`))),
		e("kill-switch/exists", merged(policies, downloads, killSwitch, "delete"), label(policies, downloads, killSwitch)),
		e("kill-switch/selects-pods", merged(policies, downloads, killSwitch, `{"spec":{"podSelector":{"matchLabels":{"app.kubernetes.io/name":"gone"}}}}`), label(policies, downloads, killSwitch)),
		e("kill-switch/egress-only", merged(policies, downloads, killSwitch, `{"spec":{"policyTypes":["Ingress"],"egress":null}}`), label(policies, downloads, killSwitch)),
		e("kill-switch/no-public-egress", egress(`[{"to":[{"ipBlock":{"cidr":"1.0.0.0/8"}}]}]`), egress(`[`+private+`]`)),
		e("kill-switch/dns-only-kube-system", egress(`[`+private+`,`+fmt.Sprintf(dns, "proxies")+`]`), egress(`[`+private+`,`+fmt.Sprintf(dns, "kube-system")+`]`)),
		e("kill-switch/no-widening-policy",
			try{resource: policies, namespace: downloads, object: `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"allow"},"spec":{"podSelector":{},"policyTypes":["Egress"],"egress":[{}]}}`},
			try{resource: policies, namespace: downloads, object: `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"allow"},"spec":{"podSelector":{},"policyTypes":["Egress"]}}`}),
		e("kill-switch/ztunnel-address", egress(`[`+private+`]`), egress(`[`+private+`,{"to":[{"ipBlock":{"cidr":"169.254.7.127/32"}}]}]`)),
		e("kill-switch/pod-keeps-label", merged("pods", downloads, "qbittorrent-0", `{"metadata":{"labels":{"app.kubernetes.io/name":"torrents"}}}`), label("pods", downloads, "qbittorrent-0")),
		e("storage/claim-in-namespace",
			changed(sets, downloads, "qbittorrent", "%s", template(`{"volumes":[{"name":"charmarr-shared-data","persistentVolumeClaim":{"claimName":"nowhere"}}]}`)), label(sets, downloads, "qbittorrent")),
		after(gone, e("storage/one-storage", claim("charmarr-shared-media-pv", "ReadWriteMany"), claim("charmarr-downloads-media-pv", "ReadWriteMany"))),
		e("storage/access-mode", claim("charmarr-downloads-media-pv", "ReadWriteOncePod"), claim("charmarr-downloads-media-pv", "ReadWriteMany")),
		e("storage/mounted-at-data",
			changed(sets, core, "radarr", "%s", template(`{"containers":[{"name":"radarr","volumeMounts":[{"mountPath":"/data","$patch":"delete"},{"name":"charmarr-shared-data","mountPath":"/media"}]}]}`)),
			changed(sets, core, "radarr", "%s", template(`{"containers":[{"name":"radarr","env":[{"name":"A","value":"b"}]}]}`))),
		e("ops/single-unit", scaled(core, "radarr", 2), scaled(core, "radarr", 1)),
		e("security/privileged",
			changed(sets, core, "radarr", "%s", template(`{"containers":[{"name":"radarr","securityContext":{"privileged":true}}]}`)),
			changed(sets, core, "radarr", "%s", template(`{"containers":[{"name":"radarr","securityContext":{"privileged":false}}]}`))),
		e("security/net-admin",
			changed(sets, core, "radarr", "%s", template(`{"containers":[{"name":"radarr","securityContext":{"capabilities":{"add":["NET_ADMIN"]}}}]}`)),
			changed(sets, core, "radarr", "%s", template(`{"containers":[{"name":"radarr","securityContext":{"capabilities":{"drop":["ALL"]}}}]}`))),
		e("security/pod-security-compatible",
			merged("namespaces", "", "gluetun", `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted"}}}`),
			merged("namespaces", "", "gluetun", `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`)),
	}
}

func scaled(namespace, name string, units int) try {
	x := merged(sets, namespace, name, `{"spec":{"replicas":%d}}`, units)
	x.subresource = "scale"
	return x
}

// TestEachEntry sends, for each rule that one request can violate, a request that does
// and one beside it that does not. The webhook knows what Juju knows, too.
func TestEachEntry(t *testing.T) {
	deploy(t, "clean", true)
	d := open(t, plane.Config, func(o *webhook.Options) {
		o.Juju = func(ctx context.Context) (snapshot.Snapshot, error) {
			return file.Collector{Paths: []string{filepath.Join(testdata, "clean", "juju")}}.Collect(ctx)
		}
		o.JujuEvery, o.JujuBudget = time.Hour, time.Hour
	})
	d.eventuallyRefuses(t)
	var rules []string
	for _, e := range d.entries(t) {
		rules = append(rules, e.rule)
		t.Run(e.rule, func(t *testing.T) {
			names := func(x try) (bool, string) {
				d.said()
				err := d.send(t, x)
				said := d.said()
				if err != nil {
					require.ErrorContains(t, err, "charmarr-lint: ", "the API server itself takes it")
					said += err.Error()
				}
				return strings.Contains(said, e.rule), said
			}
			patience := time.Duration(0)
			if e.before != nil {
				e.before()
				patience = 20 * time.Second // until the webhook has seen it
			}
			named, said := names(e.brings)
			for until := time.Now().Add(patience); !named && time.Now().Before(until); named, said = names(e.brings) {
				time.Sleep(50 * time.Millisecond)
			}
			require.True(t, named, "said: %s", said)
			require.NotContains(t, said, "not judged")
			named, said = names(e.beside)
			require.False(t, named, "said: %s", said)
			require.NotContains(t, said, "not judged")
		})
	}
	require.Equal(t, byOneRequest, rules, "each rule that one request can violate, once")
}
