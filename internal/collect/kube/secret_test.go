package kube

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// TestNoSecretComesIn plants secrets wherever an object has room for one. The
// helper read refuses a snapshot in which one is left.
func TestNoSecretComesIn(t *testing.T) {
	server := newServer(t, `
{apiVersion: v1, kind: Namespace, metadata: {name: core, labels: {model.juju.is/name: core}, annotations: {api-key: canary-1}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: core}, stringData: {key: canary-2}}
---
apiVersion: v1
kind: Pod
metadata:
  name: p
  namespace: core
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"password":"canary-3"}', note: "token=canary-4"}
  managedFields: [{manager: canary-5}]
spec:
  containers:
  - name: c
    image: https://user:canary-6@registry/x
    args: ["--password=canary-7"]
    env: [{name: WIREGUARD_PRIVATE_KEY, value: canary-8}, {name: gateway, value: "password=canary-9"}]
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: core}, data: {x: canary-10}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: gluetun-gateway-settings, namespace: core}, data: {settings.sh: "VPN_PASSWORD=canary-11", wireguard-private-key: canary-12}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: g, namespace: core, annotations: {auth-token: canary-13}}, spec: {gatewayClassName: istio}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-cni-config, namespace: istio-system}, data: {AMBIENT_ENABLEMENT_SELECTOR: "- podSelector: [password: canary-14"}}
`)
	s := read(t, server.options())
	require.Len(t, s.Pods, 1)
	require.Len(t, s.ConfigMaps, 2)
	require.Equal(t, []snapshot.Fact{{Key: "gateway", Value: "password=" + snapshot.Redacted}}, s.Pods[0].Spec.Containers[0].Env)
	require.Len(t, s.Gaps, 1, "the selectors cannot be read")
	require.Equal(t, "reading the ConfigMap istio-cni-config in namespace istio-system", s.Gaps[0].What)
}
