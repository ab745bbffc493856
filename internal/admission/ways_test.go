package admission

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// TestNewNamespaces tells a namespace that is too new to be known from one that is
// nobody's.
func TestNewNamespaces(t *testing.T) {
	c := newCourt(t, config.Default())
	there := objects(t, deployment.Clean())
	there["/v1 Namespace default"] = []byte(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default"}}`)
	view := c.view(t, there)
	made := func(namespace string) Answer {
		a, err := c.Decide(t.Context(), view, request(t, nil, fmt.Appendf(nil, `{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":%q},"spec":{"type":"NodePort"}}`, namespace)))
		require.NoError(t, err)
		require.True(t, a.Allowed)
		return a
	}
	require.Empty(t, made("default").Warnings)
	require.Empty(t, made("fresh").Warnings, "who reads some namespaces alone knows nothing of others")

	view.Standing.Snapshot.Coverage = append(view.Standing.Snapshot.Coverage, everyNamespace)
	require.Empty(t, made("default").Warnings)
	a := made("fresh")
	require.Len(t, a.Warnings, 1)
	require.Contains(t, a.Warnings[0], "Service fresh/a was not judged: its namespace is so new")
	require.NotEmpty(t, a.Audit)
}

// TestDeletedWithOthers judges a deletion whose request says no name.
func TestDeletedWithOthers(t *testing.T) {
	set := config.Default()
	set.Rules = append(set.Rules, config.RuleSetting{Pattern: "kill-switch/exists", Admission: rule.Deny})
	c := newCourt(t, set)
	there := objects(t, deployment.Clean())
	const name = "networking.k8s.io/v1 NetworkPolicy charmarr-downloads/qbittorrent-vpn-killswitch"
	require.Contains(t, there, name)
	req := request(t, there[name], nil)
	req.Name = ""
	a, err := c.Decide(t.Context(), c.view(t, there), req)
	require.NoError(t, err)
	require.False(t, a.Allowed)
	require.Contains(t, a.Message, "kill-switch/exists")
	req.Old = `[1]`
	a, err = c.Decide(t.Context(), c.view(t, there), req)
	require.NoError(t, err)
	require.True(t, a.Allowed)
	require.Contains(t, a.Warnings[0], "was not judged")
}

// TestWaiversThatAcceptNothing says why an annotation does not help who writes it.
func TestWaiversThatAcceptNothing(t *testing.T) {
	c := newCourt(t, config.Default())
	there := objects(t, deployment.Clean())
	view := c.view(t, there)
	const name = "/v1 Namespace gluetun"
	labelled := func(waive string) Answer {
		var o map[string]any
		require.NoError(t, json.Unmarshal(there[name], &o))
		metadata := o["metadata"].(map[string]any)
		labels := metadata["labels"].(map[string]any)
		labels["istio.io/dataplane-mode"] = "ambient"
		annotations, _ := metadata["annotations"].(map[string]any)
		if annotations == nil {
			annotations = map[string]any{}
			metadata["annotations"] = annotations
		}
		annotations["charmarr-lint.io/waive"] = waive
		text, err := json.Marshal(o)
		require.NoError(t, err)
		a, err := c.Decide(t.Context(), view, request(t, there[name], text))
		require.NoError(t, err)
		return a
	}
	for waive, why := range map[string]string{
		"mesh/gateway-not-enrolled; a test; 2020-01-31": "expired on 2020-01-31",
		"mesh/gateway; a test; 2027-01-31":              "no rule has that name",
		"mesh/gateway-not-enrolled; 2027-01-31":         "waives nothing",
	} {
		a := labelled(waive)
		require.False(t, a.Allowed, waive)
		require.Contains(t, a.Warnings[0], why)
	}
	a := labelled("mesh/gateway-not-enrolled; a test; 2027-01-31")
	require.True(t, a.Allowed)
	for _, w := range a.Warnings {
		require.NotContains(t, w, "config/")
	}
}

// TestKillSwitchIsLaid refuses no kill switch for what it shows of other objects, whether
// or not it mends something that is known.
func TestKillSwitchIsLaid(t *testing.T) {
	off := false
	for name, exists := range map[string]*bool{"it is missed": nil, "nobody asks for it": &off} {
		t.Run(name, func(t *testing.T) {
			set := config.Default()
			set.Rules = append(set.Rules, config.RuleSetting{Pattern: "kill-switch/exists", Enabled: exists})
			c := newCourt(t, set)
			there := objects(t, deployment.Clean())
			const policy = "networking.k8s.io/v1 NetworkPolicy charmarr-downloads/qbittorrent-vpn-killswitch"
			laid := there[policy]
			require.NotEmpty(t, laid)
			delete(there, policy)
			wide := []byte(`{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"allow","namespace":"charmarr-downloads"},"spec":{"podSelector":{"matchLabels":{"app.kubernetes.io/name":"qbittorrent"}},"policyTypes":["Egress"],"egress":[{}]}}`)
			there["networking.k8s.io/v1 NetworkPolicy charmarr-downloads/allow"] = wide
			a, err := c.Decide(t.Context(), c.view(t, there), request(t, nil, laid))
			require.NoError(t, err)
			require.True(t, a.Allowed, a.Message)
			require.Contains(t, a.Warnings[0], `NetworkPolicy "allow" opens what the kill switch`)

			delete(there, "networking.k8s.io/v1 NetworkPolicy charmarr-downloads/allow")
			there[policy] = laid
			a, err = c.Decide(t.Context(), c.view(t, there), request(t, nil, wide))
			require.NoError(t, err)
			require.False(t, a.Allowed)
		})
	}
}

// TestServiceUnderRoute makes the Service that a route to the VPN gateway waits for: it
// mends a route that led nowhere, and makes a door.
func TestServiceUnderRoute(t *testing.T) {
	c := newCourt(t, config.Default())
	there := objects(t, deployment.Clean())
	there["gateway.networking.k8s.io/v1 HTTPRoute gluetun/control"] = []byte(`{"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"control","namespace":"gluetun"},"spec":{"parentRefs":[{"name":"admin-gateway","namespace":"charmarr-core"}],"rules":[{"backendRefs":[{"name":"control","port":8000}]}]}}`)
	service := []byte(`{"apiVersion":"v1","kind":"Service","metadata":{"name":"control","namespace":"gluetun"},"spec":{"selector":{"app.kubernetes.io/name":"gluetun"},"ports":[{"port":8000}]}}`)
	a, err := c.Decide(t.Context(), c.view(t, there), request(t, nil, service))
	require.NoError(t, err)
	require.False(t, a.Allowed)
	require.Contains(t, a.Message, "ingress/no-side-door")
}
