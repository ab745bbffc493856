package chart

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	pemlib "encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/cert-manager/cert-manager/pkg/apis/certmanager"          // its module has the CRDs
	_ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil" // its module has the CRDs
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/kube"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/audit"
	"github.com/charmarr/charmarr-lint/internal/webhook/own"
)

// definitions installs what cert-manager and Prometheus' operator define, from their own
// modules. It stays as long as the API server does, which takes ten seconds to let it go.
var definitions = sync.OnceValue(func() error {
	var paths []string
	for module, files := range map[string][]string{
		"github.com/cert-manager/cert-manager":               {"deploy/crds/cert-manager.io_issuers.yaml", "deploy/crds/cert-manager.io_certificates.yaml"},
		"github.com/prometheus-operator/prometheus-operator": {"example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml"},
	} {
		dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
		if err != nil {
			return fmt.Errorf("finding module %s: %w", module, err)
		}
		for _, file := range files {
			paths = append(paths, filepath.Join(strings.TrimSpace(string(dir)), file))
		}
	}
	_, err := envtest.InstallCRDs(plane.Config, envtest.CRDInstallOptions{Paths: paths, ErrorIfPathMissing: true, MaxTime: time.Minute})
	return err
})

// cluster is what a test asks the API server for.
type cluster struct {
	client dynamic.Interface
	mapper meta.RESTMapper
	found  discovery.DiscoveryInterface
}

func reach(t *testing.T) cluster {
	t.Helper()
	client, err := dynamic.NewForConfig(plane.Config)
	require.NoError(t, err)
	found, err := discovery.NewDiscoveryClientForConfig(plane.Config)
	require.NoError(t, err)
	return cluster{client, restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(found)), found}
}

// of is where an object is.
func (c cluster) of(t *testing.T, object map[string]any) dynamic.ResourceInterface {
	t.Helper()
	o := unstructured.Unstructured{Object: object}
	gvk := o.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	require.NoError(t, err)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return c.client.Resource(mapping.Resource).Namespace(o.GetNamespace())
	}
	return c.client.Resource(mapping.Resource)
}

// takes holds objects to what the API server takes when it is strict: no field that it
// does not know. Pods are held to the strictest of the Pod Security Standards.
func (c cluster) takes(t *testing.T, all objects) {
	t.Helper()
	for key, o := range all {
		text, err := (&unstructured.Unstructured{Object: o}).MarshalJSON()
		require.NoError(t, err)
		force := true
		_, err = c.of(t, o).Patch(t.Context(), at(t, o, "metadata", "name").(string), types.ApplyPatchType, text, metav1.PatchOptions{
			FieldManager: "test", Force: &force, DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict,
		})
		require.NoError(t, err, key)
		if o["kind"] != "Deployment" {
			continue
		}
		pod := map[string]any{
			"apiVersion": "v1", "kind": "Pod", "spec": at(t, o, "spec", "template", "spec"),
			"metadata": map[string]any{"name": "one", "namespace": at(t, o, "metadata", "namespace")},
		}
		made, err := c.of(t, pod).Create(t.Context(), &unstructured.Unstructured{Object: pod}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict})
		require.NoError(t, err, key)
		require.EqualValues(t, 2_000_000_000, at(t, made.Object, "spec", "priority"), "what it is evicted after")
	}
}

// TestManifestsAreTaken applies each folder of deploy/ that kustomize builds.
func TestManifestsAreTaken(t *testing.T) {
	require.NoError(t, definitions())
	var folders, components []string
	require.NoError(t, filepath.WalkDir(deploy, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "kustomization.yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		name := filepath.Base(filepath.Dir(path))
		if strings.Contains(string(text), "kind: Component\n") {
			components = append(components, name)
		} else {
			folders = append(folders, name)
		}
		return err
	}))
	require.Contains(t, folders, "self-signed")
	require.Contains(t, components, "fail-closed")
	c := reach(t)
	for _, name := range folders {
		t.Run(name, func(t *testing.T) {
			wipe(t)
			with := slices.Clone(components)
			if name == "base" {
				with = nil // which nobody asks
			}
			all, text := build(t, name, with...)
			require.NoError(t, plane.Apply(t.Context(), []byte(text)))
			c.takes(t, all)
		})
	}
	// What is in a folder is in its list.
	for _, name := range slices.Concat(folders, components) {
		list, err := os.ReadFile(filepath.Join(deploy, name, "kustomization.yaml"))
		require.NoError(t, err)
		files, err := os.ReadDir(filepath.Join(deploy, name))
		require.NoError(t, err)
		for _, f := range files {
			if f.Name() != "kustomization.yaml" {
				require.Contains(t, string(list), f.Name(), "%s/kustomization.yaml", name)
			}
		}
	}
}

// helm is Helm in a namespace.
func helm(t *testing.T, namespace string) *action.Configuration {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, clientcmd.WriteToFile(clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{"test": {Server: plane.Config.Host, CertificateAuthorityData: plane.Config.CAData}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{"test": {ClientCertificateData: plane.Config.CertData, ClientKeyData: plane.Config.KeyData}},
		Contexts:       map[string]*clientcmdapi.Context{"test": {Cluster: "test", AuthInfo: "test"}},
		CurrentContext: "test",
	}, path))
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig, flags.Namespace = &path, &namespace
	c := action.NewConfiguration(action.ConfigurationSetLogger(slog.DiscardHandler))
	require.NoError(t, c.Init(flags, namespace, "secrets"))
	return c
}

func install(t *testing.T, h *action.Configuration, name, namespace, values string) {
	t.Helper()
	install := action.NewInstall(h)
	install.ReleaseName, install.Namespace, install.CreateNamespace, install.WaitStrategy = name, namespace, true, kube.HookOnlyStrategy
	_, err := install.RunWithContext(t.Context(), load(t), valuesOf(t, values))
	require.NoError(t, err)
}

func upgrade(t *testing.T, h *action.Configuration, name, namespace, values, how string, force bool) error {
	t.Helper()
	upgrade := action.NewUpgrade(h)
	upgrade.Namespace, upgrade.WaitStrategy, upgrade.ServerSideApply, upgrade.ForceConflicts = namespace, kube.HookOnlyStrategy, how, force
	_, err := upgrade.RunWithContext(t.Context(), name, load(t), valuesOf(t, values))
	return err
}

// left lists all that is of a release or in its namespace, of every kind that there is
// but Events: the API server writes some by itself, about the address of a Service.
func (c cluster) left(t *testing.T, name, namespace string) []string {
	t.Helper()
	lists, err := c.found.ServerPreferredResources()
	require.NoError(t, err)
	var out []string
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		require.NoError(t, err)
		for _, r := range list.APIResources {
			if !slices.Contains(r.Verbs, "list") || r.Kind == "Event" {
				continue
			}
			all, err := c.client.Resource(version.WithResource(r.Name)).List(t.Context(), metav1.ListOptions{})
			require.NoError(t, err, r.Name)
			for _, o := range all.Items {
				if o.GetNamespace() == namespace || o.GetLabels()["app.kubernetes.io/instance"] == name || o.GetAnnotations()["meta.helm.sh/release-name"] == name {
					out = append(out, o.GetKind()+" "+o.GetName())
					require.Empty(t, o.GetFinalizers(), "%s %s", o.GetKind(), o.GetName())
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestRelease installs the chart, upgrades it in both ways that Helm knows, and
// uninstalls it: nothing is left but its Namespace, and nothing waits for anybody to let
// it go.
func TestRelease(t *testing.T) {
	require.NoError(t, definitions())
	const name, namespace = "door", "doors"
	ctx := context.WithoutCancel(t.Context())
	c := reach(t)
	t.Cleanup(func() {
		require.NoError(t, plane.Apply(ctx, []byte("{apiVersion: v1, kind: Namespace, metadata: {name: "+namespace+"}}")))
		c.remove(t, namespace)
	})
	h := helm(t, namespace)
	const values = "{registration: {failurePolicy: FailWhenProven}, audit: {interval: 5m}, metrics: {serviceMonitor: {enabled: %t}}}"
	install(t, h, name, namespace, fmt.Sprintf(values, false))
	all, _, err := render(t, name, namespace, fmt.Sprintf(values, false))
	require.NoError(t, err)
	require.Len(t, slices.Collect(maps.Keys(all)), 25)
	for key, o := range all {
		_, err := c.of(t, o).Get(ctx, at(t, o, "metadata", "name").(string), metav1.GetOptions{})
		require.NoError(t, err, key)
	}
	c.takes(t, all)
	require.Len(t, c.left(t, name, namespace), len(all)+1, "and Helm's own record")

	// A replica takes the Lease, with the rights of the release and no other.
	stopLeading := c.lead(t, namespace, "door-charmarr-lint-webhook")
	taken := c.holder(t, namespace)

	// The webhook writes what is its own, and an upgrade leaves it.
	mine := c.own(t, own.Names{Namespace: namespace, Secret: "door-charmarr-lint-webhook-own", Registration: "door-charmarr-lint"})
	secret, err := mine.ReadSecret(ctx)
	require.NoError(t, err)
	require.True(t, secret.Ours)
	require.NoError(t, mine.WriteSecret(ctx, secret, map[string][]byte{"tls.crt": []byte("a certificate")}))
	bundle := authority(t)
	_, _, err = mine.Register(ctx, func(e *own.Entry) {
		e.Bundle = bundle
		if e.Name != "others.charmarr-lint.io" {
			e.Policy = own.Fail
		}
	})
	require.NoError(t, err)
	policies := func(how string) []own.Policy {
		secret, err := mine.ReadSecret(ctx)
		require.NoError(t, err)
		require.Equal(t, map[string][]byte{"tls.crt": []byte("a certificate")}, secret.Data, how)
		require.True(t, secret.Ours, "%s: it is the webhook's to renew", how)
		entries, err := mine.Registered(ctx)
		require.NoError(t, err)
		var out []own.Policy
		for _, e := range entries {
			require.Equal(t, bundle, e.Bundle, how)
			out = append(out, e.Policy)
		}
		return out
	}
	closed, opened := []own.Policy{own.Fail, own.Fail, own.Ignore}, []own.Policy{own.Ignore, own.Ignore, own.Ignore}
	for _, how := range []string{"true", "false"} { // Helm 4 applies at the server, Helm 3 merges by itself
		require.NoError(t, upgrade(t, h, name, namespace, fmt.Sprintf(values, true), how, false))
		require.Equal(t, closed, policies(how))
		require.Equal(t, taken, c.holder(t, namespace), "who leads, and since when")
	}
	const open = "{registration: {failurePolicy: Ignore}}"
	require.ErrorContains(t, upgrade(t, h, name, namespace, open, "true", false), `conflicts with "charmarr-lint-webhook"`, "it is the webhook's word")
	require.NoError(t, upgrade(t, h, name, namespace, open, "true", true))
	c.finish(t, "charmarr-lint-proof")
	require.Equal(t, opened, policies("another choice"))
	require.NoError(t, upgrade(t, h, name, namespace, "{registration: {failurePolicy: Fail}}", "true", false))
	require.Equal(t, closed, policies("another choice"))
	require.NotContains(t, c.left(t, name, namespace), "Lease charmarr-lint", "without the audit there is none")
	require.NoError(t, upgrade(t, h, name, namespace, fmt.Sprintf(values, true), "true", false))
	require.NotEqual(t, taken, c.holder(t, namespace), "it is made anew, and taken")

	// Nobody answers, what touches privacy is refused, and it goes all the same.
	require.Eventually(t, func() bool {
		_, err := c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).Patch(ctx, "charmarr-lint-proof", types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`), metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil && strings.Contains(err.Error(), "failed calling webhook")
	}, 20*time.Second, 50*time.Millisecond)
	uninstall := action.NewUninstall(h)
	uninstall.WaitStrategy = kube.HookOnlyStrategy
	_, err = uninstall.Run(name)
	require.NoError(t, err)
	c.finish(t, "charmarr-lint-proof")
	require.Empty(t, c.left(t, name, namespace))
	time.Sleep(6 * time.Second) // it is renewed every five, as it is while a pod still ends
	stopLeading()
	require.Empty(t, c.left(t, name, namespace), "the Lease does not come back")
}

// lead runs the part of a replica that leads, logged in as a service account, until it
// is stopped.
func (c cluster) lead(t *testing.T, namespace, account string) (stop func()) {
	t.Helper()
	made, err := c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}).Namespace(namespace).Create(t.Context(),
		&unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": map[string]any{"name": account}, "spec": map[string]any{"expirationSeconds": 3600},
		}}, metav1.CreateOptions{}, "token")
	require.NoError(t, err)
	token, _ := at(t, made.Object, "status", "token").(string)
	login := &rest.Config{Host: plane.Config.Host, TLSClientConfig: rest.TLSClientConfig{CAData: plane.Config.CAData}, BearerToken: token}
	client, err := rest.HTTPClientFor(login)
	require.NoError(t, err)
	base, err := url.Parse(plane.Config.Host)
	require.NoError(t, err)
	auditor := audit.New(audit.Options{
		Server: apiserver.Client{Base: base, HTTP: client}, Interval: time.Minute, Namespace: namespace, Identity: "one", Log: io.Discard, Now: time.Now,
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		auditor.Run(ctx, func() (audit.Latest, bool) { return audit.Latest{}, false })
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	t.Cleanup(stop)
	return stop
}

// holder is who holds the Lease, and since when; it waits until somebody does.
func (c cluster) holder(t *testing.T, namespace string) string {
	t.Helper()
	var out string
	require.Eventually(t, func() bool {
		o, err := c.client.Resource(schema.GroupVersionResource{Group: "coordination.k8s.io", Version: "v1", Resource: "leases"}).Namespace(namespace).Get(t.Context(), "charmarr-lint", metav1.GetOptions{})
		if err != nil || at(t, o.Object, "spec", "holderIdentity") == nil {
			return false
		}
		out = fmt.Sprint(at(t, o.Object, "spec", "holderIdentity"), " ", at(t, o.Object, "spec", "acquireTime"))
		return true
	}, 30*time.Second, 50*time.Millisecond)
	return out
}

// authority is a certificate that signs nothing.
func authority(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	made := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, made, made, key.Public(), key)
	require.NoError(t, err)
	return pemlib.EncodeToMemory(&pemlib.Block{Type: "CERTIFICATE", Bytes: der})
}

// own is what the webhook changes of its own.
func (c cluster) own(t *testing.T, names own.Names) *own.Objects {
	t.Helper()
	client, err := rest.HTTPClientFor(plane.Config)
	require.NoError(t, err)
	base, err := url.Parse(plane.Config.Host)
	require.NoError(t, err)
	return own.New(apiserver.Client{Base: base, HTTP: client}, names)
}

// remove removes a Namespace.
func (c cluster) remove(t *testing.T, namespace string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	spaces := c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	require.NoError(t, spaces.Delete(ctx, namespace, metav1.DeleteOptions{}))
	c.finish(t, namespace)
}

// finish lets a Namespace go that was deleted, which no controller does here.
func (c cluster) finish(t *testing.T, namespace string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	spaces := c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	n, err := spaces.Get(ctx, namespace, metav1.GetOptions{})
	require.NoError(t, err)
	require.NotNil(t, n.GetDeletionTimestamp())
	unstructured.RemoveNestedField(n.Object, "spec", "finalizers")
	_, err = spaces.Update(ctx, n, metav1.UpdateOptions{}, "finalize")
	require.NoError(t, err)
}
