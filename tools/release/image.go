package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// layout is an OCI image layout: blobs by their digests, and an index.
type layout string

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Platform  struct {
		OS           string `json:"os"`
		Architecture string `json:"architecture"`
	} `json:"platform"`
}

type index struct {
	Manifests []descriptor `json:"manifests"`
}

type manifest struct {
	Config descriptor   `json:"config"`
	Layers []descriptor `json:"layers"`
}

type imageConfig struct {
	Created      time.Time `json:"created"`
	OS           string    `json:"os"`
	Architecture string    `json:"architecture"`
	Config       struct {
		User       string            `json:"User"`
		Entrypoint []string          `json:"Entrypoint"`
		Cmd        []string          `json:"Cmd"`
		Labels     map[string]string `json:"Labels"`
	} `json:"config"`
}

// blob reads what a digest stands for, and holds it to that.
func (l layout) blob(digest string) ([]byte, error) {
	sum, ok := strings.CutPrefix(digest, "sha256:")
	if !ok || sum != filepath.Base(sum) {
		return nil, fmt.Errorf("digest %q is not of sha256", digest)
	}
	text, err := os.ReadFile(filepath.Join(string(l), "blobs", "sha256", sum))
	if err != nil {
		return nil, err
	}
	if got := sha256.Sum256(text); hex.EncodeToString(got[:]) != sum {
		return nil, fmt.Errorf("blob %s holds something else", digest)
	}
	return text, nil
}

func (l layout) read(digest string, into any) error {
	text, err := l.blob(digest)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("reading blob %s: %w", digest, err)
	}
	return nil
}

// checkImage holds the one image of a layout to what deploy/image/Containerfile promises,
// for each platform that there is a Linux binary for, and returns its digest.
func checkImage(root, tag string, binaries []binary) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "index.json"))
	if err != nil {
		return "", err
	}
	var top, platforms index
	if err := json.Unmarshal(text, &top); err != nil {
		return "", fmt.Errorf("reading index.json: %w", err)
	}
	if len(top.Manifests) != 1 {
		return "", fmt.Errorf("there are %d images, want one that is for all platforms", len(top.Manifests))
	}
	l, digest := layout(root), top.Manifests[0].Digest
	if err := l.read(digest, &platforms); err != nil {
		return "", err
	}
	var want, got []string
	for _, b := range binaries {
		if b.os == "linux" {
			want = append(want, b.os+"/"+b.arch)
		}
	}
	for _, d := range platforms.Manifests {
		platform := d.Platform.OS + "/" + d.Platform.Architecture
		got = append(got, platform)
		i := slices.IndexFunc(binaries, func(b binary) bool { return b.os+"/"+b.arch == platform })
		if i < 0 {
			return "", fmt.Errorf("it is for %s, for which no program was built", platform)
		}
		if err := l.checkPlatform(d, tag, binaries[i]); err != nil {
			return "", fmt.Errorf("%s: %w", platform, err)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		return "", fmt.Errorf("it is for %v, want %v", got, want)
	}
	return digest, nil
}

func (l layout) checkPlatform(d descriptor, tag string, b binary) error {
	var m manifest
	if err := l.read(d.Digest, &m); err != nil {
		return err
	}
	var c imageConfig
	if err := l.read(m.Config.Digest, &c); err != nil {
		return err
	}
	at, err := b.committed()
	if err != nil {
		return err
	}
	labels := c.Config.Labels
	for _, f := range []struct{ what, got, want string }{
		{"platform", c.OS + "/" + c.Architecture, b.os + "/" + b.arch},
		{"user", c.Config.User, "65532:65532"},
		{"entrypoint", strings.Join(c.Config.Entrypoint, " "), "/" + program},
		{"command", strings.Join(c.Config.Cmd, " "), ""},
		{"time of creation", c.Created.UTC().String(), at.String()},
		{"label source", labels["org.opencontainers.image.source"], source},
		{"label licenses", labels["org.opencontainers.image.licenses"], "AGPL-3.0-only"},
		{"label version", labels["org.opencontainers.image.version"], tag},
		{"label revision", labels["org.opencontainers.image.revision"], b.setting("vcs.revision")},
	} {
		if f.got != f.want {
			return fmt.Errorf("its %s is %q, want %q", f.what, f.got, f.want)
		}
	}
	if len(m.Layers) == 0 {
		return errors.New("it has no layers")
	}
	for i, layer := range m.Layers {
		headers, texts, err := l.files(layer.Digest)
		if err != nil {
			return err
		}
		for _, h := range headers {
			if slices.Contains([]string{"sh", "bash", "dash", "ash", "busybox"}, path.Base(h.Name)) {
				return fmt.Errorf("it has a shell: %s", h.Name)
			}
		}
		if i < len(m.Layers)-1 {
			continue
		}
		if len(headers) != 1 || strings.TrimPrefix(path.Clean(headers[0].Name), "/") != program {
			return fmt.Errorf("its last layer has %d files, want /%s alone", len(headers), program)
		}
		h := headers[0]
		if h.Typeflag != tar.TypeReg || h.Mode&0o7777 != 0o755 || h.Uid != 0 || h.Gid != 0 || !h.ModTime.Equal(at) {
			return fmt.Errorf("its program is of mode %o, user %d, group %d and time %s, want 755, 0, 0 and %s", h.Mode, h.Uid, h.Gid, h.ModTime.UTC(), at)
		}
		if !bytes.Equal(texts[0], b.text) {
			return errors.New("its program has other bytes than the one that was built beside it: look at `go version -m` of both")
		}
	}
	return static(b.text)
}

// files reads a layer; folders are left out.
func (l layout) files(digest string) ([]*tar.Header, [][]byte, error) {
	text, err := l.blob(digest)
	if err != nil {
		return nil, nil, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, nil, fmt.Errorf("reading layer %s: %w", digest, err)
	}
	var headers []*tar.Header
	var texts [][]byte
	for files := tar.NewReader(unpacked); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return headers, texts, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("reading layer %s: %w", digest, err)
		}
		if h.Typeflag == tar.TypeDir {
			continue
		}
		text, err := io.ReadAll(files)
		if err != nil {
			return nil, nil, fmt.Errorf("reading %s of layer %s: %w", h.Name, digest, err)
		}
		headers, texts = append(headers, h), append(texts, text)
	}
}

// static demands that a program needs no other file to run.
func static(text []byte) error {
	e, err := elf.NewFile(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("reading its program: %w", err)
	}
	if slices.ContainsFunc(e.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return errors.New("its program is not static: build it with CGO_ENABLED=0")
	}
	return nil
}
