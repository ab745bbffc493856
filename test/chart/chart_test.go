package chart

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart/common"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	releasev1 "helm.sh/helm/v4/pkg/release/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/charmarr/charmarr-lint/test/kube/controlplane"
)

const (
	deploy = "../../deploy"
	folder = deploy + "/chart"
	// release and namespace are what the manifests beside the chart are named by.
	release, namespace = "charmarr-lint", "charmarr-lint"
)

// plane is the API server of all tests; each leaves it as it was.
var plane *controlplane.ControlPlane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(m, func(c *controlplane.ControlPlane) { plane = c }))
}

func load(t *testing.T) *chartv2.Chart {
	t.Helper()
	c, err := loader.Load(folder)
	require.NoError(t, err)
	return c
}

// kubernetes is a version that the chart is for.
func kubernetes(t *testing.T) *common.KubeVersion {
	t.Helper()
	v, err := common.ParseKubeVersion("v1.30.0")
	require.NoError(t, err)
	return v
}

// valuesOf reads values as a user writes them.
func valuesOf(t *testing.T, text string) map[string]any {
	t.Helper()
	v, err := loader.LoadValues(strings.NewReader(text))
	require.NoError(t, err)
	return v
}

// render renders the chart as `helm template` does.
func render(t *testing.T, name, namespace, values string) (objects, *releasev1.Release, error) {
	t.Helper()
	install := action.NewInstall(action.NewConfiguration(action.ConfigurationSetLogger(slog.DiscardHandler)))
	install.ReleaseName, install.Namespace, install.DryRunStrategy = name, namespace, action.DryRunClient
	install.KubeVersion = kubernetes(t)
	made, err := install.RunWithContext(t.Context(), load(t), valuesOf(t, values))
	if err != nil {
		return nil, nil, err
	}
	r, ok := made.(*releasev1.Release)
	require.True(t, ok)
	return read(t, r.Manifest), r, nil
}

// mustRender renders values that are right.
func mustRender(t *testing.T, values string) objects {
	t.Helper()
	all, _, err := render(t, release, namespace, values)
	require.NoError(t, err)
	return all
}

// build builds a folder of deploy/ with components of deploy/, as `kubectl apply -k` does.
func build(t *testing.T, name string, components ...string) (objects, string) {
	t.Helper()
	own := t.TempDir()
	path := func(name string) string {
		full, err := filepath.Abs(filepath.Join(deploy, name))
		require.NoError(t, err)
		relative, err := filepath.Rel(own, full)
		require.NoError(t, err)
		return relative
	}
	text := "resources: [" + path(name) + "]\n"
	for i, c := range components {
		components[i] = path(c)
	}
	text += "components: [" + strings.Join(components, ", ") + "]\n"
	require.NoError(t, os.WriteFile(filepath.Join(own, "kustomization.yaml"), []byte(text), 0o600))
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), own)
	require.NoError(t, err)
	yaml, err := made.AsYaml()
	require.NoError(t, err)
	return read(t, string(yaml)), string(yaml)
}

// objects are by KIND NAMESPACE/NAME.
type objects map[string]map[string]any

// read reads objects from YAML. Two of the same name are an error.
func read(t *testing.T, text string) objects {
	t.Helper()
	out := objects{}
	documents := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var o unstructured.Unstructured
		err := documents.Decode(&o.Object)
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err, "%s", text)
		if len(o.Object) == 0 {
			continue
		}
		key := o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()
		require.NotContains(t, out, key)
		out[key] = o.Object
	}
}

// at returns what is at a path of an object, nil where nothing is. An item of a list is
// named by its number.
func at(t *testing.T, object map[string]any, path ...any) any {
	t.Helper()
	var now any = object
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := now.(map[string]any)
			if !ok {
				return nil
			}
			now = m[p]
		case int:
			l, ok := now.([]any)
			if !ok || p >= len(l) {
				return nil
			}
			now = l[p]
		}
	}
	return now
}

func wipe(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	t.Cleanup(func() { require.NoError(t, plane.Wipe(context.WithoutCancel(ctx))) })
}
