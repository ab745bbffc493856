package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"
)

// entry is one file of an archive.
type entry struct {
	name string
	mode int64
	text []byte
}

// archive packs files below a folder, by name, each as of one time and of nobody.
func archive(folder string, at time.Time, entries []entry) ([]byte, error) {
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
	var out bytes.Buffer
	packed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	files := tar.NewWriter(packed)
	for _, e := range entries {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: path.Join(folder, e.name), Mode: e.mode, Size: int64(len(e.text)),
			ModTime: at.UTC().Truncate(time.Second), Format: tar.FormatUSTAR,
		}
		if err := files.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("packing %s: %w", e.name, err)
		}
		if _, err := files.Write(e.text); err != nil {
			return nil, fmt.Errorf("packing %s: %w", e.name, err)
		}
	}
	if err := files.Close(); err != nil {
		return nil, err
	}
	if err := packed.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// folder reads all files below a folder, with names from there.
func folder(root string) ([]entry, error) {
	var entries []entry
	tree := os.DirFS(root)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		entries = append(entries, entry{name: name, mode: 0o644, text: text})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", root, err)
	}
	return entries, nil
}

// change replaces a line, which has to be there once.
func change(entries []entry, name, line, with string) error {
	i := slices.IndexFunc(entries, func(e entry) bool { return e.name == name })
	if i < 0 {
		return fmt.Errorf("there is no %s", name)
	}
	lines := bytes.SplitAfter(entries[i].text, []byte("\n"))
	found := 0
	for n := range lines {
		if string(lines[n]) == line+"\n" {
			lines[n] = []byte(with + "\n")
			found++
		}
	}
	if found != 1 {
		return fmt.Errorf("%s has the line %q %d times, and a release changes the one: tell tools/release what it is now", name, line, found)
	}
	entries[i].text = bytes.Join(lines, nil)
	return nil
}
