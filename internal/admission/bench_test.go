//go:build unix

package admission

import (
	"bytes"
	"maps"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// BenchmarkDecide measures what a request costs, by what it changes: nothing that
// rules read, or something. It does so in a stack of about forty objects, and in
// one that has everything. Beside the time that has passed it tells the processor
// time, which says more on a machine that has other work.
func BenchmarkDecide(b *testing.B) {
	c := newCourt(b, config.Default())
	for _, stack := range []struct {
		name string
		*deployment.Deployment
		core, downloads, gateway string // namespaces
	}{
		{"lean", deployment.Lean("media", 0), "media-core", "media-downloads", "media-vpn"},
		{"clean", deployment.Clean(), "charmarr-core", "charmarr-downloads", "gluetun"},
	} {
		there := objects(b, stack.Deployment)
		v := c.view(b, there)
		changed := func(name, old, object string) Request {
			text := there[name]
			require.NotNil(b, text, "%s is none of %s", name, slices.Sorted(maps.Keys(there)))
			now := bytes.Replace(text, []byte(old), []byte(object), 1)
			require.NotEqual(b, string(text), string(now))
			return request(b, text, now)
		}
		radarr := "/v1 Pod " + stack.core + "/radarr-0"
		pod := request(b, nil, there["/v1 Pod "+stack.core+"/media-gateway-0"])
		for _, change := range []struct {
			name string
			req  Request
		}{
			{"other namespace", Request{Operation: Update, Version: "v1", Kind: "Pod", Namespace: "elsewhere", Name: "x", Object: pod.Object, Old: pod.Object}},
			{"nothing read", changed(radarr, `"uid":"`, `"uid":"0`)},
			{"pod as told", pod},
			{"pod's label", changed(radarr, `"labels":{`, `"labels":{"a":"b",`)},
			{"namespace for mesh", changed("/v1 Namespace "+stack.gateway, `"labels":{`, `"labels":{"istio.io/dataplane-mode":"ambient",`)},
			{"replicas", changed("apps/v1 StatefulSet "+stack.core+"/radarr", `"replicas":1`, `"replicas":2`)},
			{"network policy ports", changed("networking.k8s.io/v1 NetworkPolicy "+stack.downloads+"/qbittorrent-vpn-killswitch", `"port":53`, `"port":54`)},
		} {
			b.Run(stack.name+"/"+change.name, func(b *testing.B) {
				b.ReportAllocs()
				began := processorTime(b)
				for b.Loop() {
					_, err := c.Decide(b.Context(), v, change.req)
					require.NoError(b, err)
				}
				b.ReportMetric((processorTime(b)-began)*1e3/float64(b.N), "cpu-ms/op")
			})
		}
	}
}

// processorTime is what the process has used, in seconds.
func processorTime(b *testing.B) float64 {
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return float64(used.Utime.Sec+used.Stime.Sec) + float64(used.Utime.Usec+used.Stime.Usec)/1e6
}
