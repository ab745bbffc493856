package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/elf"
	order "encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// elfOf is the least that is a program for Linux, with program headers of some types.
func elfOf(t *testing.T, types ...elf.ProgType) []byte {
	t.Helper()
	var out bytes.Buffer
	header := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: uint16(len(types)),
	}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS], header.Ident[elf.EI_DATA], header.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)
	require.NoError(t, order.Write(&out, order.LittleEndian, header))
	for _, p := range types {
		require.NoError(t, order.Write(&out, order.LittleEndian, elf.Prog64{Type: uint32(p)}))
	}
	return out.Bytes()
}

// fake is an image for each of two platforms, as .ci/oci makes it.
type fake struct {
	platforms []string
	config    map[string]any
	labels    map[string]any
	base      tar.Header
	program   tar.Header
	more      []tar.Header // in the last layer
	text      []byte
}

func newFake(text []byte) *fake {
	labels := map[string]any{
		"org.opencontainers.image.source": source, "org.opencontainers.image.licenses": "AGPL-3.0-only",
		"org.opencontainers.image.version": "v1.2.3", "org.opencontainers.image.revision": commit,
	}
	return &fake{
		platforms: []string{"amd64", "arm64"},
		config:    map[string]any{"User": "65532:65532", "Entrypoint": []string{"/charmarr-lint"}, "Labels": labels},
		labels:    labels,
		base:      tar.Header{Name: "etc/passwd", Mode: 0o644, ModTime: at},
		program:   tar.Header{Name: "charmarr-lint", Mode: 0o755, ModTime: at},
		text:      text,
	}
}

func (f *fake) write(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	blobs := filepath.Join(root, "blobs", "sha256")
	require.NoError(t, os.MkdirAll(blobs, 0o755))
	put := func(text []byte) map[string]any {
		sum := fmt.Sprintf("%x", sha256.Sum256(text))
		require.NoError(t, os.WriteFile(filepath.Join(blobs, sum), text, 0o600))
		return map[string]any{"digest": "sha256:" + sum}
	}
	object := func(v any) []byte {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		return text
	}
	layer := func(headers ...tar.Header) map[string]any {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		w := tar.NewWriter(z)
		for _, h := range headers {
			h.Typeflag, h.Size = tar.TypeReg, int64(len(f.text))
			require.NoError(t, w.WriteHeader(&h))
			_, err := w.Write(f.text)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		require.NoError(t, z.Close())
		return put(out.Bytes())
	}
	var all []any
	for _, arch := range f.platforms {
		c := put(object(map[string]any{"created": at, "os": "linux", "architecture": arch, "config": f.config}))
		d := put(object(map[string]any{"config": c, "layers": []any{layer(f.base), layer(append([]tar.Header{f.program}, f.more...)...)}}))
		d["platform"] = map[string]any{"os": "linux", "architecture": arch}
		all = append(all, d)
	}
	top := put(object(map[string]any{"manifests": all}))
	require.NoError(t, os.WriteFile(filepath.Join(root, "index.json"), object(map[string]any{"manifests": []any{top}}), 0o600))
	return root
}

func TestImage(t *testing.T) {
	program := elfOf(t, elf.PT_LOAD)
	binaries := []binary{built("darwin", "arm64", nil), built("linux", "amd64", program), built("linux", "arm64", program)}
	got, err := checkImage(newFake(program).write(t), "v1.2.3", binaries)
	require.NoError(t, err)
	require.Regexp(t, "^sha256:[0-9a-f]{64}$", got)

	for _, c := range []struct {
		name  string
		spoil func(*fake)
		want  string
	}{
		{"root", func(f *fake) { f.config["User"] = "" }, `its user is ""`},
		{"another entrypoint", func(f *fake) { f.config["Entrypoint"] = []string{"/bin/sh", "-c"} }, "entrypoint"},
		{"arguments", func(f *fake) { f.config["Cmd"] = []string{"check"} }, "command"},
		{"another version", func(f *fake) { f.labels["org.opencontainers.image.version"] = "v1.2.2" }, "label version"},
		{"another commit", func(f *fake) { delete(f.labels, "org.opencontainers.image.revision") }, "label revision"},
		{"a shell", func(f *fake) { f.base.Name = "usr/bin/dash" }, "it has a shell: usr/bin/dash"},
		{"a program that others may change", func(f *fake) { f.program.Mode = 0o777 }, "of mode 777"},
		{"a program that runs as its owner", func(f *fake) { f.program.Mode = 0o4755 }, "of mode 4755"},
		{"a program of the user", func(f *fake) { f.program.Uid = 65532 }, "user 65532"},
		{"a program of now", func(f *fake) { f.program.ModTime = at.AddDate(0, 0, 1) }, "time 2027-01-03"},
		{"more than the program", func(f *fake) { f.more = []tar.Header{{Name: "src/go.mod"}} }, "has 2 files"},
		{"something else", func(f *fake) { f.program.Name = "other" }, "want /charmarr-lint alone"},
		{"other bytes", func(f *fake) { f.text = append([]byte{}, append(program, 0)...) }, "other bytes"},
		{"one platform", func(f *fake) { f.platforms = f.platforms[:1] }, "want [linux/amd64 linux/arm64]"},
		{"a platform that nothing was built for", func(f *fake) { f.platforms[1] = "s390x" }, "for linux/s390x, for which no program was built"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(program)
			c.spoil(f)
			_, err := checkImage(f.write(t), "v1.2.3", binaries)
			require.ErrorContains(t, err, c.want)
		})
	}

	t.Run("a program that needs a loader", func(t *testing.T) {
		dynamic := elfOf(t, elf.PT_INTERP)
		binaries := []binary{built("linux", "amd64", dynamic), built("linux", "arm64", dynamic)}
		_, err := checkImage(newFake(dynamic).write(t), "v1.2.3", binaries)
		require.ErrorContains(t, err, "not static")
	})
	t.Run("a blob that was changed", func(t *testing.T) {
		root := newFake(program).write(t)
		blobs, err := filepath.Glob(filepath.Join(root, "blobs", "sha256", "*"))
		require.NoError(t, err)
		for _, b := range blobs {
			require.NoError(t, os.WriteFile(b, []byte("{}"), 0o600))
		}
		_, err = checkImage(root, "v1.2.3", binaries)
		require.ErrorContains(t, err, "holds something else")
	})
	t.Run("no layout", func(t *testing.T) {
		_, err := checkImage(t.TempDir(), "v1.2.3", binaries)
		require.ErrorContains(t, err, "index.json")
	})
}
