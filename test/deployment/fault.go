package deployment

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// Form is a kind of file in which a deployment is shown.
type Form string

// The forms. Juju means status and bundle together: some facts (options,
// trust) stand in the bundle only.
const (
	Juju Form = "juju"
	Kube Form = "kube"
	// Both is what is visible only where both are shown: that they disagree.
	Both Form = "both"
)

// Subject is what a rule speaks about, in the words of the JSON report.
type Subject struct {
	Kind      string `json:"kind"`
	Model     string `json:"model"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// Expectation is one finding that a fault calls for.
type Expectation struct {
	Rule      string   `json:"rule"`
	Way       string   `json:"way"`
	Subject   Subject  `json:"subject"`
	VisibleIn []Form   `json:"visible_in"`
	Faults    []string `json:"faults"` // the faults that cause it
}

// Fault is one mistake that can be made in a clean deployment.
type Fault struct {
	Name  string
	Rule  string // the rule it is made for; Change tells the others it violates
	Way   string // which of the rule's ways, empty where it has one
	About string // what was done, one sentence
	// Needs are the applications that must be in the deployment.
	Needs []string
	// Broken says that the fault is part of the broken deployment.
	Broken bool
	// NeedsKube says that Juju's files show the mistake and do not suffice to find
	// it.
	NeedsKube bool
	// Change makes the mistake and tells what follows from it.
	Change func(d *Deployment) []Expectation
}

// Fits tells whether the fault can be made in the deployment.
func (f Fault) Fits(d *Deployment) error {
	for _, name := range f.Needs {
		if d.Model(d.Core).Application(name) == nil && d.Model(d.Downloads).Application(name) == nil {
			return fmt.Errorf("making fault %q: the deployment has no application %q; take a deployment that has it, such as Clean()", f.Name, name)
		}
	}
	return nil
}

// Apply returns a copy of the deployment with the named faults made in it, and
// what the rules must find.
func Apply(d *Deployment, names ...string) (*Deployment, []Expectation, error) {
	c := d.Clone()
	var all []Expectation
	faults := Faults()
	for _, name := range names {
		i := slices.IndexFunc(faults, func(f Fault) bool { return f.Name == name })
		if i < 0 {
			return nil, nil, fmt.Errorf("making fault %q: no such fault; Faults lists them", name)
		}
		if err := faults[i].Fits(c); err != nil {
			return nil, nil, err
		}
		for _, e := range faults[i].Change(c) {
			e.Faults = []string{name}
			all = append(all, e)
		}
	}
	return c, united(all), nil
}

// Broken returns the clean deployment with every fault that is marked Broken.
func Broken() (*Deployment, []Expectation, error) {
	var names []string
	for _, f := range Faults() {
		if f.Broken {
			names = append(names, f.Name)
		}
	}
	return Apply(Clean(), names...)
}

// united sorts expectations and joins those that are the same finding.
func united(all []Expectation) []Expectation {
	order := func(a, b Expectation) int {
		return cmp.Or(
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Way, b.Way), cmp.Compare(a.Subject.Model, b.Subject.Model),
			cmp.Compare(a.Subject.Kind, b.Subject.Kind), cmp.Compare(a.Subject.Name, b.Subject.Name),
		)
	}
	slices.SortStableFunc(all, order)
	one := []Expectation{}
	for _, e := range all {
		if n := len(one); n > 0 && order(one[n-1], e) == 0 {
			one[n-1].Faults = append(one[n-1].Faults, e.Faults...)
			one[n-1].VisibleIn = append(one[n-1].VisibleIn, e.VisibleIn...)
			continue
		}
		one = append(one, e)
	}
	for i := range one {
		slices.Sort(one[i].VisibleIn)
		one[i].VisibleIn = slices.Compact(one[i].VisibleIn)
		slices.Sort(one[i].Faults)
		one[i].Faults = slices.Compact(one[i].Faults)
	}
	return one
}

// encodeExpected writes expectations as they are kept in testdata.
func encodeExpected(all []Expectation) ([]byte, error) {
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the expected findings: %w", err)
	}
	return append(text, '\n'), nil
}

// Faults returns every fault, in the order in which they can be made together.
func Faults() []Fault {
	return slices.Concat(topologyFaults(), ingressFaults(), meshFaults(), gatewayMeshFaults(), relationFaults(), vpnFaults(), gatewayVPNFaults(), functionalFaults(),
		killFaults(), driftFaults(), doorFaults(), policyFaults(), operationFaults(), storageFaults(), securityFaults(), otherFaults())
}

// Sixteen lists the rules that carry the decision record. At least one fault
// is made for each.
func Sixteen() []string {
	return []string{
		"topology/core-service-in-core", "topology/download-client-in-downloads", "topology/no-vpn-in-core",
		"topology/only-downloads-in-downloads", "topology/gateway-own-namespace", "topology/model-matches-namespace",
		"ingress/gateway-only-in-core", "ingress/app-on-its-gateway",
		"mesh/core-enrolled", "mesh/download-client-enrolled", "mesh/gateway-not-enrolled", "mesh/no-model-on-mesh-at-gateway",
		"relation/offer-resolves", "relation/offer-direction", "relation/cross-model-peers",
		"vpn/client-behind-gateway",
	}
}

// The helpers below make expectations. The namespace of everything is its
// model.

func expect(rule, way, kind, model, name string, forms ...Form) Expectation {
	return Expectation{Rule: rule, Way: way, Subject: Subject{kind, model, model, name}, VisibleIn: forms}
}

func onApplication(rule, model, name string, forms ...Form) Expectation {
	return expect(rule, "", "application", model, name, forms...)
}
