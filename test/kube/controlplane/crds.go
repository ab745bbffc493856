package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	_ "istio.io/api/annotation"            // its module has the CRDs
	_ "sigs.k8s.io/gateway-api/pkg/consts" // its module has the CRDs
)

// InstallCRDs installs the CRDs of Gateway API and Istio from their own modules,
// unless they are installed. Wipe leaves them. Those of Gateway API are of the
// experimental channel: it alone serves TCPRoutes in the version that charms use.
func (c *ControlPlane) InstallCRDs(ctx context.Context) error {
	if len(c.crds) > 0 {
		return nil
	}
	gateway, err := module(ctx, "sigs.k8s.io/gateway-api")
	if err != nil {
		return err
	}
	istio, err := module(ctx, "istio.io/api")
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(gateway, "config", "crd", "experimental", "gateway.*.yaml"))
	if err != nil {
		return err
	}
	before := len(c.applied)
	defer func() { c.crds, c.applied = slices.Clone(c.applied[before:]), c.applied[:before] }()
	for _, file := range append(files, filepath.Join(istio, "kubernetes", "customresourcedefinitions.gen.yaml")) {
		if strings.Contains(file, "_vap_") {
			continue // a policy about upgrades, which are not tested here
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
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

// UninstallCRDs removes them, and with them what is of them.
func (c *ControlPlane) UninstallCRDs(ctx context.Context) error {
	refs := c.crds
	c.crds = nil
	return c.removeAll(ctx, refs)
}

func (c *ControlPlane) established(ctx context.Context, ref reference) error {
	crd, err := c.at(ref).Get(ctx, ref.name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	conditions, _, err := unstructured.NestedSlice(crd.Object, "status", "conditions")
	if err != nil {
		return err
	}
	for _, condition := range conditions {
		if about, ok := condition.(map[string]any); ok && about["type"] == "Established" && about["status"] == "True" {
			return nil
		}
	}
	return errors.New("it is not established")
}

// module returns the folder of a module of this module's own build list.
func module(ctx context.Context, path string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		return "", fmt.Errorf("finding module %s: %w", path, err)
	}
	return strings.TrimSpace(string(out)), nil
}
