package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// chart is deploy/chart with the versions and the image of a release.
func chart(deploy string, v version, digest string) ([]entry, error) {
	entries, err := folder(filepath.Join(deploy, "chart"))
	if err != nil {
		return nil, err
	}
	for _, c := range []struct{ name, line, with string }{
		{"Chart.yaml", "version: 0.0.0", "version: " + v.number},
		{"Chart.yaml", "appVersion: latest", "appVersion: " + v.tag},
		{"values.yaml", `  digest: ""`, "  digest: " + digest},
	} {
		if err := change(entries, c.name, c.line, c.with); err != nil {
			return nil, fmt.Errorf("making the chart: %w", err)
		}
	}
	return entries, nil
}

// manifests is what kustomize reads below deploy/, with the image of a release.
func manifests(deploy, digest string) ([]entry, error) {
	all, err := folder(deploy)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, e := range all {
		if !strings.HasPrefix(e.name, "chart/") && !strings.HasPrefix(e.name, "image/") {
			entries = append(entries, e)
		}
	}
	const kustomization = "base/kustomization.yaml"
	pinned := fmt.Sprintf("images:\n  - name: %s\n    digest: %s\nresources:", image, digest)
	if err := change(entries, kustomization, "resources:", pinned); err != nil {
		return nil, fmt.Errorf("making the manifests: %w", err)
	}
	return entries, nil
}

// render builds one folder of the manifests into one file.
func render(entries []entry, name, comment string) ([]byte, error) {
	tree := filesys.MakeFsInMemory()
	for _, e := range entries {
		if err := tree.WriteFile(filepath.Join("/", e.name), e.text); err != nil {
			return nil, err
		}
	}
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(tree, filepath.Join("/", name))
	if err != nil {
		return nil, fmt.Errorf("building deploy/%s: %w", name, err)
	}
	text, err := made.AsYaml()
	if err != nil {
		return nil, fmt.Errorf("writing deploy/%s: %w", name, err)
	}
	return append([]byte(comment), text...), nil
}

// readFile reads a file of the checkout.
func readFile(checkout, name string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(checkout, name))
	if err != nil {
		return nil, fmt.Errorf("reading the tag's checkout: %w", err)
	}
	return text, nil
}
