package kube

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

const ambient = `"istio.io/dataplane-mode":"ambient"`

// edited is the creation of an object with something in it changed.
func edited(t *testing.T, x try, edit func(o map[string]any)) try {
	t.Helper()
	o := object(t, "%s", x.object)
	edit(o.Object)
	text, err := json.Marshal(o)
	require.NoError(t, err)
	x.object = string(text)
	return x
}

// within is what stands in an object under keys, one in the other.
func within(o map[string]any, keys ...string) map[string]any {
	for _, key := range keys {
		next, ok := o[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			o[key] = next
		}
		o = next
	}
	return o
}

// sideDoor is a Service that opens a download client to each node's network.
func sideDoor(name, waiver string) try {
	return try{resource: "services", namespace: downloads, object: fmt.Sprintf(`{"apiVersion":"v1","kind":"Service","metadata":{"name":%q,"annotations":{"charmarr-lint.io/waive":%q}},"spec":{"type":"NodePort","selector":{"app.kubernetes.io/name":"qbittorrent"},"ports":[{"port":8080}]}}`, name, waiver)}
}

// TestWaysAround sends faults in the ways that look as if they led around the webhook.
func TestWaysAround(t *testing.T) {
	deploy(t, "clean", true)
	d := open(t, plane.Config, nil)
	d.eventuallyRefuses(t)

	pod := func(owner map[string]any) try {
		return edited(t, d.copied(t, "pods", "gluetun", "gluetun-0", "gluetun", "gluetun-9"), func(o map[string]any) {
			within(o, "metadata", "labels")["istio.io/dataplane-mode"] = "ambient"
			delete(within(o, "metadata"), "ownerReferences")
			if owner != nil {
				owner["uid"] = "11111111-1111-1111-1111-111111111111"
				within(o, "metadata")["ownerReferences"] = []any{owner}
			}
		})
	}
	controller := func(kind, name string) map[string]any {
		group := map[string]string{"Job": "batch/v1", "ConfigMap": "v1"}[kind]
		if group == "" {
			group = "apps/v1"
		}
		return map[string]any{"apiVersion": group, "kind": kind, "name": name, "controller": true}
	}
	daemons := edited(t, d.copied(t, sets, "gluetun", "gluetun", "gluetun", "gluetun-each"), func(o map[string]any) {
		o["kind"] = "DaemonSet"
		spec := within(o, "spec")
		within(spec, "template", "metadata", "labels")["istio.io/dataplane-mode"] = "ambient"
		o["spec"] = map[string]any{"selector": spec["selector"], "template": spec["template"]}
	})
	daemons.resource = "apps/v1/daemonsets"
	unnamed := edited(t, pod(nil), func(o map[string]any) {
		delete(within(o, "metadata"), "name")
		within(o, "metadata")["generateName"] = "gluetun-"
	})
	padding := strings.Repeat("<", 700<<10) // six characters each, as JSON

	for _, x := range []try{
		{name: "padded", resource: sets, namespace: downloads, object: "qbittorrent", how: types.StrategicMergePatchType,
			patch:   fmt.Sprintf(`{"spec":{"template":{"spec":{"hostNetwork":true,"containers":[{"name":"qbittorrent","env":[{"name":"A","value":%q},{"name":"B","value":%q}]}]}}}}`, padding, padding[:600<<10]),
			refused: "vpn/no-host-network"},
		{name: "the namespace called as another", resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":{"kubernetes.io/metadata.name":"kube-system",` + ambient + `}}}`, refused: "mesh/gateway-not-enrolled"},
		{name: "no model any more", resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":{"model.juju.is/name":null,` + ambient + `}}}`, refused: "mesh/gateway-not-enrolled"},
		{name: "the controller's model", resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":{"model.juju.is/name":"controller",` + ambient + `}}}`, refused: "mesh/gateway-not-enrolled"},
		{name: "nothing of Juju any more", resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":null,"annotations":null}}`, warned: "topology/model-matches-namespace"},
		{name: "a DaemonSet", resource: daemons.resource, namespace: "gluetun", object: daemons.object, refused: "mesh/gateway-not-enrolled"},
		{name: "a pod by itself", resource: "pods", namespace: "gluetun", object: pod(nil).object, refused: "mesh/gateway-not-enrolled"},
		{name: "a pod without a name", resource: "pods", namespace: "gluetun", object: unnamed.object, refused: "mesh/gateway-not-enrolled"},
		{name: "a pod as if its StatefulSet had made it", resource: "pods", namespace: "gluetun", object: pod(controller("StatefulSet", "gluetun")).object, refused: "mesh/gateway-not-enrolled"},
		{name: "a pod as if of a Job", resource: "pods", namespace: "gluetun", object: pod(controller("Job", "gluetun")).object, refused: "mesh/gateway-not-enrolled"},
		{name: "a pod as if of a ConfigMap", resource: "pods", namespace: "gluetun", object: pod(controller("ConfigMap", "gluetun")).object, refused: "mesh/gateway-not-enrolled"},
		{name: "a pod of a ReplicaSet that is not known", resource: "pods", namespace: "gluetun", object: pod(controller("ReplicaSet", "other")).object, warned: "mesh/gateway-not-enrolled"},
		{name: "a Service by the name of a pod", resource: "services", namespace: downloads, object: `{"apiVersion":"v1","kind":"Service","metadata":{"generateName":"a-"},"spec":{"type":"NodePort","selector":{"statefulset.kubernetes.io/pod-name":"qbittorrent-0"},"ports":[{"port":8080}]}}`, refused: "ingress/no-side-door"},
		{name: "half of the Internet", resource: policies, namespace: downloads, object: killSwitch, patch: `{"spec":{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8"}},{"ipBlock":{"cidr":"128.0.0.0/1"}}]}]}}`, refused: "kill-switch/no-public-egress"},
		{name: "any address by one port", resource: policies, namespace: downloads, object: killSwitch, patch: `{"spec":{"egress":[{"ports":[{"port":53,"protocol":"UDP"}]}]}}`, refused: "kill-switch/no-public-egress"},
		{name: "a policy that says no direction", resource: policies, namespace: downloads, object: `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"w"},"spec":{"podSelector":{"matchExpressions":[{"key":"app.kubernetes.io/name","operator":"Exists"}]},"egress":[{}]}}`, refused: "kill-switch/no-widening-policy"},
	} {
		t.Run(x.name, func(t *testing.T) {
			d.said()
			err := d.send(t, x)
			said := d.said()
			if x.refused != "" {
				require.ErrorContains(t, err, x.refused)
				require.True(t, apierrors.IsForbidden(err))
				return
			}
			require.NoError(t, err)
			require.Contains(t, said, x.warned)
		})
	}
	t.Run("applied by the server", func(t *testing.T) {
		force := true
		_, err := d.of("namespaces", "").Patch(t.Context(), "gluetun", types.ApplyPatchType, []byte(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"gluetun","labels":{`+ambient+`}}}`), metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: "somebody", Force: &force})
		require.ErrorContains(t, err, "mesh/gateway-not-enrolled")
	})
	for _, x := range []struct{ waiver, why string }{
		{"ingress/no-side-door; a test; 2020-01-31", "expired on 2020-01-31"},
		{"ingress/no-such-rule; a test; 2027-01-31", "no rule has that name"},
		{"ingress/no-side-door; a test", "waives nothing"},
		{"ingress/no-side-door; ; 2027-01-31", "waives nothing"},
		{"ingress/*; a test; 2027-01-31", "waives nothing"},
		{"ingress/no-side-door; a test; 2027-01-32", "waives nothing"},
		{"config/waiver-expired; a test; 2027-01-31", "cannot be waived"},
	} {
		t.Run("waiver "+x.waiver, func(t *testing.T) {
			d.said()
			require.ErrorContains(t, d.send(t, sideDoor("a", x.waiver)), "ingress/no-side-door")
			require.Contains(t, d.said(), x.why)
		})
	}
	require.NoError(t, d.send(t, sideDoor("a", "ingress/no-side-door; a test; 2027-01-31")))

	// In two steps, neither of which says much, and beside something that it mends.
	require.NoError(t, plane.Apply(t.Context(), []byte(`{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"early","namespace":"charmarr-downloads"},"spec":{"defaultBackend":{"service":{"name":"later","port":{"number":8080}}}}}`)))
	opened := edited(t, sideDoor("open", "ingress/no-side-door; a test; 2027-01-31"), func(o map[string]any) { within(o, "metadata")["namespace"] = downloads })
	require.NoError(t, plane.Apply(t.Context(), []byte(opened.object)))
	idle := edited(t, d.copied(t, sets, downloads, "qbittorrent", downloads, "qbittorrent-idle"), func(o map[string]any) {
		within(o, "spec")["replicas"] = 0
		within(o, "spec", "template", "spec")["hostNetwork"] = true
	})
	later := try{resource: "services", namespace: downloads, object: `{"apiVersion":"v1","kind":"Service","metadata":{"name":"later"},"spec":{"selector":{"app.kubernetes.io/name":"qbittorrent"},"ports":[{"port":8080}]}}`}
	require.ErrorContains(t, d.send(t, idle), "vpn/no-host-network", "no pod runs yet")
	require.Eventually(t, func() bool {
		err := d.send(t, later)
		return apierrors.IsForbidden(err) && strings.Contains(err.Error(), `Ingress "early"`)
	}, 20*time.Second, 50*time.Millisecond, "what makes an old object a fault is what brings it")
	require.ErrorContains(t, d.send(t, merged("services", downloads, "open", `{"metadata":{"annotations":{"tailscale.com/expose":"true","tailscale.com/funnel":"true"}},"spec":{"type":"ClusterIP"}}`)),
		"ingress/tailscale-exposure", "one mended and another made")

	// A model that is made with all that is in it by one command.
	require.NoError(t, plane.Apply(t.Context(), []byte(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"fresh","labels":{"model.juju.is/name":"fresh",`+ambient+`}}}`)))
	gateway := d.copied(t, sets, "gluetun", "gluetun", "fresh", "gluetun")
	d.said()
	if err := d.send(t, gateway); err == nil {
		require.Contains(t, d.said(), "so new that nothing is known of it yet")
	}
	require.Eventually(t, func() bool { return apierrors.IsForbidden(d.send(t, gateway)) }, 20*time.Second, 50*time.Millisecond)

	// By a status labels and annotations can be changed, too: that is nobody's to refuse.
	for _, x := range []try{
		{resource: "namespaces", object: "gluetun", patch: `{"metadata":{"labels":{` + ambient + `}}}`},
		{resource: "pods", namespace: "gluetun", object: "gluetun-0", patch: `{"metadata":{"labels":{` + ambient + `}}}`},
		{resource: "services", namespace: core, object: "admin-gateway-istio", patch: `{"metadata":{"annotations":{"tailscale.com/expose":"true","tailscale.com/funnel":"true"}}}`},
	} {
		_, err := d.of(x.resource, x.namespace).Patch(t.Context(), x.object, types.MergePatchType, []byte(x.patch), metav1.PatchOptions{}, "status")
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool {
		return containsAll(d.get("/report/text"), `Namespace "gluetun" is labelled istio.io/dataplane-mode=ambient`, `Tailscale's Funnel opens Service "admin-gateway-istio"`)
	}, 20*time.Second, 100*time.Millisecond)
	require.NotContains(t, d.log.String(), "panic")
}

// TestManyAtOnce deletes by one request what another object has to be there for: the
// API server asks about each by itself, and says no name.
func TestManyAtOnce(t *testing.T) {
	deploy(t, "clean", true)
	d := open(t, plane.Config, func(o *webhook.Options) {
		o.Setup = func() (lint.Options, error) {
			c := config.Default()
			c.Rules = append(c.Rules, config.RuleSetting{Pattern: "kill-switch/exists", Admission: rule.Deny})
			return lint.Options{Config: c, Today: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}, nil
		}
	})
	d.eventuallyRefuses(t)
	err := d.of(policies, downloads).DeleteCollection(t.Context(), metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}, metav1.ListOptions{})
	require.ErrorContains(t, err, "kill-switch/exists")
	d.said()
	require.NoError(t, d.of("configmaps", downloads).DeleteCollection(t.Context(), metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}, metav1.ListOptions{}))
	require.Contains(t, d.said(), "charmarr-lint: ", "it is asked")
}

// TestAcceptedAsTold accepts each refused fault in the way that the refusal tells.
func TestAcceptedAsTold(t *testing.T) {
	deploy(t, "clean", true)
	d := open(t, plane.Config, nil)
	d.eventuallyRefuses(t)
	withIt := regexp.MustCompile(`send it with the annotation (\S+): "([^"]+)"`)
	command := regexp.MustCompile(`To accept it: kubectl (?:-n (\S+) )?annotate (\S+) (\S+) '?([^'=]+)=([^']+)'`)
	filled := strings.NewReplacer("REASON", "a test", "YYYY-MM-DD", "2027-01-31")
	for _, x := range tries() {
		if x.refused == "" {
			continue
		}
		t.Run(x.name, func(t *testing.T) {
			for range 4 { // a request may bring several
				err := d.send(t, x)
				if err == nil {
					return
				}
				if m := withIt.FindStringSubmatch(err.Error()); m != nil {
					add := func(o map[string]any) {
						annotations := within(o, "metadata", "annotations")
						key := m[1]
						for n := 2; annotations[key] != nil; n++ {
							key = fmt.Sprintf("%s.%d", m[1], n)
						}
						annotations[key] = filled.Replace(m[2])
					}
					if x.patch == "" {
						x = edited(t, x, add)
						continue
					}
					var patch map[string]any
					require.NoError(t, json.Unmarshal([]byte(x.patch), &patch))
					add(patch)
					text, err := json.Marshal(patch)
					require.NoError(t, err)
					x.patch = string(text)
					continue
				}
				m := command.FindStringSubmatch(err.Error())
				require.NotNil(t, m, "%v", err)
				t.Log(m[0])
				kinds := map[string]string{"namespace": "namespaces", "statefulset": sets, "service": "services", "networkpolicy": policies, "pod": "pods"}
				require.Contains(t, kinds, strings.ToLower(m[2]))
				_, err = d.of(kinds[strings.ToLower(m[2])], m[1]).Patch(t.Context(), m[3], types.MergePatchType,
					fmt.Appendf(nil, `{"metadata":{"annotations":{%q:%q}}}`, m[4], filled.Replace(m[5])), metav1.PatchOptions{})
				require.NoError(t, err)
				time.Sleep(time.Second) // until the webhook has seen it
			}
			require.Fail(t, "it is refused still")
		})
	}
}

// TestOldFaultsKeepNobody does with each object of a deployment that is full of faults
// what people, charms and controllers do: nothing of it is refused.
func TestOldFaultsKeepNobody(t *testing.T) {
	deploy(t, "broken", true)
	d := open(t, plane.Config, nil)
	d.eventuallyRefuses(t)
	spaces, err := d.of("namespaces", "").List(t.Context(), metav1.ListOptions{LabelSelector: "model.juju.is/name"})
	require.NoError(t, err)
	sent, made := 0, 0
	passes := func(what string, x try) {
		t.Helper()
		sent++
		err := d.send(t, x)
		if apierrors.IsForbidden(err) && strings.Contains(err.Error(), "charmarr-lint") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, n := range spaces.Items {
		space := n.GetName()
		passes("label "+space, label("namespaces", "", space))
		for _, resource := range []string{"pods", "services", "configmaps", claims, sets, "apps/v1/deployments", policies, "networking.k8s.io/v1/ingresses", gateways, routes, permits} {
			list, err := d.of(resource, space).List(t.Context(), metav1.ListOptions{})
			require.NoError(t, err)
			for _, o := range list.Items {
				name := o.GetName()
				what := func(verb string) string { return verb + " " + resource + " " + space + "/" + name }
				passes(what("label"), label(resource, space, name))
				passes(what("delete"), try{resource: resource, namespace: space, object: name, patch: "delete"})
				if owners := o.GetOwnerReferences(); resource == "pods" && len(owners) == 1 && owners[0].Kind == "StatefulSet" {
					set, err := d.of(sets, space).Get(t.Context(), owners[0].Name, metav1.GetOptions{})
					require.NoError(t, err)
					template := within(set.Object, "spec", "template", "metadata")
					// As its controller makes it: what was written on it since is gone.
					again := edited(t, d.copied(t, resource, space, name, space, name), func(o map[string]any) {
						within(o, "metadata")["labels"], within(o, "metadata")["annotations"] = template["labels"], template["annotations"]
					})
					require.NoError(t, d.of(resource, space).Delete(t.Context(), name, metav1.DeleteOptions{GracePeriodSeconds: new(int64)}))
					passes(what("remake"), again)
					made++
				}
				if resource == sets || strings.HasSuffix(resource, "deployments") {
					for _, replicas := range []int{0, 1} {
						x := merged(resource, space, name, `{"spec":{"replicas":%d}}`, replicas)
						passes(what("change replicas of"), x)
						x.subresource = "scale"
						passes(what("scale"), x)
					}
					containers := within(o.Object, "spec", "template", "spec")["containers"].([]any)
					first := containers[0].(map[string]any)["name"]
					passes(what("upgrade"), changed(resource, space, name, `{"spec":{"template":{"spec":{"containers":[{"name":%q,"image":"ghcr.io/a/b:2"}]}}}}`, first))
					passes(what("restart"), merged(resource, space, name, `{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-06-01T00:00:00Z"}}}}}`))
				}
			}
		}
	}
	require.Greater(t, sent, 500)
	require.Greater(t, made, 10)
}

// TestCleanupGoesOn has the cluster clean up after an owner and a namespace while nobody
// answers and the registration fails closed.
func TestCleanupGoesOn(t *testing.T) {
	deploy(t, "clean", true)
	d := open(t, plane.Config, nil)
	d.register(t, true)
	d.eventuallyRefuses(t)
	d.end()
	require.ErrorContains(t, d.send(t, tries()[0]), "failed calling webhook")
	as := func(user string) *door {
		c := rest.CopyConfig(plane.Config)
		c.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: []string{"system:masters"}}
		client, err := dynamic.NewForConfig(c)
		require.NoError(t, err)
		return &door{client: client}
	}
	finalizers := `{"metadata":{"finalizers":null,"ownerReferences":null}}`
	collector := as("system:serviceaccount:kube-system:generic-garbage-collector")
	require.NoError(t, collector.send(t, merged(sets, "gluetun", "gluetun", "%s", finalizers)))
	require.NoError(t, collector.send(t, merged("services", downloads, "qbittorrent", "%s", finalizers)))
	for _, user := range []string{"system:serviceaccount:kube-system:generic-garbage-collector", "system:serviceaccount:kube-system:namespace-controller", "system:kube-controller-manager"} {
		require.NoError(t, as(user).send(t, merged("services", downloads, "qbittorrent", "delete")), user)
		require.NoError(t, as(user).of(policies, downloads).DeleteCollection(t.Context(), metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}, metav1.ListOptions{}), user)
	}
	require.ErrorContains(t, as("somebody").send(t, merged("services", downloads, "qbittorrent", "delete")), "failed calling webhook")
	require.NoError(t, d.of("namespaces", "").Delete(t.Context(), "gluetun", metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}))
	// A node is drained.
	_, err := d.of("pods", "gluetun").Create(t.Context(), object(t, `{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"gluetun-0","namespace":"gluetun"},"deleteOptions":{"dryRun":["All"]}}`), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}, "eviction")
	require.NoError(t, err)
}
