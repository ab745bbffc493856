//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/test/deployment"
)

// form is a way to hand an estate over.
type form string

const (
	snapshotForm  form = "snapshot"  // one recorded snapshot
	filesForm     form = "files"     // manifests, statuses and bundles
	manifestsForm form = "manifests" // manifests alone
)

// estate is many stacks on disk: DIR/files with DIR/files/juju and
// DIR/files/kube, and what is wrong with them.
type estate struct {
	dir      string
	expected []deployment.ManyExpected
}

// makeEstate writes an estate, unless the folder has it already.
func makeEstate(o options, stacks int) (estate, error) {
	e := estate{dir: filepath.Join(o.dir, strconv.Itoa(stacks))}
	many := deployment.Many{Prefix: "media", Stacks: stacks, Faulty: max(o.faulty, 1/float64(stacks)), Seed: 1}
	err := many.Each(func(_ string, _ *deployment.Deployment, wrong *deployment.ManyExpected) error {
		if wrong != nil {
			e.expected = append(e.expected, *wrong)
		}
		return nil
	})
	if err != nil {
		return e, err
	}
	if _, err := os.Stat(filepath.Join(e.dir, "expected.json")); errors.Is(err, fs.ErrNotExist) {
		if _, err := many.Write(filepath.Join(e.dir, "files")); err != nil {
			return e, err
		}
	}
	return e, nil
}

// input returns the path, relative to the estate, of one form of it. The
// snapshot is recorded by the program itself.
func (e estate) input(bin string, f form) (string, error) {
	switch f {
	case manifestsForm:
		return "files/kube", nil
	case snapshotForm:
		name := "snapshot.json"
		if _, err := os.Stat(filepath.Join(e.dir, name)); err == nil {
			return name, nil
		}
		_, err := once(command{args: []string{bin, "snapshot", "-q", "-o", name, "files"}, dir: e.dir})
		return name, err
	}
	return "files", nil
}

// report is what the JSON report says of findings.
type report struct {
	Findings []struct {
		Rule    string             `json:"rule"`
		Way     string             `json:"way"`
		Level   string             `json:"level"`
		Subject deployment.Subject `json:"subject"`
	} `json:"findings"`
}

// verify demands that a report holds the planted faults that can be seen in a
// form, and nothing else, and returns the number of its findings. A fault that
// says no way may be found in any.
func (e estate) verify(text []byte, f form) (int, error) {
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return 0, fmt.Errorf("reading the report: %w", err)
	}
	left := map[string]bool{}
	for _, x := range r.Findings {
		left[key(x.Rule, x.Way, x.Subject)] = true
	}
	var missing []string
	for _, stack := range e.expected {
		for _, x := range stack.Expected {
			if f == manifestsForm && !slices.Contains(x.VisibleIn, deployment.Kube) {
				continue
			}
			found := false
			for k := range left {
				if k == key(x.Rule, x.Way, x.Subject) || x.Way == "" && strings.HasPrefix(k, key(x.Rule, "", x.Subject)) {
					found = true
					delete(left, k)
				}
			}
			if !found {
				missing = append(missing, key(x.Rule, x.Way, x.Subject)+" (fault "+stack.Fault+")")
			}
		}
	}
	maps.DeleteFunc(left, func(k string, _ bool) bool { return e.expects(k) })
	if len(missing)+len(left) > 0 {
		return 0, fmt.Errorf("the findings are not the planted faults: %d missing, %d not planted\nmissing:\n  %s\nnot planted:\n  %s",
			len(missing), len(left), strings.Join(missing, "\n  "), strings.Join(slices.Sorted(maps.Keys(left)), "\n  "))
	}
	return len(r.Findings), nil
}

// lacking are the rules that a lean stack breaks, for it is too small for them: it
// has no indexer, no backups and no volumes for settings.
var lacking = []string{"ops/backup-configured", "relation/required", "storage/config-volume"}

// expects tells of a finding that was not planted whether it is expected all the
// same: in every stack, or where a planted fault brings more than what it is about.
func (e estate) expects(key string) bool {
	rule, _, _ := strings.Cut(key, " ")
	return slices.Contains(lacking, rule) || slices.ContainsFunc(e.expected, func(x deployment.ManyExpected) bool {
		return strings.Contains(key, " "+x.Stack+"-")
	})
}

// key names a finding; that of one way starts with that of the rule and subject.
func key(rule, way string, s deployment.Subject) string {
	return fmt.Sprintf("%s %s %s/%s %s", rule, s.Kind, s.Model, s.Name, way)
}

// sizeOf returns the bytes of a file, or of all files below a folder.
func sizeOf(name string) (int64, error) {
	var total int64
	err := filepath.WalkDir(name, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("measuring the input: %w", err)
	}
	return total, nil
}
