package webhook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/webhook/proof"
)

// deployed reads a file of deploy/.
func deployed(t *testing.T, name string) []*syntax.Node {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", filepath.FromSlash(name)))
	require.NoError(t, err)
	var out []*syntax.Node
	require.Nil(t, syntax.Parse(string(text), func(d *syntax.Document) bool {
		require.Nil(t, d.Err)
		out = append(out, d.Root)
		return true
	}))
	return out
}

// TestRightsToWriteAreNamed holds what deploy/ lets the webhook write to objects of
// its own, by their names.
func TestRightsToWriteAreNamed(t *testing.T) {
	want := map[string][]string{ // what may be done to which object
		"charmarr-lint/secrets/charmarr-lint-webhook-own":    {"get", "update"},
		"/validatingwebhookconfigurations/charmarr-lint":     {"get", "update"},
		"/namespaces/" + proof.Namespace:                     {"patch"},
		proof.Namespace + "/networkpolicies/" + proof.Policy: {"patch"},
	}
	got, there := map[string][]string{}, map[string]bool{}
	for _, file := range []string{"self-signed/own.yaml", "fail-closed/proof.yaml"} {
		for _, object := range deployed(t, file) {
			metadata := object.Get("metadata")
			there[object.Get("kind").Text()+" "+metadata.Get("namespace").Text()+"/"+metadata.Get("name").Text()] = true
			for _, r := range object.Get("rules").List() {
				require.NotEmpty(t, r.Get("resourceNames").Texts(), file)
				for _, resource := range r.Get("resources").Texts() {
					for _, name := range r.Get("resourceNames").Texts() {
						got[metadata.Get("namespace").Text()+"/"+resource+"/"+name] = r.Get("verbs").Texts()
					}
				}
			}
		}
	}
	require.Equal(t, want, got)
	require.True(t, there["Secret charmarr-lint/charmarr-lint-webhook-own"])
	require.True(t, there["Namespace /"+proof.Namespace])
	require.True(t, there["NetworkPolicy "+proof.Namespace+"/"+proof.Policy])

	for _, file := range []string{"base/clusterrole.yaml", "base/account.yaml"} {
		for _, object := range deployed(t, file) {
			for _, r := range object.Get("rules").List() {
				require.Subset(t, []string{"get", "list", "watch"}, r.Get("verbs").Texts(), file)
				require.NotContains(t, r.Get("resources").Texts(), "secrets")
			}
		}
	}
	// Patches of the overlays are about arguments at their places.
	var arguments []string
	for _, object := range deployed(t, "base/deployment.yaml") {
		arguments = object.Get("spec").Get("template").Get("spec").Get("containers").List()[0].Get("args").Texts()
	}
	require.Equal(t, []string{"webhook", "--cert=/tls/tls.crt", "--key=/tls/tls.key"}, arguments[:3])
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "self-signed", "deployment.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(text), "value: --certificate-secret=charmarr-lint-webhook-own\n")
}

// TestKustomizationsAreWhole has each list the files that are beside it.
func TestKustomizationsAreWhole(t *testing.T) {
	for _, dir := range []string{"base", "cert-manager", "self-signed", "fail-closed", "reports"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "deploy", dir, "kustomization.yaml"))
		require.NoError(t, err)
		entries, err := os.ReadDir(filepath.Join("..", "..", "deploy", dir))
		require.NoError(t, err)
		for _, e := range entries {
			if e.Name() != "kustomization.yaml" {
				require.True(t, strings.Contains(string(text), "- "+e.Name()+"\n") || strings.Contains(string(text), "path: "+e.Name()+"\n"), "%s/%s", dir, e.Name())
			}
		}
	}
}
