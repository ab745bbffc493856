package controlplane

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	_ "github.com/openreports/reports-api/apis/openreports.io/v1alpha1" // its module has the CRDs
)

// InstallReports installs the CRDs of report objects: those of openreports.io from
// their own module, or those of wgpolicyk8s.io in version v1alpha2. These are what
// OpenReports came from; here they are made of its CRDs, by what differs. Wipe removes
// them.
func (c *ControlPlane) InstallReports(ctx context.Context, group string) error {
	dir, err := module(ctx, "github.com/openreports/reports-api")
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, "config", "crd", "*.yaml"))
	if err != nil {
		return err
	}
	before := len(c.applied)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if group == "wgpolicyk8s.io" {
			if text, err = policyReports(text); err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(file), err)
			}
		}
		if err := c.Apply(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
	}
	for _, ref := range c.applied[before:] {
		if err := eventually(ctx, func() error { return c.established(ctx, ref) }); err != nil {
			return fmt.Errorf("waiting for %s: %w", ref.name, err)
		}
	}
	return nil
}

// policyReports makes a CRD of wgpolicyk8s.io of its successor.
func policyReports(text []byte) ([]byte, error) {
	var crd map[string]any
	if err := yaml.Unmarshal(text, &crd); err != nil {
		return nil, err
	}
	names := map[string]any{"kind": "PolicyReport", "listKind": "PolicyReportList", "plural": "policyreports", "singular": "policyreport", "shortNames": []any{"polr"}}
	if scope, _, _ := unstructured.NestedString(crd, "spec", "scope"); scope == "Cluster" {
		names = map[string]any{"kind": "ClusterPolicyReport", "listKind": "ClusterPolicyReportList", "plural": "clusterpolicyreports", "singular": "clusterpolicyreport", "shortNames": []any{"cpolr"}}
	}
	versions, _, err := unstructured.NestedSlice(crd, "spec", "versions")
	if err != nil || len(versions) != 1 {
		return nil, fmt.Errorf("making a CRD of wgpolicyk8s.io: its successor has not one version: %w", err)
	}
	version, ok := versions[0].(map[string]any)
	if !ok {
		return nil, errors.New("making a CRD of wgpolicyk8s.io: the version of its successor is no object")
	}
	version["name"] = "v1alpha2"
	schema := []string{"schema", "openAPIV3Schema", "properties"}
	unstructured.RemoveNestedField(version, append(schema, "configuration")...)
	unstructured.RemoveNestedField(version, append(schema, "source")...)
	if err := unstructured.SetNestedStringSlice(version, []string{"high", "low", "medium"}, append(schema, "results", "items", "properties", "severity", "enum")...); err != nil {
		return nil, err
	}
	for _, set := range []struct {
		to   any
		path []string
	}{
		{fmt.Sprintf("%s.wgpolicyk8s.io", names["plural"]), []string{"metadata", "name"}},
		{"wgpolicyk8s.io", []string{"spec", "group"}}, {names, []string{"spec", "names"}}, {versions, []string{"spec", "versions"}},
	} {
		if err := unstructured.SetNestedField(crd, set.to, set.path...); err != nil {
			return nil, err
		}
	}
	return json.Marshal(crd)
}
