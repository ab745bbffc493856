package kube

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	protobufcodec "k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// server answers as an API server does, from objects that it holds. The real one
// is asked by the tests of module test/kube.
type server struct {
	t       *testing.T
	scheme  *runtime.Scheme
	objects []*unstructured.Unstructured
	// crds are the groups and versions that are installed, with their resources.
	crds map[string][]string
	// before, where given, may answer a request itself.
	before func(http.ResponseWriter, *http.Request) bool

	lock     sync.Mutex
	requests []*http.Request
	web      *httptest.Server
}

func newServer(t *testing.T, texts ...string) *server {
	t.Helper()
	s := &server{t: t, scheme: runtime.NewScheme(), crds: map[string][]string{
		"gateway.networking.k8s.io/v1":      {"gateways", "httproutes"},
		"gateway.networking.k8s.io/v1beta1": {"gateways", "httproutes"},
		"security.istio.io/v1":              {"authorizationpolicies"},
	}}
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, networkingv1.AddToScheme} {
		require.NoError(t, add(s.scheme))
	}
	for _, text := range texts {
		s.add(text)
	}
	s.web = httptest.NewServer(s)
	t.Cleanup(s.web.Close)
	return s
}

// add reads manifests into the server.
func (s *server) add(text string) {
	s.t.Helper()
	dec := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := dec.Decode(object); err != nil {
			require.EqualError(s.t, err, "EOF")
			return
		}
		if object.IsList() {
			require.NoError(s.t, object.EachListItem(func(item runtime.Object) error {
				s.objects = append(s.objects, item.(*unstructured.Unstructured))
				return nil
			}))
			continue
		}
		s.objects = append(s.objects, object)
	}
}

// ServeHTTP answers a request.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.lock.Lock()
	s.requests = append(s.requests, r)
	s.lock.Unlock()
	if s.before != nil && s.before(w, r) {
		return
	}
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/apis":
		s.json(w, s.groups())
		return
	case path[0] == "apis" && len(path) == 3:
		if resources, ok := s.crds[path[1]+"/"+path[2]]; ok {
			list := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: path[1] + "/" + path[2]}
			for _, name := range resources {
				list.APIResources = append(list.APIResources, metav1.APIResource{Name: name})
			}
			s.json(w, list)
			return
		}
	}
	group, version, rest := "", path[1], path[2:]
	if path[0] == "apis" {
		group, version, rest = path[1], path[2], path[3:]
	}
	var namespace, name string
	if rest[0] == "namespaces" && len(rest) > 2 {
		namespace, rest = rest[1], rest[2:]
	}
	if len(rest) > 1 {
		name = rest[1]
	}
	k := s.kind(group, version, rest[0])
	gv := schema.GroupVersion{Group: group, Version: version}
	if k == "" || !s.scheme.Recognizes(gv.WithKind(k)) && !slices.Contains(s.crds[gv.String()], rest[0]) {
		http.NotFound(w, r)
		return
	}
	s.find(w, r, gv.WithKind(k), rest[0], namespace, name)
}

func (s *server) groups() metav1.APIGroupList {
	list := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
	byName := map[string]int{}
	for _, gv := range sortedKeys(s.crds) {
		name, version, _ := strings.Cut(gv, "/")
		if _, ok := byName[name]; !ok {
			byName[name] = len(list.Groups)
			list.Groups = append(list.Groups, metav1.APIGroup{Name: name})
		}
		g := &list.Groups[byName[name]]
		g.Versions = append(g.Versions, metav1.GroupVersionForDiscovery{GroupVersion: gv, Version: version})
	}
	return list
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (s *server) kind(group, version, resource string) string {
	for _, k := range append(kinds(), namespaces()) {
		if k.group == group && k.resource == resource && (k.version == "" || k.version == version) {
			return k.kind
		}
	}
	return ""
}

// find answers with one object, or with a page of a list.
func (s *server) find(w http.ResponseWriter, r *http.Request, gvk schema.GroupVersionKind, resource, namespace, name string) {
	var found []runtime.Object
	for _, o := range s.objects {
		same := o.GroupVersionKind().GroupKind() == gvk.GroupKind()
		if !same || namespace != "" && o.GetNamespace() != namespace || name != "" && o.GetName() != name {
			continue
		}
		if want := r.URL.Query().Get("labelSelector"); want != "" {
			key, value, _ := strings.Cut(want, "=")
			if o.GetLabels()[key] != value {
				continue
			}
		}
		found = append(found, o)
	}
	if name != "" {
		if len(found) == 0 {
			s.status(w, apierrors.NewNotFound(schema.GroupResource{Group: gvk.Group, Resource: resource}, name))
			return
		}
		s.object(w, r, gvk, found[0].(*unstructured.Unstructured))
		return
	}
	from, err := strconv.Atoi("0" + r.URL.Query().Get("continue"))
	require.NoError(s.t, err)
	limit, err := strconv.Atoi("0" + r.URL.Query().Get("limit"))
	require.NoError(s.t, err)
	found = found[min(from, len(found)):]
	list := &unstructured.UnstructuredList{Object: map[string]any{"apiVersion": gvk.GroupVersion().String(), "kind": gvk.Kind + "List"}}
	list.SetResourceVersion("1")
	if limit > 0 && len(found) > limit {
		found = found[:limit]
		list.SetContinue(strconv.Itoa(from + limit))
	}
	for _, o := range found {
		list.Items = append(list.Items, *o.(*unstructured.Unstructured))
	}
	if !s.scheme.Recognizes(gvk) {
		s.json(w, list)
		return
	}
	typed, err := s.scheme.New(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
	require.NoError(s.t, err)
	s.typed(w, r, gvk.GroupVersion().WithKind(gvk.Kind+"List"), list, typed)
}

func (s *server) object(w http.ResponseWriter, r *http.Request, gvk schema.GroupVersionKind, object *unstructured.Unstructured) {
	typed, err := s.scheme.New(gvk)
	require.NoError(s.t, err)
	s.typed(w, r, gvk, object, typed)
}

// typed answers in protobuf, as an API server does for kinds of its own.
func (s *server) typed(w http.ResponseWriter, r *http.Request, gvk schema.GroupVersionKind, from any, into runtime.Object) {
	text, err := json.Marshal(from)
	require.NoError(s.t, err)
	require.NoError(s.t, json.Unmarshal(text, into))
	into.GetObjectKind().SetGroupVersionKind(gvk)
	if list, err := meta.ListAccessor(into); err == nil && list != nil && meta.IsListType(into) {
		require.NoError(s.t, meta.EachListItem(into, func(item runtime.Object) error {
			item.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{}) // as in a real list
			return nil
		}))
	}
	require.True(s.t, strings.HasPrefix(r.Header.Get("Accept"), protobuf))
	w.Header().Set("Content-Type", protobuf)
	require.NoError(s.t, protobufcodec.NewSerializer(s.scheme, s.scheme).Encode(into, w))
}

func (s *server) json(w http.ResponseWriter, value any) {
	text, err := json.Marshal(value)
	require.NoError(s.t, err)
	w.Header().Set("Content-Type", jsonText)
	_, _ = w.Write(text) // the client may be gone
}

// status answers with an error as an API server tells it.
func (s *server) status(w http.ResponseWriter, err *apierrors.StatusError) {
	status := err.Status()
	status.Kind, status.APIVersion = "Status", "v1"
	if status.Details != nil && status.Details.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(status.Details.RetryAfterSeconds)))
	}
	text, marshalled := json.Marshal(status)
	require.NoError(s.t, marshalled)
	w.Header().Set("Content-Type", jsonText)
	w.WriteHeader(int(status.Code))
	_, _ = w.Write(text) // the client may be gone
}

// asked returns the paths that were asked for.
func (s *server) asked() []string {
	s.lock.Lock()
	defer s.lock.Unlock()
	var paths []string
	for _, r := range s.requests {
		paths = append(paths, r.URL.Path)
	}
	return paths
}

// options are those of a reading of the server.
func (s *server) options() Options {
	return Options{Kubeconfig: []string{kubeconfig(s.t, s.web.URL)}}
}

// kubeconfig writes a kubeconfig with two contexts, the first of them current.
func kubeconfig(t *testing.T, address string) string {
	t.Helper()
	_, err := url.Parse(address)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: here
contexts:
- {name: here, context: {cluster: c, user: u}}
- {name: elsewhere, context: {cluster: d, user: u}}
clusters:
- {name: c, cluster: {server: %q}}
- {name: d, cluster: {server: "http://127.0.0.1:1"}}
users:
- {name: u, user: {token: canary-of-the-token}}
`, address)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// read reads with waits that are short between attempts.
func read(t *testing.T, o Options) snapshot.Snapshot {
	t.Helper()
	s, err := quick(o).Collect(t.Context())
	require.NoError(t, err)
	var recorded bytes.Buffer
	require.NoError(t, snapshot.Encode(&recorded, s), "it can be recorded")
	require.NotContains(t, recorded.String(), "canary")
	return s
}

func quick(o Options) *Collector {
	c := New(o)
	c.wait = 1
	return c
}
