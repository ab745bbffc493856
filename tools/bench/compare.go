//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// comparedRules are the rules of tools/compare/policy.
var comparedRules = []string{
	"topology/core-service-in-core", "topology/download-client-in-downloads", "topology/gateway-own-namespace",
	"ingress/gateway-only-in-core", "mesh/download-client-enrolled", "mesh/gateway-not-enrolled",
	"vpn/client-behind-gateway",
}

// compareAll measures charmarr-lint, conftest and opa on the same manifests: as
// the YAML files that kubectl writes, and as one JSON list. opa reads one
// document, so it gets the list alone.
//
// What they find is compared as rule and namespace: charmarr-lint tells the ways
// to violate a rule apart, and the rules of the other two do not. The column
// counts these pairs, of all seven rules together. What conftest or opa finds and
// charmarr-lint does not is an error.
func compareAll(o options, w io.Writer) error {
	tools, err := filepath.Abs(o.compare)
	if err != nil {
		return fmt.Errorf("finding conftest and opa: %w", err)
	}
	policy, err := filepath.Abs("tools/compare/policy")
	if err != nil {
		return fmt.Errorf("finding the policy: %w", err)
	}
	conftest, opa := filepath.Join(tools, "conftest"), filepath.Join(tools, "opa")
	all := []string{o.bin, "check", "-q", "-f", "json"}
	seven := append([]string{}, all...)
	for _, r := range comparedRules {
		seven = append(seven, "--rule", r)
	}
	test := []string{conftest, "test", "--combine", "--no-color", "-o", "json", "-p", policy}
	contenders := []struct {
		name, input string
		args        []string
		found       func([]byte) ([]string, error)
	}{
		{"charmarr-lint, all rules", "files/kube", all, lintFound},
		{"charmarr-lint, seven rules", "files/kube", seven, lintFound},
		{"conftest, seven rules", "files/kube", test, conftestFound},
		{"charmarr-lint, all rules", "list.json", all, lintFound},
		{"charmarr-lint, seven rules", "list.json", seven, lintFound},
		{"conftest, seven rules", "list.json", test, conftestFound},
		{"opa eval, seven rules", "list.json", []string{opa, "eval", "-f", "raw", "-d", policy, "data.main.deny", "-i"}, opaFound},
	}
	fmt.Fprint(w, "| stacks | program | input | MB | CPU s | wall s | peak MiB | found | CPU against charmarr-lint |\n|--:|:--|:--|--:|--:|--:|--:|--:|--:|\n")
	for _, n := range o.stacks {
		e, err := makeEstate(o, n)
		if err != nil {
			return err
		}
		if err := e.writeList(); err != nil {
			return err
		}
		first, known := map[string]float64{}, map[string][]string{}
		for _, c := range contenders {
			u, err := median(o.runs, command{args: append(append([]string{}, c.args...), c.input), dir: e.dir, exits: []int{0, 1}})
			if err != nil {
				return err
			}
			found, err := c.found(u.stdout)
			if err != nil {
				return fmt.Errorf("reading what %s found: %w", c.name, err)
			}
			if _, ok := known[c.input]; !ok {
				known[c.input] = found
			}
			for _, pair := range found {
				if !slices.Contains(known[c.input], pair) {
					return fmt.Errorf("%s finds %s, and charmarr-lint does not", c.name, pair)
				}
			}
			bytes, err := sizeOf(filepath.Join(e.dir, c.input))
			if err != nil {
				return err
			}
			if first[c.input] == 0 {
				first[c.input] = u.cpu
			}
			fmt.Fprintf(w, "| %d | %s | %s | %.1f | %.3f | %.3f | %.0f | %d | %.1f× |\n", n, c.name, kindOf(c.input),
				float64(bytes)/1e6, u.cpu, u.wall, u.peak, len(found), u.cpu/first[c.input])
		}
	}
	return nil
}

func kindOf(input string) string {
	if strings.HasSuffix(input, ".json") {
		return "JSON"
	}
	return "YAML"
}

// writeList writes all manifests of the estate as one JSON list, as
// `kubectl get -o json` does.
func (e estate) writeList() error {
	name := filepath.Join(e.dir, "list.json")
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	items := []any{}
	err := filepath.WalkDir(filepath.Join(e.dir, "files", "kube"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for dec := yaml.NewDecoder(bytes.NewReader(text)); ; {
			var doc map[string]any
			if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			if list, ok := doc["items"].([]any); ok {
				items = append(items, list...)
			} else {
				items = append(items, doc)
			}
		}
	})
	if err != nil {
		return fmt.Errorf("reading the manifests: %w", err)
	}
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("writing the manifests as JSON: %w", err)
	}
	defer f.Close()
	buf := bufio.NewWriter(f)
	if err := json.NewEncoder(buf).Encode(map[string]any{"apiVersion": "v1", "kind": "List", "items": items}); err != nil {
		return fmt.Errorf("writing the manifests as JSON: %w", err)
	}
	return buf.Flush()
}

// lintFound reads the pairs of rule and namespace in a JSON report.
func lintFound(text []byte) ([]string, error) {
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, err
	}
	var pairs []string
	for _, f := range r.Findings {
		if slices.Contains(comparedRules, f.Rule) {
			pairs = append(pairs, f.Rule+" "+f.Subject.Namespace)
		}
	}
	return distinct(pairs), nil
}

// conftestFound reads conftest's JSON; a denial is "rule namespace/name".
func conftestFound(text []byte) ([]string, error) {
	var files []struct {
		Failures []struct {
			Msg string `json:"msg"`
		} `json:"failures"`
	}
	if err := json.Unmarshal(text, &files); err != nil {
		return nil, err
	}
	var pairs []string
	for _, file := range files {
		for _, f := range file.Failures {
			pairs = append(pairs, path.Dir(f.Msg))
		}
	}
	return distinct(pairs), nil
}

// opaFound reads the denials as opa prints them.
func opaFound(text []byte) ([]string, error) {
	var pairs []string
	if err := json.Unmarshal(text, &pairs); err != nil {
		return nil, err
	}
	for i, p := range pairs {
		pairs[i] = path.Dir(p)
	}
	return distinct(pairs), nil
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
