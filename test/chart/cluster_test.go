package chart

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
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
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
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

func upgrade(t *testing.T, h *action.Configuration, name, namespace, values, how string) {
	t.Helper()
	upgrade := action.NewUpgrade(h)
	upgrade.Namespace, upgrade.WaitStrategy, upgrade.ServerSideApply = namespace, kube.HookOnlyStrategy, how
	_, err := upgrade.RunWithContext(t.Context(), name, load(t), valuesOf(t, values))
	require.NoError(t, err)
}

// left lists all that is of a release or in its namespace, of every kind that there is.
func (c cluster) left(t *testing.T, name, namespace string) []string {
	t.Helper()
	lists, err := c.found.ServerPreferredResources()
	require.NoError(t, err)
	var out []string
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		require.NoError(t, err)
		for _, r := range list.APIResources {
			if !slices.Contains(r.Verbs, "list") {
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
	install(t, h, name, namespace, "")
	all, _, err := render(t, name, namespace, "")
	require.NoError(t, err)
	require.Len(t, slices.Collect(maps.Keys(all)), 13)
	for key, o := range all {
		_, err := c.of(t, o).Get(ctx, at(t, o, "metadata", "name").(string), metav1.GetOptions{})
		require.NoError(t, err, key)
	}
	c.takes(t, all)
	require.Len(t, c.left(t, name, namespace), len(all)+1, "and Helm's own record")

	registrations := c.of(t, all["ValidatingWebhookConfiguration /door-charmarr-lint"])
	policies := func() []string {
		r, err := registrations.Get(ctx, "door-charmarr-lint", metav1.GetOptions{})
		require.NoError(t, err)
		var out []string
		for i := range 3 {
			require.Equal(t, "QQ==", at(t, r.Object, "webhooks", i, "clientConfig", "caBundle"), "what cert-manager wrote stays")
			out = append(out, at(t, r.Object, "webhooks", i, "failurePolicy").(string))
		}
		return out
	}
	// As cert-manager does.
	r, err := registrations.Get(ctx, "door-charmarr-lint", metav1.GetOptions{})
	require.NoError(t, err)
	for i := range 3 {
		at(t, r.Object, "webhooks", i, "clientConfig").(map[string]any)["caBundle"] = "QQ=="
	}
	_, err = registrations.Update(ctx, r, metav1.UpdateOptions{FieldManager: "cert-manager"})
	require.NoError(t, err)
	require.Equal(t, []string{"Ignore", "Ignore", "Ignore"}, policies())
	for _, how := range []string{"true", "false"} {
		upgrade(t, h, name, namespace, "{registration: {failurePolicy: Fail}, metrics: {serviceMonitor: {enabled: true}}}", how)
		require.Equal(t, []string{"Fail", "Fail", "Ignore"}, policies(), how)
		upgrade(t, h, name, namespace, "{registration: {failurePolicy: Ignore}}", how)
		require.Equal(t, []string{"Ignore", "Ignore", "Ignore"}, policies(), how)
	}

	uninstall := action.NewUninstall(h)
	uninstall.WaitStrategy = kube.HookOnlyStrategy
	_, err = uninstall.Run(name)
	require.NoError(t, err)
	require.Empty(t, c.left(t, name, namespace))
}

// remove removes a Namespace, which no controller does here.
func (c cluster) remove(t *testing.T, namespace string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	spaces := c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	require.NoError(t, spaces.Delete(ctx, namespace, metav1.DeleteOptions{}))
	n, err := spaces.Get(ctx, namespace, metav1.GetOptions{})
	require.NoError(t, err)
	unstructured.RemoveNestedField(n.Object, "spec", "finalizers")
	_, err = spaces.Update(ctx, n, metav1.UpdateOptions{}, "finalize")
	require.NoError(t, err)
}
