package deployment

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Many is a set of small stacks in one cluster, for measuring. Equal values
// give equal files.
type Many struct {
	Prefix string // stack names are PREFIX0001 and so on
	Stacks int
	Faulty float64 // share of stacks with one fault each, 0 to 1
	Seed   uint64  // which stacks and which faults
}

// ManyExpected is what must be found in one faulty stack.
type ManyExpected struct {
	Stack    string        `json:"stack"`
	Fault    string        `json:"fault"`
	Expected []Expectation `json:"expected"`
}

// Each makes one stack after the other. The fault of a stack is nil where it is
// clean.
func (m Many) Each(do func(name string, d *Deployment, fault *ManyExpected) error) error {
	random := rand.New(rand.NewPCG(m.Seed, 0))
	chosen := map[int]bool{}
	for _, i := range random.Perm(m.Stacks)[:int(math.Round(float64(m.Stacks)*m.Faulty))] {
		chosen[i] = true
	}
	var faults []Fault
	sixteen := map[string]bool{}
	for _, rule := range Sixteen() {
		sixteen[rule] = true
	}
	for _, f := range Faults() {
		if sixteen[f.Rule] && f.Fits(Lean("any", 0)) == nil {
			faults = append(faults, f)
		}
	}
	for i := range m.Stacks {
		name := fmt.Sprintf("%s%04d", m.Prefix, i+1)
		d := Lean(name, i)
		var wrong *ManyExpected
		if chosen[i] {
			f := faults[random.IntN(len(faults))]
			changed, expected, err := Apply(d, f.Name)
			if err != nil {
				return fmt.Errorf("making stack %q: %w", name, err)
			}
			d, wrong = changed, &ManyExpected{name, f.Name, expected}
		}
		if err := do(name, d, wrong); err != nil {
			return err
		}
	}
	return nil
}

// Write writes all stacks below a directory, and expected.json beside it (not
// in it: it is no part of what is checked). It returns the number of
// Kubernetes objects.
func (m Many) Write(dir string, forms ...Form) (int, error) {
	objects := 0
	all := []ManyExpected{}
	err := m.Each(func(_ string, d *Deployment, wrong *ManyExpected) error {
		objects += d.Objects()
		if wrong != nil {
			all = append(all, *wrong)
		}
		return d.Write(dir, forms...)
	})
	if err != nil {
		return 0, err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return 0, fmt.Errorf("writing the expected findings: %w", err)
	}
	path := filepath.Join(dir, "..", "expected.json")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, fmt.Errorf("making %q: %w", dir, err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return 0, fmt.Errorf("writing the expected findings: %w", err)
	}
	return objects, nil
}
