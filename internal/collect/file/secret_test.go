package file_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// forms are ways in which a secret stands in a value, whatever the key.
func forms(marker string) []string {
	return []string{
		"password=" + marker,
		"https://user:" + marker + "@host/x",
		"A=1\nVPN_TOKEN=" + marker + "\nB=2",
		`{"a": {"api_key": "` + marker + `"}}`,
		`{"a": "{\"credentials\": [\"` + marker + `\"]}"}`,
		"-----BEGIN PRIVATE KEY-----\n" + marker + "\n-----END PRIVATE KEY-----",
		"eyJhbGciOiJIUzI1NiJ9." + marker + "." + marker,
		"Authorization: Bearer " + marker,
		"tskey-auth-" + marker,
	}
}

// keys are names whose values are secret, whatever the value.
func keys() []string {
	return []string{"password", "admin-password", "api_key", "apiKey", "claim-token", "wireguard-private-key", "OPENVPN_PASSWORD", "client.secret", "credentials", "preshared-key"}
}

// sourceWith writes a source of each kind that carries one key and value
// wherever a source can carry any.
func sourceWith(kind, key, value string) string {
	k, v := fmt.Sprintf("%q", key), fmt.Sprintf("%q", value)
	switch kind {
	case "status":
		return fmt.Sprintf(`{"model":{"name":"m"},"applications":{"a":{"charm":"c","application-status":{"current":"blocked","message":%s},%s:%s}},"application-endpoints":{"s":{"url":%s}}}`, v, k, v, v)
	case "bundle":
		return fmt.Sprintf("bundle: kubernetes\nsaas: {s: {url: %s}}\napplications: {a: {charm: c, options: {%s: %s}, annotations: {%s: %s}}}\n--- # overlay\napplications: {a: {options: {\"other\": %s}}}\n", v, k, v, k, v, v)
	case "show-unit":
		return fmt.Sprintf(`{"a/0":{"charm":"c","relation-info":[{"endpoint":"e","application-data":{%s:%s,"other":%s},"local-unit":{"data":{%s:%s}},"related-units":{"b/0":{"data":{%s:%s}}}}]}}`, k, v, v, k, v, k, v)
	case "show-secret":
		return fmt.Sprintf(`{"d3r0vnfmp25c76i8p5ag":{"revision":1,"owner":"<model>","description":%s,"name":%s,"created":"2026-05-01T08:00:00Z","updated":"2026-05-01T08:00:00Z",%s:%s,"content":{%s:%s,"other":%s},"access":[{"target":"application-a","scope":"model-x","role":"view"}]}}`, v, v, k, v, k, v, v)
	case "offers":
		return fmt.Sprintf(`{"o":{"application":"a","offer-url":%s,"endpoints":{},%s:%s}}`, v, k, v)
	case "manifests":
		meta := fmt.Sprintf("metadata: {name: n, labels: {%s: %s}, annotations: {%s: %s, kubectl.kubernetes.io/last-applied-configuration: %s}}", k, v, k, v, v)
		pod := fmt.Sprintf("{containers: [{name: c, image: %s, env: [{name: gateway, value: %s}, {name: %s, value: %s}]}]}", v, v, k, v)
		docs := []string{
			"apiVersion: v1\nkind: Namespace\n" + meta,
			"apiVersion: v1\nkind: Secret\n" + meta + "\nstringData: {x: " + v + "}",
			"apiVersion: v1\nkind: Pod\n" + meta + "\nspec: " + pod,
			"apiVersion: apps/v1\nkind: StatefulSet\n" + meta + "\nspec: {template: {" + meta + ", spec: " + pod + "}}",
			"apiVersion: v1\nkind: Service\n" + meta + fmt.Sprintf("\nspec: {selector: {%s: %s}}", k, v),
			"apiVersion: v1\nkind: ConfigMap\n" + strings.Replace(meta, "name: n", "name: x-gateway-settings", 1) + fmt.Sprintf("\ndata: {%s: %s, other: %s}", k, v, v),
			"apiVersion: v1\nkind: ConfigMap\n" + strings.Replace(meta, "name: n", "name: unread", 1) + fmt.Sprintf("\ndata: {%s: %s}", k, v),
			"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n" + meta + fmt.Sprintf("\nspec: {podSelector: {matchLabels: {%s: %s}}}", k, v),
			"apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n" + meta,
			"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n" + meta,
			"apiVersion: v1\nkind: Pod\n" + meta + "\nspec: {containers: " + v + "}",
			"apiVersion: v1\nkind: Pod\n" + meta + "\n " + k + ": " + v,
		}
		return strings.Join(docs, "\n---\n")
	}
	panic(kind)
}

func TestNoSecretReachesASnapshot(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	for _, kind := range []string{"status", "bundle", "show-unit", "show-secret", "offers", "manifests"} {
		t.Run(kind, func(t *testing.T) {
			for range 3 {
				random := make([]byte, 15)
				r.Read(random)
				marker := base64.RawURLEncoding.EncodeToString(random)
				for _, form := range forms(marker) {
					require.NotContains(t, recordedFrom(t, sourceWith(kind, "harmless", form)), marker, form)
				}
				for _, key := range keys() {
					if kind == "status" || kind == "offers" {
						continue // they have no keys of one's own
					}
					text := strings.ReplaceAll(sourceWith(kind, key, "PLACE"), "PLACE", "x")
					text = strings.NewReplacer(fmt.Sprintf("%q:\"x\"", key), fmt.Sprintf("%q:%q", key, marker), fmt.Sprintf("%q: \"x\"", key), fmt.Sprintf("%q: %q", key, marker)).Replace(text)
					require.Contains(t, text, marker)
					require.NotContains(t, recordedFrom(t, text), marker, key)
				}
				key := make([]byte, 32)
				r.Read(key)
				wireGuard := base64.StdEncoding.EncodeToString(key)
				require.NotContains(t, recordedFrom(t, sourceWith(kind, "harmless", "peer "+wireGuard)), wireGuard)
			}
		})
	}
}

// recordedFrom returns the recorded snapshot of one file.
func recordedFrom(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, snapshot.Encode(&out, collect(t, write(t, map[string]string{"x": text}), "x")))
	return out.String()
}
