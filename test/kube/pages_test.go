package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// crowd makes a model with ConfigMaps, of which a page has a hundred, and
// returns what to change them with.
func crowd(t *testing.T, n int) corev1.ConfigMapInterface {
	t.Helper()
	client, err := kubernetes.NewForConfig(plane.Config)
	require.NoError(t, err)
	configMaps := client.CoreV1().ConfigMaps("crowd")
	t.Cleanup(func() {
		require.NoError(t, configMaps.DeleteCollection(context.Background(), metav1.DeleteOptions{}, metav1.ListOptions{}))
		require.NoError(t, plane.Wipe(context.Background()))
	})
	var text strings.Builder
	text.WriteString("{apiVersion: v1, kind: Namespace, metadata: {name: crowd, labels: {model.juju.is/name: crowd}}}\n")
	for i := range n {
		fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a%03d-gateway-settings, namespace: crowd}, data: {state: first}}\n", i)
	}
	require.NoError(t, plane.Apply(t.Context(), []byte(text.String())))
	return configMaps
}

// between calls something once, after the first page of the ConfigMaps.
func between(do func()) (func(http.ResponseWriter, *http.Request, http.Handler), *[]string) {
	var queries []string
	done := false
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == "/api/v1/namespaces/crowd/configmaps" {
			queries = append(queries, r.URL.RawQuery)
			if r.URL.Query().Get("continue") != "" && !done {
				done = true
				do()
			}
		}
		next.ServeHTTP(w, r)
	}, &queries
}

// change writes to ConfigMaps of every page: one is changed, one removed, one
// made.
func change(ctx context.Context, t *testing.T, configMaps corev1.ConfigMapInterface) {
	for _, i := range []int{50, 150, 220} {
		c, err := configMaps.Get(ctx, fmt.Sprintf("a%03d-gateway-settings", i), metav1.GetOptions{})
		require.NoError(t, err)
		c.Data["state"] = "second"
		_, err = configMaps.Update(ctx, c, metav1.UpdateOptions{})
		require.NoError(t, err)
		require.NoError(t, configMaps.Delete(ctx, fmt.Sprintf("a%03d-gateway-settings", i+1), metav1.DeleteOptions{}))
		c.Name, c.ResourceVersion, c.UID = fmt.Sprintf("a%03d-and-a-half-gateway-settings", i), "", ""
		_, err = configMaps.Create(ctx, c, metav1.CreateOptions{})
		require.NoError(t, err)
	}
}

// TestObjectsThatChangeBetweenPages: a list is of one state, the first page's.
func TestObjectsThatChangeBetweenPages(t *testing.T) {
	configMaps := crowd(t, 230)
	meddle, queries := between(func() { change(t.Context(), t, configMaps) })
	s := read(t, through(t, meddle))
	require.Empty(t, s.Gaps)
	require.Len(t, *queries, 3)
	require.Len(t, s.ConfigMaps, 230)
	for i, c := range s.ConfigMaps {
		require.Equal(t, fmt.Sprintf("a%03d-gateway-settings", i), c.Name)
		require.Equal(t, "first", c.Data[0].Value)
	}
	require.Contains(t, s.Coverage, snapshot.Coverage{Evidence: snapshot.KubeConfigMaps, Namespace: "crowd"})
}

// TestPagesThatExpire compacts etcd after the first page, so that the API server
// answers 410 Gone to the second: the list is begun anew.
func TestPagesThatExpire(t *testing.T) {
	configMaps := crowd(t, 230)
	meddle, queries := between(func() {
		change(t.Context(), t, configMaps)
		list, err := configMaps.List(t.Context(), metav1.ListOptions{Limit: 1})
		require.NoError(t, err)
		body, err := json.Marshal(map[string]any{"revision": list.ResourceVersion, "physical": true})
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, plane.EtcdURL()+"/v3/kv/compaction", bytes.NewReader(body))
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode)
	})
	s := read(t, through(t, meddle))
	require.Empty(t, s.Gaps)
	require.Len(t, *queries, 5, "a page, one that is gone, and three")
	require.Equal(t, (*queries)[0], (*queries)[2])
	require.Len(t, s.ConfigMaps, 230)
	state := map[string]string{}
	for _, c := range s.ConfigMaps {
		state[c.Name] = c.Data[0].Value
	}
	require.Len(t, state, 230, "none is there twice")
	require.Equal(t, "second", state["a050-gateway-settings"])
	require.Equal(t, "second", state["a050-and-a-half-gateway-settings"])
	require.NotContains(t, state, "a051-gateway-settings")
	require.Contains(t, s.Coverage, snapshot.Coverage{Evidence: snapshot.KubeConfigMaps, Namespace: "crowd"})
}
