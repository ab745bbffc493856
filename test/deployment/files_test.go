package deployment

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// TestTestdataIsCurrent compares testdata with what would be written now.
// Rewrite it with: go run ./test/deployment/gen -testdata testdata
func TestTestdataIsCurrent(t *testing.T) {
	const dir = "../../testdata"
	want, err := Testdata()
	require.NoError(t, err)
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(string(text), string(got)), "testdata/%s is out of date: run the generator", name)
	}
	for _, folder := range GeneratedFolders() {
		err := fs.WalkDir(os.DirFS(dir), folder, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				require.Contains(t, want, name, "testdata/%s is not made by the generator: remove it", name)
			}
			return err
		})
		require.NoError(t, err)
	}
}

func TestOutputIsDeterministic(t *testing.T) {
	a, err := Testdata()
	require.NoError(t, err)
	b, err := Testdata()
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(a, b))
}

func TestFilesOfOneForm(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Clean().Write(dir, Kube))
	require.DirExists(t, filepath.Join(dir, "kube"))
	require.NoDirExists(t, filepath.Join(dir, "juju"))
}

func TestUnknownModelIsRefused(t *testing.T) {
	d := Clean()
	_, err := d.Status("nowhere", true)
	require.ErrorContains(t, err, `"nowhere"`)
	_, err = d.Bundle("nowhere")
	require.ErrorContains(t, err, `"nowhere"`)
	_, err = d.Manifests("nowhere")
	require.ErrorContains(t, err, `"nowhere"`)
}

func TestMany(t *testing.T) {
	m := Many{Prefix: "media", Stacks: 20, Faulty: 0.2, Seed: 7}
	collect := func() (names []string, wrong []ManyExpected, files map[string][]byte) {
		files = map[string][]byte{}
		require.NoError(t, m.Each(func(name string, d *Deployment, fault *ManyExpected) error {
			names = append(names, name)
			require.Equal(t, name+"-core", d.Core)
			if fault == nil {
				require.InDelta(t, 43, d.Objects(), 8)
			} else {
				wrong = append(wrong, *fault)
			}
			all, err := d.Files()
			maps.Copy(files, all)
			return err
		}))
		return names, wrong, files
	}
	names, wrong, files := collect()
	require.Len(t, names, 20)
	require.Equal(t, "media0001", names[0])
	require.Len(t, wrong, 4)
	for _, w := range wrong {
		require.NotEmpty(t, w.Expected)
	}
	_, wrongAgain, filesAgain := collect()
	require.Empty(t, cmp.Diff(wrong, wrongAgain))
	require.Empty(t, cmp.Diff(files, filesAgain))
}

func TestManyWritesBesideTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stacks")
	objects, err := Many{Prefix: "media", Stacks: 2, Faulty: 1, Seed: 1}.Write(dir, Juju)
	require.NoError(t, err)
	require.Positive(t, objects)
	require.FileExists(t, filepath.Join(dir, "..", "expected.json"))
	require.NoFileExists(t, filepath.Join(dir, "expected.json"))
	require.FileExists(t, filepath.Join(dir, "juju", "media0002-core.status.json"))
	require.NoDirExists(t, filepath.Join(dir, "kube"))
}
