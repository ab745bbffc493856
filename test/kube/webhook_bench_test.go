package kube

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// spent is the processor time of this process.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// nothing answers that all may pass.
func nothing(b *testing.B) *door {
	b.Helper()
	d := &door{folder: b.TempDir(), address: freeAddress(b)}
	certify(b, d.folder, "nothing")
	server := &http.Server{Addr: d.address, ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Request struct{ UID string }
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":%q,"allowed":true}}`, in.Request.UID)
	})}
	go func() { _ = server.ListenAndServeTLS(d.folder+"/tls.crt", d.folder+"/tls.key") }()
	b.Cleanup(func() { _ = server.Close() })
	return d
}

// BenchmarkAdmission sends requests through the API server, to a webhook that does
// nothing and to this one: what changes nothing that rules read, what does, and
// what is refused.
func BenchmarkAdmission(b *testing.B) {
	deploy(b, "clean", true)
	for _, who := range []string{"nothing", "charmarr-lint"} {
		var d *door
		if who == "nothing" {
			d = nothing(b)
			d.client = d.listening(b)
			d.register(b, false)
		} else {
			d = open(b, plane.Config, nil)
		}
		time.Sleep(2 * time.Second) // the API server takes the registration in
		for _, x := range []struct {
			name  string
			patch func(i int) (resource, namespace, object, patch string)
		}{
			{"unread", func(i int) (string, string, string, string) {
				return "services", "charmarr-core", "radarr", fmt.Sprintf(`{"spec":{"sessionAffinityConfig":null,"internalTrafficPolicy":%q}}`, []string{"Cluster", "Local"}[i%2])
			}},
			{"a label", func(i int) (string, string, string, string) {
				return "pods", "charmarr-core", "radarr-0", fmt.Sprintf(`{"metadata":{"labels":{"a":"%d"}}}`, i)
			}},
			{"refused", func(int) (string, string, string, string) {
				return "namespaces", "", "gluetun", `{"metadata":{"labels":{"istio.io/dataplane-mode":"ambient"}}}`
			}},
		} {
			b.Run(who+"/"+x.name, func(b *testing.B) {
				var took []time.Duration
				runtime.GC()
				before, i := spent(b), 0
				for b.Loop() {
					i++
					resource, namespace, object, patch := x.patch(i)
					began := time.Now()
					_, err := d.of(resource, namespace).Patch(b.Context(), object, types.MergePatchType, []byte(patch), metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}})
					took = append(took, time.Since(began))
					if x.name != "refused" || who == "nothing" {
						require.NoError(b, err)
					} else {
						require.Error(b, err)
					}
				}
				slices.Sort(took)
				b.ReportMetric(float64(spent(b)-before)/float64(b.N)/1e6, "cpu-ms/op")
				b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
				b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
			})
		}
		if d.end != nil {
			d.end()
		}
	}
}
