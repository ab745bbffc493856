package file_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: core\n"
	pod       = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: radarr-0\n"
	juju      = `{"model": {"name": "core"}, "applications": {"radarr": {"charm-name": "radarr-k8s"}}}`
	plain     = "bundle: kubernetes\napplications:\n  radarr:\n    charm: radarr-k8s\n"
)

// write makes files below a new directory and returns it.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
	return dir
}

func collect(t testing.TB, dir string, paths ...string) snapshot.Snapshot {
	t.Helper()
	s, err := file.Collector{Paths: paths, Dir: dir}.Collect(context.Background())
	require.NoError(t, err)
	return s
}

// told says what a snapshot holds, in short.
func told(s snapshot.Snapshot) string {
	var out []string
	for _, src := range s.Sources {
		out = append(out, "source "+string(src.Kind)+" "+src.Name)
	}
	for _, m := range s.Models {
		out = append(out, "model "+m.Name+m.Hint+" of "+s.Sources[m.At.Source()].Name)
	}
	for _, n := range s.Namespaces {
		out = append(out, "namespace "+n.Name+" of "+s.Sources[n.At.Source()].Name)
	}
	for _, p := range s.Pods {
		out = append(out, "pod "+p.Name+" of "+s.Sources[p.At.Source()].Name)
	}
	for _, g := range s.Gaps {
		data, _ := json.Marshal(g)
		out = append(out, "gap "+string(data))
	}
	for _, i := range s.Ignored {
		out = append(out, "ignored "+i.Name+": "+i.Reason)
	}
	return strings.Join(out, "\n")
}

func TestNamedFiles(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown kind":     {"a: b\n", `gap {"source":"x","line":1,"what":"reading the file","reason":"is of no known kind; known kinds are `},
		"empty":            {"", `"reason":"is empty; known kinds`},
		"binary":           {"\x7fELF\x04\x00", `"line":1,"what":"reading the file","reason":"the file is binary: it holds a NUL byte"`},
		"UTF-16":           {"\xff\xfea\x00", `"reason":"the text is encoded as UTF-16: save it as UTF-8"`},
		"broken":           {"a:\n  b: c\n d: e\n", `"line":3,"column":2,"what":"reading document 1","reason":"the YAML is broken: did not find expected key`},
		"template":         {"{{ if x }}\n" + pod + "{{ end }}\n", `"reason":"is a template that was not rendered: render it first`},
		"failed plan":      {`{"format_version":"1.2","errored":true}`, `"what":"reading the plan","reason":"making it failed, and what it says is not what would be applied`},
		"future plan":      {`{"format_version":"2.0","resource_changes":[]}`, `"reason":"it has format_version \"2.0\", and versions 0 and 1 are read`},
		"cut-off plan":     {`{"format_version":"1.2","terraform_version":"1.9","resource_changes":[{"address":"a`, `"reason":"the JSON is broken: the string that starts here does not end"`},
		"saved plan":       {"PK\x03\x04\x14\x00tfplan", "\"reason\":\"it is a ZIP archive: print a saved plan with `terraform show -json`, which is what is read\""},
		"state":            {`{"version":4,"terraform_version":"1.9","serial":1,"lineage":"x","resources":[]}`, `"reason":"is a state as Terraform stores it: print it with ` + "`terraform show -json`"},
		"duplicate key":    {pod + "kind: Service\n", `"line":5,"column":1,"what":"reading document 1","reason":"the key \"kind\" stands twice, first on line 2: remove one"`},
		"stranger":         {pod + "---\na: b\n", `"line":6,"what":"reading document 2","reason":"is of no known kind; known`},
		"old API version":  {"apiVersion: apps/v1beta1\nkind: StatefulSet\nmetadata: {name: x}\n", `"line":1,"column":13,"what":"reading the StatefulSet x","reason":"StatefulSet of apps/v1beta1 is not read, want apps/v1: convert it","evidence":["kube.workloads"]`},
		"wrong shape":      {`{"model":{"name":"x"},"applications":[1]}`, `"line":1,"column":38,"what":"reading document 1","reason":"applications is a list, want a mapping","evidence":["juju.applications","juju.relations","juju.offers","juju.status"]`},
		"newer snapshot":   {`{"schema":"charmarr-lint/snapshot/v9"}`, `"what":"reading the recorded snapshot","reason":"its schema is \"charmarr-lint/snapshot/v9\" and this version reads`},
		"cut-off snapshot": {`{"schema":"charmarr-lint/snapshot/v1","sources":[`, `"reason":"the file ends too early: it was cut off; record it again"`},
		"foreign snapshot": {`{"schema":"charmarr-lint/snapshot/v1","pods":[{"name":"x","at":[7,1,1,1],"spec":{"at":[0,0,0,0]}}]}`, `"reason":"the position [7 1 1 1] is not in one of its 0 sources"`},
		"too large":        {"# " + strings.Repeat("x", 65<<20), `"reason":"it has more than 64 MiB, which is the most that is read: give its parts; of a plan, one for each root module, or with -target"`},
		"overlay, broken":  {plain + "---\napplications:\n  a: b: c\n", `"line":7,"column":7,"what":"reading document 2","reason":"the YAML is broken: mapping values`},
	} {
		t.Run(name, func(t *testing.T) {
			s := collect(t, write(t, map[string]string{"x": c.text}), "x")
			require.NotEmpty(t, s.Gaps)
			require.Contains(t, told(s), c.want)
			require.Empty(t, s.Ignored)
		})
	}
}

// TestBrokenPlanTouchesEveryKind: what a plan would make of any kind may stand where
// it could not be read.
func TestBrokenPlanTouchesEveryKind(t *testing.T) {
	s := collect(t, write(t, map[string]string{"x": `{"format_version":"1.2","terraform_version":"1.9","resource_changes":1}`}), "x")
	require.NotEmpty(t, s.Gaps)
	for _, e := range snapshot.AllEvidence {
		if e == snapshot.JujuUnits || e == snapshot.JujuStatuses {
			continue // no plan has them
		}
		require.Truef(t, slices.ContainsFunc(s.Gaps, func(g snapshot.Gap) bool { return slices.Contains(g.Evidence, e) }), "no gap touches %s", e)
	}
}

func TestPaths(t *testing.T) {
	dir := write(t, map[string]string{"a/pod.yaml": pod, "a/ns.yaml": namespace, "b/status.json": juju})
	want := "source kubernetes-manifest a/pod.yaml\nsource kubernetes-manifest a/ns.yaml\n" +
		"namespace core of a/ns.yaml\npod radarr-0 of a/pod.yaml"
	require.Equal(t, want, told(collect(t, dir, "a/pod.yaml", "a", "a/pod.yaml", filepath.Join(dir, "a/ns.yaml"))))
	require.Contains(t, told(collect(t, filepath.Join(dir, "b"), "../a/pod.yaml")), "source kubernetes-manifest ../a/pod.yaml")

	for _, path := range []string{"none", "a/pod.yaml/x"} {
		got := collect(t, dir, path, "a/pod.yaml")
		require.Len(t, got.Gaps, 1)
		require.Equal(t, path, got.Gaps[0].Source)
		require.Contains(t, got.Gaps[0].Reason, "there is no such file or directory")
		require.Len(t, got.Pods, 1, "what else was named is read")
	}
	_, err := file.Collector{Paths: []string{"-", "-"}, Dir: dir}.Collect(context.Background())
	require.ErrorContains(t, err, "given twice")
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = file.Collector{Paths: []string{"a"}, Dir: dir}.Collect(cancelled)
	require.ErrorIs(t, err, context.Canceled)
}

func TestSnapshotWithSortedFields(t *testing.T) {
	var text strings.Builder
	require.NoError(t, snapshot.Encode(&text, snapshot.Snapshot{
		Sources:    []snapshot.Source{{Kind: snapshot.Manifest, Name: "a.yaml"}},
		Namespaces: []snapshot.Namespace{{Meta: snapshot.Meta{Name: "core"}}},
	}))
	sorted := `{"namespaces"` + strings.SplitAfter(text.String(), `"namespaces"`)[1]
	sorted = strings.TrimSuffix(strings.TrimSpace(sorted), "}") + "," + strings.TrimPrefix(strings.TrimSuffix(strings.Split(text.String(), `"namespaces"`)[0], ",\n"), "{") + "}"
	s := collect(t, write(t, map[string]string{"x": sorted}), "x")
	require.Empty(t, s.Gaps)
	require.Len(t, s.Namespaces, 1)
}

func TestQuotedManifestsAreNoFacts(t *testing.T) {
	quoted := "---\n" + pod + "---\napiVersion: v1\nkind: [\n"
	for name, text := range map[string]string{
		"guide.md":  "---\ntitle: x\n---\n# Guide\n**bold**: see\n```yaml\n" + pod + "```\n" + quoted,
		"notes.txt": "Do this: then that: or so\n" + quoted,
		"apply.sh":  "#!/bin/sh\nset -e\nkubectl apply -f - <<EOF\n" + quoted + "EOF\n",
		"main.go":   "// Package x\npackage x\n\nconst y = `\n" + quoted + "`\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := collect(t, write(t, map[string]string{"d/" + name: text}), "d")
			require.Empty(t, s.Gaps)
			require.Empty(t, s.Pods)
			require.Len(t, s.Ignored, 1)
		})
	}
	conflict := collect(t, write(t, map[string]string{"d/x.yaml": "<<<<<<< HEAD\n" + pod + "=======\n" + pod + ">>>>>>> b\n"}), "d")
	require.Len(t, conflict.Gaps, 1, "a merge conflict is a broken manifest")
}

func TestAFileCalledDashIsAFile(t *testing.T) {
	s := collect(t, write(t, map[string]string{"d/-": pod}), "d")
	require.Len(t, s.Pods, 1)
}

func TestNamedAndFoundIsNamed(t *testing.T) {
	dir := write(t, map[string]string{"a/x.yaml": "a: b\n"})
	require.Len(t, collect(t, dir, "a").Ignored, 1)
	require.Len(t, collect(t, dir, "a", "a/x.yaml").Gaps, 1)
}

func TestStandardInput(t *testing.T) {
	read := func(r io.Reader) snapshot.Snapshot {
		s, err := file.Collector{Paths: []string{"-"}, Stdin: r}.Collect(context.Background())
		require.NoError(t, err)
		return s
	}
	require.Equal(t, "source juju-bundle -\nmodel  of -", told(read(strings.NewReader(plain))))
	require.Contains(t, told(read(iotest.ErrReader(fs.ErrPermission))), "it may not be read: permission denied")
	require.Contains(t, told(read(io.MultiReader(strings.NewReader(strings.Repeat(pod, 200)), iotest.ErrReader(errors.New("torn"))))), `"reason":"torn"`)
	require.Contains(t, told(read(nil)), "is empty")
}

func TestLinks(t *testing.T) {
	dir := write(t, map[string]string{"a/pod.yaml": pod, "outside/ns.yaml": namespace})
	link := func(target, name string) { require.NoError(t, os.Symlink(target, filepath.Join(dir, name))) }
	link(".", "a/again")
	link("self", "a/self")
	link("gone", "a/nowhere")
	link("pod.yaml", "a/same.yaml")
	link("../outside", "a/other")
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "a/pipe"), 0o600))
	want := `source kubernetes-manifest a/other/ns.yaml
source kubernetes-manifest a/pod.yaml
namespace core of a/other/ns.yaml
pod radarr-0 of a/pod.yaml
gap {"source":"a/self","what":"following the symbolic link","reason":"it is a symbolic link that leads back to itself: remove it"}
ignored a/again: is a symbolic link to a directory that is read already
ignored a/nowhere: is a symbolic link to nothing
ignored a/pipe: is not a regular file`
	require.Equal(t, want, told(collect(t, dir, "a")))
	require.Contains(t, told(collect(t, dir, "a/self")), "leads back to itself")
}

func TestRecordedSnapshotIsReplayed(t *testing.T) {
	dir := write(t, map[string]string{"x/pod.yaml": pod, "x/status.json": juju, "x/broken.yaml": pod + " x", "x/readme.md": "hello"})
	before := collect(t, dir, "x")
	var text, packed bytes.Buffer
	require.NoError(t, snapshot.Encode(&text, before))
	w := gzip.NewWriter(&packed)
	_, err := w.Write(text.Bytes())
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plain"), text.Bytes(), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "packed"), packed.Bytes(), 0o600))
	for _, name := range []string{"plain", "packed"} {
		var again bytes.Buffer
		require.NoError(t, snapshot.Encode(&again, collect(t, dir, name)))
		require.Equal(t, text.String(), again.String(), name)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "damaged"), packed.Bytes()[:packed.Len()-9], 0o600))
	require.Contains(t, told(collect(t, dir, "damaged")), "reading the recorded snapshot")
}

func TestProgressCountsFiles(t *testing.T) {
	dir := write(t, map[string]string{"a": pod, "b": pod, "c": pod})
	var calls []int
	_, err := file.Collector{Paths: []string{"."}, Dir: dir, Progress: func(done, total int, name string) {
		require.Equal(t, 3, total)
		require.NotEmpty(t, name)
		calls = append(calls, done)
	}}.Collect(context.Background())
	require.NoError(t, err)
	require.Equal(t, []int{1, 2, 3}, calls)
}

func TestDirectory(t *testing.T) {
	dir := write(t, map[string]string{
		"b/status.txt":              juju,
		"a/objects.data":            namespace + "---\n" + pod,
		"a/vpn-bundle.yaml":         plain,
		"gluetun/bundle.yaml":       plain,
		".git/x.yaml":               pod,
		".terraform/x.yaml":         pod,
		".hidden/x.yaml":            pod,
		"chart/Chart.yaml":          "apiVersion: v2\nname: x\nversion: 1.0.0\n",
		"chart/templates/a.yaml":    "{{- if .Values.x }}\n" + pod + "{{- end }}\n",
		"chart/templates/b.yaml":    strings.Replace(pod, "radarr-0", "{{ .Release.Name }}", 1),
		"chart/templates/c.yaml":    strings.Replace(pod, "radarr-0", "'{{ .Release.Name }}-x'", 1),
		"chart/templates/d.yaml":    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec: {hostNetwork: {{ .Values.h }}}\n",
		"chart/templates/e.yaml":    strings.Replace(pod, "name: radarr-0", "name: radarr-0\n  labels: {a: '{{ .Values.a }}'}", 1),
		"package.json":              `{"name": "x", "version": "1.0.0", "endpoints": {}}`,
		"compose.yaml":              "services:\n  radarr:\n    image: radarr\n    depends_on: [x]\n",
		".github/workflows/ci.yaml": "on: push\njobs: {}\n",
		"main.tf":                   "resource \"juju_application\" \"x\" {}\n",
		"plan.json":                 `{"format_version": "1.2", "resource_changes": []}`,
		"tfplan":                    "PK\x03\x04\x00\x00",
		"image.png":                 "\x89PNG\r\n\x1a\n\x00",
		"charmcraft.yaml":           "name: radarr-k8s\ntype: charm\nrequires:\n  service-mesh: {interface: service_mesh}\n",
		"metadata.yaml":             "name: radarr-k8s\ncontainers: {}\n",
		"kustomization.yaml":        "resources: [a.yaml]\n",
		"notes.yaml":                "a: b\n b: c\n",
		"applications.yaml":         "applications:\n  - a\n  b: c\n",
		"broken/pod.yaml":           namespace + "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n bad: y\n---\n" + pod,
		"broken/status.json":        juju[:60],
		"broken/rules.yaml":         "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: 'up {{ $labels.instance }}'\nmetadata:\n  name: x\n bad: y\n",
		"crd.yaml":                  "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n",
		"secret.yaml":               "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {password: hunter2}\n",
		"empty.yaml":                "",
		"dashboards.yaml":           "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: '{{instance}}'}\n",
	})
	want := `source kubernetes-manifest a/objects.data
source juju-bundle a/vpn-bundle.yaml
source juju-status b/status.txt
source kubernetes-manifest broken/pod.yaml
source kubernetes-manifest crd.yaml
source kubernetes-manifest dashboards.yaml
source juju-bundle gluetun/bundle.yaml
source terraform-plan plan.json
source kubernetes-manifest secret.yaml
model vpn of a/vpn-bundle.yaml
model core of b/status.txt
model gluetun of gluetun/bundle.yaml
namespace core of a/objects.data
namespace core of broken/pod.yaml
pod radarr-0 of a/objects.data
pod radarr-0 of broken/pod.yaml
gap {"source":"broken/pod.yaml","line":10,"column":2,"what":"reading document 2","reason":"the YAML is broken: did not find expected key, while parsing a block mapping that starts on line 6","evidence":["kube.pods"]}
gap {"source":"broken/rules.yaml","line":7,"column":2,"what":"reading document 1","reason":"the YAML is broken: did not find expected key, while parsing a block mapping that starts on line 1","evidence":["kube.configmaps"]}
gap {"source":"broken/status.json","line":1,"column":57,"what":"reading document 1","reason":"the JSON is broken: the string that starts here does not end","evidence":["juju.applications","juju.relations","juju.offers","juju.status"]}
ignored applications.yaml: is of no known kind, and broken: line 3, column 3: the YAML is broken: did not find expected '-' indicator, while parsing a block collection that starts on line 2
ignored charmcraft.yaml: is of no known kind
ignored chart/Chart.yaml: is of no known kind
ignored chart/templates/a.yaml: is a template that was not rendered: render it first (helm template, …)
ignored chart/templates/b.yaml: is a template that was not rendered: render it first (helm template, …)
ignored chart/templates/c.yaml: is a template that was not rendered: render it first (helm template, …)
ignored chart/templates/d.yaml: is a template that was not rendered: render it first (helm template, …)
ignored chart/templates/e.yaml: is a template that was not rendered: render it first (helm template, …)
ignored compose.yaml: is of no known kind
ignored empty.yaml: is of no known kind
ignored image.png: is a binary file
ignored kustomization.yaml: is of no known kind
ignored main.tf: is of no known kind
ignored metadata.yaml: is of no known kind
ignored notes.yaml: is of no known kind
ignored package.json: is of no known kind
ignored tfplan: is a binary file`
	s := collect(t, dir, ".")
	require.Equal(t, want, told(s))
	var first, second bytes.Buffer
	require.NoError(t, snapshot.Encode(&first, s))
	require.NoError(t, snapshot.Encode(&second, collect(t, dir, ".")))
	require.Equal(t, first.String(), second.String())
	require.NotContains(t, first.String(), "hunter2")
}
