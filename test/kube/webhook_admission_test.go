package kube

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// try is a request that is sent, as a dry run.
type try struct {
	name string
	// resource is a name of the core's, or GROUP/VERSION/NAME.
	resource, namespace string
	// object is patched by merging: where patch is empty it is made, as patch says
	// "delete" it is deleted.
	object, patch string
	subresource   string
	// how it is patched; empty is by merging.
	how types.PatchType
	// refused and warned are parts of what is said; empty is nothing.
	refused, warned string
}

const (
	policies = "networking.k8s.io/v1/networkpolicies"
	sets     = "apps/v1/statefulsets"
)

// pod is a pod as YAML says it, in JSON.
func podOf(name, labels, spec string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"labels":{%s}},"spec":{"containers":[{"name":"a","image":"a"}]%s}}`, name, labels, spec)
}

func tries() []try {
	service := func(name, kind, annotations string) string {
		return fmt.Sprintf(`{"apiVersion":"v1","kind":"Service","metadata":{"name":%q,"annotations":{%s}},"spec":{"type":%q,"selector":{"app.kubernetes.io/name":"qbittorrent"},"ports":[{"port":8080}]}}`, name, annotations, kind)
	}
	policy := func(name, app, cidr string) string {
		return fmt.Sprintf(`{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":%q},"spec":{"podSelector":{"matchLabels":{"app.kubernetes.io/name":%q}},"policyTypes":["Egress"],"egress":[{"to":[{"ipBlock":{"cidr":%q}}]}]}}`, name, app, cidr)
	}
	ingress := func(service string) string {
		return fmt.Sprintf(`{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"movies"},"spec":{"defaultBackend":{"service":{"name":%q,"port":{"number":7878}}}}}`, service)
	}
	route := func(backend string) string {
		return fmt.Sprintf(`{"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"control"},"spec":{"parentRefs":[{"name":"admin-gateway","namespace":"charmarr-core"}],"rules":[{"backendRefs":[{"name":%q,"port":8000}]}]}}`, backend)
	}
	return []try{
		// MESH: each way in that a request can open, and its neighbour that is harmless.
		{name: "the gateway's namespace for the mesh", resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`,
			refused: `mesh/gateway-not-enrolled: Namespace "gluetun" is labelled istio.io/dataplane-mode=ambient, so ambient captures the VPN gateway "gluetun" in it`},
		{name: "the gateway's namespace out of the mesh", resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":{"istio.io/dataplane-mode":"none"}}}`},
		{name: "another label of the gateway's namespace", resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":{"team":"media"}}}`},
		{name: "sidecars for the gateway's namespace", resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":{"istio-injection":"enabled"}}}`,
			refused: `mesh/gateway-not-enrolled: Namespace "gluetun" is labelled istio-injection=enabled`},
		{name: "no sidecars for the gateway's namespace", resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":{"istio-injection":"disabled"}}}`},
		{name: "the gateway's namespace for the mesh, accepted", resource: "namespaces", object: "gluetun",
			patch: `{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"},"annotations":{"charmarr-lint.io/waive":"mesh/gateway-not-enrolled; a test; 2027-01-31"}}}`},
		{name: "the gateway's template for the mesh", resource: sets, namespace: "gluetun", object: "gluetun", patch: `{"spec":{"template":{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}}}`,
			refused: `mesh/gateway-not-enrolled: StatefulSet "gluetun" of the VPN gateway labels its pods istio.io/dataplane-mode=ambient`},
		{name: "the gateway's template, another label", resource: sets, namespace: "gluetun", object: "gluetun", patch: `{"spec":{"template":{"metadata":{"labels":{"a":"b"}}}}}`},
		{name: "the gateway's pod for the mesh", resource: "pods", namespace: "gluetun", object: "gluetun-0", patch: `{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`,
			refused: `mesh/gateway-not-enrolled: Pod "gluetun-0" of the VPN gateway "gluetun" is labelled`},
		{name: "the gateway's pod, another label", resource: "pods", namespace: "gluetun", object: "gluetun-0", patch: `{"metadata":{"labels":{"a":"b"}}}`},
		{name: "mesh labels that a library keeps for the gateway", resource: "configmaps", namespace: "gluetun",
			object:  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"juju-service-mesh-gluetun-labels"},"data":{"labels":"{\"istio.io/dataplane-mode\": \"ambient\"}"}}`,
			refused: `mesh/gateway-not-enrolled: ConfigMap "juju-service-mesh-gluetun-labels" keeps mesh labels for VPN gateway "gluetun"`},
		{name: "another ConfigMap beside the gateway", resource: "configmaps", namespace: "gluetun", object: `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"notes"},"data":{"dataplane-mode":"ambient"}}`},

		// KILL: a kill switch that is widened, and one that is narrowed.
		{name: "a kill switch with a hole", resource: policies, namespace: "charmarr-downloads", object: "qbittorrent-vpn-killswitch",
			patch:   `{"spec":{"egress":[{"to":[{"ipBlock":{"cidr":"0.0.0.0/0"}}]}]}}`,
			refused: `kill-switch/no-public-egress: NetworkPolicy "qbittorrent-vpn-killswitch"`},
		{name: "a kill switch for other pods than those of DNS", resource: policies, namespace: "charmarr-downloads", object: "qbittorrent-vpn-killswitch",
			patch:   `{"spec":{"egress":[{"to":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"proxies"}}}]}]}}`,
			refused: `kill-switch/dns-only-kube-system`},
		{name: "a kill switch that is none", resource: policies, namespace: "charmarr-downloads", object: "qbittorrent-vpn-killswitch", patch: `{"spec":{"policyTypes":["Ingress"],"egress":null}}`,
			refused: `kill-switch/egress-only`},
		{name: "a kill switch with a label", resource: policies, namespace: "charmarr-downloads", object: "qbittorrent-vpn-killswitch", patch: `{"metadata":{"labels":{"a":"b"}}}`},
		{name: "no kill switch", resource: policies, namespace: "charmarr-downloads", object: "qbittorrent-vpn-killswitch", patch: "delete", warned: "kill-switch/exists"},
		{name: "a policy that widens", resource: policies, namespace: "charmarr-downloads", object: policy("allow-updates", "sabnzbd", "0.0.0.0/0"),
			refused: `kill-switch/no-widening-policy: NetworkPolicy "allow-updates" opens what the kill switch of "sabnzbd" closes`},
		{name: "a policy for others", resource: policies, namespace: "charmarr-downloads", object: policy("allow-updates", "storage", "0.0.0.0/0")},
		{name: "a policy that widens nothing", resource: policies, namespace: "charmarr-downloads", object: policy("allow-lan", "sabnzbd", "192.168.1.0/24")},
		{name: "a pod that leaves its kill switch", resource: "pods", namespace: "charmarr-downloads", object: "qbittorrent-0", patch: `{"metadata":{"labels":{"app.kubernetes.io/name":"torrents"}}}`,
			refused: `kill-switch/pod-keeps-label`},
		{name: "a template that leaves its kill switch", resource: policies, namespace: "charmarr-downloads", object: "qbittorrent-vpn-killswitch",
			patch: `{"spec":{"podSelector":{"matchLabels":{"app.kubernetes.io/name":"gone"}}}}`, warned: "kill-switch/"},

		// VPN: what leaves the pod's network.
		{name: "a client on its node's network", resource: sets, namespace: "charmarr-downloads", object: "qbittorrent", patch: `{"spec":{"template":{"spec":{"hostNetwork":true}}}}`,
			refused: `vpn/no-host-network: StatefulSet "qbittorrent" of download client "qbittorrent" is on the network of its node`},
		{name: "another on its node's network", resource: "pods", namespace: "charmarr-downloads", object: podOf("debug", `"a":"b"`, `,"hostNetwork":true`)},
		{name: "a client without its route", resource: sets, namespace: "charmarr-downloads", object: "qbittorrent", patch: `{"spec":{"template":{"spec":{"initContainers":null}}}}`, warned: "vpn/client-"},

		// INGRESS: doors beside the gateways.
		{name: "a port of each node", resource: "services", namespace: "charmarr-downloads", object: service("torrents", "NodePort", ""), refused: `ingress/no-side-door: Service "torrents"`},
		{name: "a load balancer", resource: "services", namespace: "charmarr-downloads", object: service("torrents", "LoadBalancer", ""), refused: `ingress/no-side-door: Service "torrents"`},
		{name: "an inner Service", resource: "services", namespace: "charmarr-downloads", object: service("torrents", "ClusterIP", "")},
		{name: "a Service that is opened", resource: "services", namespace: "charmarr-downloads", object: "qbittorrent", patch: `{"spec":{"type":"NodePort"}}`, refused: `ingress/no-side-door: Service "qbittorrent"`},
		{name: "a Service for Tailscale", resource: "services", namespace: "charmarr-core", object: "radarr", patch: `{"metadata":{"annotations":{"tailscale.com/expose":"true"}}}`, warned: `ingress/tailscale-exposure`},
		{name: "a Service for the Internet", resource: "services", namespace: "charmarr-core", object: "admin-gateway-istio", patch: `{"metadata":{"annotations":{"tailscale.com/expose":"true","tailscale.com/funnel":"true"}}}`, refused: `ingress/tailscale-exposure`},
		{name: "a Service with another annotation", resource: "services", namespace: "charmarr-core", object: "radarr", patch: `{"metadata":{"annotations":{"a":"b"}}}`},
		{name: "an Ingress", resource: "networking.k8s.io/v1/ingresses", namespace: "charmarr-core", object: ingress("radarr"), refused: `ingress/no-side-door: Ingress "movies"`},
		{name: "an Ingress to something else", resource: "networking.k8s.io/v1/ingresses", namespace: "charmarr-core", object: ingress("dashboard")},
		{name: "a route to the VPN gateway", resource: "gateway.networking.k8s.io/v1/httproutes", namespace: "gluetun", object: route("gluetun"), refused: `ingress/no-side-door: HTTPRoute "control"`},
		{name: "a port of the host", resource: sets, namespace: "charmarr-core", object: "radarr",
			patch:   `{"spec":{"template":{"spec":{"containers":[{"name":"radarr","image":"ghcr.io/a/b:1","ports":[{"containerPort":7878,"hostPort":7878}]}]}}}}`,
			refused: `ingress/no-side-door`},

		// OPS: two of what may be one.
		{name: "two units", resource: sets, namespace: "charmarr-core", object: "radarr", subresource: "scale", patch: `{"spec":{"replicas":2}}`, warned: "ops/single-unit"},
		{name: "no unit", resource: sets, namespace: "charmarr-core", object: "radarr", subresource: "scale", patch: `{"spec":{"replicas":1}}`},

		// What is nobody's concern.
		{name: "another namespace", resource: "services", namespace: "default", object: service("torrents", "NodePort", "")},
		{name: "the cluster's own", resource: "services", namespace: "kube-system", object: service("torrents", "NodePort", "")},
	}
}

// send sends a request.
func (d *door) send(t testing.TB, x try) error {
	t.Helper()
	r, all := d.of(x.resource, x.namespace), []string{metav1.DryRunAll}
	var err error
	switch x.patch {
	case "":
		_, err = r.Create(t.Context(), object(t, "%s", x.object), metav1.CreateOptions{DryRun: all})
	case "delete":
		err = r.Delete(t.Context(), x.object, metav1.DeleteOptions{DryRun: all})
	default:
		var sub []string
		if x.subresource != "" {
			sub = []string{x.subresource}
		}
		how := x.how
		if how == "" {
			how = types.MergePatchType
		}
		_, err = r.Patch(t.Context(), x.object, how, []byte(x.patch), metav1.PatchOptions{DryRun: all}, sub...)
	}
	return err
}

// TestAdmission sends each request that can open a way for a fault, and one beside
// it that opens none.
func TestAdmission(t *testing.T) {
	deploy(t, "clean", true)
	d := open(t, plane.Config, nil)
	d.eventuallyRefuses(t)
	for _, x := range tries() {
		t.Run(x.name, func(t *testing.T) {
			d.said()
			err := d.send(t, x)
			said := d.said()
			if x.refused != "" {
				require.Error(t, err)
				require.True(t, apierrors.IsForbidden(err), "%v", err)
				require.ErrorContains(t, err, x.refused)
				require.ErrorContains(t, err, "To accept it: ")
				return
			}
			require.NoError(t, err)
			if x.warned != "" {
				require.Contains(t, said, x.warned)
				return
			}
			require.NotContains(t, said, "not judged")
		})
	}
	metrics := d.get("/metrics")
	require.Contains(t, metrics, `charmarr_lint_webhook_verdicts_total{rule="mesh/gateway-not-enrolled",outcome="denied",dry_run="true"}`)
	require.Contains(t, metrics, "charmarr_lint_webhook_failed_decisions_total 0\n")
	require.NotContains(t, d.log.String(), "panic")
}

// eventuallyRefuses waits until the API server asks the webhook.
func (d *door) eventuallyRefuses(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		return d.send(t, tries()[0]) != nil
	}, 20*time.Second, 50*time.Millisecond, "%s", d.log)
}

// TestOldFaultsStay lets through what leaves an old fault as it is, and what mends
// one of two.
func TestOldFaultsStay(t *testing.T) {
	deploy(t, "broken", true)
	d := open(t, plane.Config, nil)
	d.said()
	labelled := "gluetun-ch" // for the mesh, see testdata/broken
	require.Eventually(t, func() bool {
		err := d.send(t, try{resource: "namespaces", object: labelled, patch: `{"metadata":{"labels":{"team":"media"}}}`})
		require.NoError(t, err)
		said := d.said()
		return containsAll(said, "mesh/gateway-not-enrolled, there already")
	}, 20*time.Second, 100*time.Millisecond)
	require.NoError(t, d.send(t, try{resource: "namespaces", object: labelled, patch: `{"metadata":{"labels":{"istio.io/dataplane-mode":null}}}`}))
	require.NoError(t, d.send(t, try{resource: policies, namespace: "charmarr-downloads", object: "allow-updates", patch: "delete"}))
	require.Error(t, d.send(t, tries()[0]), "what is new is refused all the same")
}

// TestNobodyIsLockedOut ends the webhook while it is registered to fail closed: the
// cluster, its own namespace and namespaces of others can be changed; then it comes
// back and refuses again.
func TestNobodyIsLockedOut(t *testing.T) {
	deploy(t, "clean", true)
	require.NoError(t, plane.Apply(t.Context(), []byte(`{apiVersion: v1, kind: Namespace, metadata: {name: `+ownNamespace+`}}`)))
	d := open(t, plane.Config, nil)
	d.register(t, true)
	d.eventuallyRefuses(t)
	d.end()

	for _, x := range free() {
		require.NoError(t, d.send(t, x), x.name)
	}
	require.ErrorContains(t, d.send(t, tries()[0]), "failed calling webhook", "privacy is not given up while nobody answers")

	d.register(t, false)
	require.Eventually(t, func() bool { return d.send(t, tries()[0]) == nil }, 20*time.Second, 100*time.Millisecond, "registered to fail open, all passes")
}

// TestCertificatesChange changes the certificate under load: no request fails.
func TestCertificatesChange(t *testing.T) {
	deploy(t, "clean", true)
	d := open(t, plane.Config, nil)
	d.register(t, true)
	d.eventuallyRefuses(t)
	ctx, cancel := context.WithCancel(t.Context())
	failures, done := make(chan error, 1000), make(chan int)
	go func() {
		sent := 0
		for ctx.Err() == nil {
			_, err := d.of("namespaces", "").Patch(t.Context(), "gluetun", types.MergePatchType, []byte(tries()[0].patch), metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}})
			if !apierrors.IsForbidden(err) {
				failures <- fmt.Errorf("a request was not refused: %w", err)
			}
			sent++
		}
		done <- sent
	}()
	// The bundle holds both authorities while the certificate changes.
	d.rotate(t)
	time.Sleep(time.Second)
	cancel()
	require.NotZero(t, <-done)
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	require.Contains(t, d.log.String(), "the certificate has changed")
}
