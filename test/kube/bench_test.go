package kube

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/charmarr/charmarr-lint/internal/collect/kube"
)

// benchPods is how many pods the benchmarks read, in a model of their own.
const benchPods = 10_000

// BenchmarkPods compares a reading with a bare list of the same pods:
//
//	.ci/kube -run '^$' -bench Pods -benchtime 5x .
//
// The reading may take two seconds more and have half as much memory again.
// Memory is the largest heap while it ran and the heap of what it returned.
func BenchmarkPods(b *testing.B) {
	client := manyPods(b)
	b.Run("list", func(b *testing.B) {
		measure(b, func() any {
			var all []corev1.Pod
			o := metav1.ListOptions{Limit: 500}
			for {
				page, err := client.CoreV1().Pods("many").List(b.Context(), o)
				require.NoError(b, err)
				all = append(all, page.Items...)
				if o.Continue = page.Continue; o.Continue == "" {
					require.Len(b, all, benchPods)
					return all
				}
			}
		})
	})
	b.Run("read", func(b *testing.B) {
		o := options(b, plane.Config)
		measure(b, func() any {
			s, err := kube.New(o).Collect(b.Context())
			require.NoError(b, err)
			require.Empty(b, s.Gaps)
			require.Len(b, s.Pods, benchPods)
			return s
		})
	})
}

// measure runs something and reports time and memory of a run.
func measure(b *testing.B, run func() any) {
	b.Helper()
	var peak, kept uint64
	for range b.N {
		b.StopTimer()
		runtime.GC()
		before := heap()
		done := make(chan struct{})
		var wait sync.WaitGroup
		wait.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(2 * time.Millisecond):
					if now := heap(); now > before {
						peak = max(peak, now-before)
					}
				}
			}
		})
		b.StartTimer()
		result := run()
		b.StopTimer()
		close(done)
		wait.Wait()
		runtime.GC()
		if now := heap(); now > before {
			kept = max(kept, now-before)
		}
		runtime.KeepAlive(result)
		b.StartTimer()
	}
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
	b.ReportMetric(float64(kept)/1e6, "kept-MB")
}

// heap returns how much the heap holds, garbage that was not swept included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// manyPods makes a model with pods of nine kilobytes, and returns a client that
// lists them as cheaply as client-go can.
func manyPods(b *testing.B) *kubernetes.Clientset {
	b.Helper()
	config := rest.CopyConfig(plane.Config)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = config.ContentType
	client, err := kubernetes.NewForConfig(config)
	require.NoError(b, err)
	b.Cleanup(func() {
		now := int64(0)
		for left := 5; ; left-- { // a busy API server gives up after a minute, with some of them deleted
			err := client.CoreV1().Pods("many").DeleteCollection(context.Background(), metav1.DeleteOptions{GracePeriodSeconds: &now}, metav1.ListOptions{})
			if err == nil {
				break
			}
			require.Positive(b, left, "deleting the pods: %v", err)
		}
		require.NoError(b, plane.Wipe(context.Background()))
	})
	require.NoError(b, plane.Apply(b.Context(), []byte(`{apiVersion: v1, kind: Namespace, metadata: {name: many, labels: {model.juju.is/name: many}}}`)))
	var wait sync.WaitGroup
	next := make(chan int)
	for range 16 {
		wait.Go(func() {
			for i := range next {
				_, err := client.CoreV1().Pods("many").Create(b.Context(), largePod(i), metav1.CreateOptions{})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range benchPods {
		next <- i
	}
	close(next)
	wait.Wait()
	return client
}

// largePod is a pod as the client of a VPN gateway has it in size: several
// containers with mounts and environment, annotations, and managed fields.
func largePod(i int) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Name: fmt.Sprintf("qbittorrent-%05d", i), Namespace: "many",
		Labels:      map[string]string{"app.kubernetes.io/name": "qbittorrent", "apps.kubernetes.io/pod-index": fmt.Sprint(i), "istio.io/dataplane-mode": "ambient"},
		Annotations: map[string]string{"model.juju.is/id": "5f4109fa-c7eb-4f9e-ae0e-ec4a58442b0b", "unit.juju.is/id": fmt.Sprintf("qbittorrent/%d", i), "note": strings.Repeat("text of an annotation ", 20)},
	}}
	for c := range 4 {
		container := corev1.Container{Name: fmt.Sprintf("container-%d", c), Image: "docker.io/linuxserver/qbittorrent:5.1.2"}
		for v := range 12 {
			container.Env = append(container.Env, corev1.EnvVar{Name: fmt.Sprintf("VARIABLE_%d_%d", c, v), Value: strings.Repeat("v", 20)})
		}
		for v := range 4 {
			name := fmt.Sprintf("volume-%d", v)
			container.VolumeMounts = append(container.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: "/data/" + name})
			if c == 0 {
				pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
			}
		}
		pod.Spec.Containers = append(pod.Spec.Containers, container)
	}
	return pod
}
