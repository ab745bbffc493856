// Command gen writes the files that follow from the code: the JSON schema of
// what rules see (policies/schemas/stack.json), the defaults from which tests of
// rules make it (policies/lib/testing), the compiled forms of the policies
// (policies/compiled), the pages of the rules (docs/rules), what a cluster must
// allow to be read (deploy/rbac.yaml, deploy/base/clusterrole.yaml) and written
// (deploy/reports), and how the webhook is registered (registration.yaml in
// deploy/cert-manager and deploy/self-signed), all of them for the chart, too
// (deploy/chart/templates). Run it after a change of package topology, of a policy, of
// the kinds that are read or of the registration:
//
//	go run ./tools/gen
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/audit"
	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/rule/ruledoc"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

func main() {
	root := flag.String("root", ".", "the root of the repository")
	flag.Parse()
	if err := run(context.Background(), *root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string) error {
	files, err := generate(ctx, root)
	if err != nil {
		return err
	}
	stale, err := staleFiles(root, files)
	if err != nil {
		return err
	}
	for _, name := range stale {
		if err := os.Remove(filepath.Join(root, name)); err != nil {
			return fmt.Errorf("removing what was generated from a policy that is no more: %w", err)
		}
	}
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("making a folder for %s: %w", name, err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

const (
	docs     = "docs/rules"
	compiled = "policies/compiled"
)

// generate returns the generated files by their path from the root.
func generate(ctx context.Context, root string) (map[string][]byte, error) {
	schema, err := evaluate.StackSchema()
	if err != nil {
		return nil, err
	}
	defaults, err := testDefaults()
	if err != nil {
		return nil, err
	}
	registration, err := chartRegistration()
	if err != nil {
		return nil, err
	}
	role, err := chartRole()
	if err != nil {
		return nil, err
	}
	reports, err := chartReports()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{
		"policies/schemas/stack.json":             schema,
		"policies/lib/testing/defaults_test.rego": defaults,
		"deploy/rbac.yaml":                        kube.Roles(),
		"deploy/base/clusterrole.yaml":            kube.WatchRole(),
		"deploy/cert-manager/registration.yaml":   webhook.Configuration(registered("charmarr-lint/charmarr-lint-webhook")),
		"deploy/self-signed/registration.yaml":    webhook.Configuration(registered("")),
		"deploy/reports/lease.yaml":               audit.Lease("charmarr-lint"),
		"deploy/reports/rbac.yaml":                audit.Roles("charmarr-lint", "charmarr-lint-webhook"),
		chartTemplates + "/registration.yaml":     registration,
		chartTemplates + "/clusterrole.yaml":      role,
		chartTemplates + "/reports.yaml":          reports,
	}

	catalogue, err := evaluate.NewCatalogue(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading the rules: %w", err)
	}
	for name, unit := range catalogue.Compiled {
		files["policies/"+name] = unit
	}
	var index bytes.Buffer
	if err := ruledoc.Index(&index, catalogue.Rules); err != nil {
		return nil, err
	}
	files[docs+"/README.md"] = index.Bytes()
	for _, r := range catalogue.Rules {
		page, err := pageOf(root, r)
		if err != nil {
			return nil, err
		}
		files[docs+"/"+ruledoc.Path(r.ID)] = page
	}
	return files, nil
}

// registered is how the manifests of deploy/ register the webhook: those of
// deploy/cert-manager name the Certificate from which cert-manager fills in whom to
// trust.
func registered(certManager string) webhook.Registration {
	return webhook.Registration{Name: "charmarr-lint", Namespace: "charmarr-lint", Service: "charmarr-lint-webhook", CertManager: certManager}
}

func pageOf(root string, r rule.Rule) ([]byte, error) {
	var page bytes.Buffer
	if err := ruledoc.Markdown(&page, r); err != nil {
		return nil, err
	}
	dir := filepath.ToSlash(filepath.Dir(r.File))
	examples, err := fixtures(root, dir)
	if err != nil {
		return nil, fmt.Errorf("listing the fixtures of rule %s: %w", r.ID, err)
	}
	if len(examples) > 0 {
		if err := ruledoc.Examples(&page, examples); err != nil {
			return nil, err
		}
	}
	return page.Bytes(), nil
}

// fixtures pairs the fixtures of a rule by name: dir/fail.yaml and
// dir/pass.yaml, or what is in the folders dir/fail and dir/pass.
func fixtures(root, dir string) ([]ruledoc.Example, error) {
	byName := map[string]ruledoc.Example{}
	for _, kind := range []string{"fail", "pass"} {
		for _, pattern := range []string{kind + ".*", kind + "/*"} {
			found, err := filepath.Glob(filepath.Join(root, dir, pattern))
			if err != nil {
				return nil, err
			}
			for _, path := range found {
				target, err := filepath.Rel(root, path)
				if err != nil {
					return nil, err
				}
				// What a fixture is expected to give is none itself.
				name, link := strings.TrimPrefix(filepath.Base(path), kind+"."), "../../../"+filepath.ToSlash(target)
				if name == "expected.json" {
					continue
				}
				example := byName[name]
				example.Name = name
				if kind == "fail" {
					example.Fail = link
				} else {
					example.Pass = link
				}
				byName[name] = example
			}
		}
	}
	examples := make([]ruledoc.Example, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		examples = append(examples, byName[name])
	}
	return examples, nil
}

// staleFiles lists pages that no rule has any more, and compiled forms of
// packages that are gone.
func staleFiles(root string, files map[string][]byte) ([]string, error) {
	var stale []string
	for _, kind := range []struct{ folder, suffix string }{{docs, ".md"}, {compiled, ".bin"}} {
		err := filepath.WalkDir(filepath.Join(root, kind.folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			if name = filepath.ToSlash(name); files[name] == nil && strings.HasSuffix(name, kind.suffix) {
				stale = append(stale, name)
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("looking for files whose policy is no more: %w", err)
		}
	}
	slices.Sort(stale)
	return stale, nil
}
