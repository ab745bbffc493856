package admission

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// BenchmarkDecide measures what a request costs, by what it changes: nothing that
// rules read, or something.
func BenchmarkDecide(b *testing.B) {
	c := newCourt(b, config.Default())
	there := objects(b, deployment.Clean())
	v := c.view(b, there)
	changed := func(name, old, object string) Request {
		text := there[name]
		require.NotNil(b, text, name)
		now := bytes.Replace(text, []byte(old), []byte(object), 1)
		require.NotEqual(b, string(text), string(now))
		return request(b, text, now)
	}
	pod := request(b, nil, there["/v1 Pod charmarr-core/media-gateway-0"])
	for name, req := range map[string]Request{
		"other namespace":      {Operation: Update, Version: "v1", Kind: "Pod", Namespace: "elsewhere", Name: "x", Object: pod.Object, Old: pod.Object},
		"nothing read":         changed("/v1 Pod charmarr-core/radarr-0", `"uid":"`, `"uid":"0`),
		"pod as told":          pod,
		"pod's label":          changed("/v1 Pod charmarr-core/radarr-0", `"labels":{`, `"labels":{"a":"b",`),
		"namespace for mesh":   changed("/v1 Namespace gluetun", `"labels":{`, `"labels":{"istio.io/dataplane-mode":"ambient",`),
		"replicas":             changed("apps/v1 StatefulSet charmarr-core/radarr", `"replicas":1`, `"replicas":2`),
		"network policy ports": changed("networking.k8s.io/v1 NetworkPolicy charmarr-downloads/qbittorrent-vpn-killswitch", `"port":53`, `"port":54`),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := c.Decide(b.Context(), v, req)
				require.NoError(b, err)
			}
		})
	}
}
