// Package plan reads the plans and states of Terraform and OpenTofu, as `terraform
// show -json` and `tofu show -json` print them.
//
// A plan says what will be there once it was applied: what changes, what stays,
// and what was found by data sources. That is one snapshot; what is there before
// is another (Plan.Before), so that a finding can be told from one that the plan
// brings. A state says what is there.
//
// Read are the resources of the provider juju and those of the providers
// kubernetes, kubectl and helm that make objects which package manifest reads.
//
// Values that are known after apply only are joined through the references of the
// plan's configuration: model_uuid = juju_model.core.uuid puts an application into
// the model of that block, through inputs and outputs of modules where need be.
// Where the .tf files are at hand (package module), they are evaluated, which
// resolves more. What neither tells is a gap that names the address; nothing is
// guessed.
//
// A plan holds secrets in the open. Of options of charms only those that rules
// read are kept, nothing that is marked as sensitive is, and no variable that is.
package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/plan/module"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Plan is what a plan says.
type Plan struct {
	// Name is the file's.
	Name string
	// After is what is there once it was applied, and Before what is there today.
	After, Before snapshot.Snapshot
	// Variables are those of the root module that are not sensitive and have a
	// simple value, in order of their names.
	Variables []Variable
	// Managed are the addresses of what the plan manages, in its order.
	Managed []string
}

// Variable is an input of the root module.
type Variable struct{ Name, Value string }

// Evidence returns what a plan carries in whole of a model that it fills.
func Evidence() []snapshot.Evidence {
	return []snapshot.Evidence{
		snapshot.JujuApplications, snapshot.JujuRelations, snapshot.JujuConfig, snapshot.JujuOffers,
	}
}

// Recognise tells whether a document is a plan or a state.
func Recognise(root *syntax.Node) bool {
	has := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return root.Lookup(k) != nil })
	}
	return has("format_version") && has("resource_changes", "planned_values", "values", "configuration", "errored", "prior_state")
}

// IsStored tells whether a document is a state as Terraform stores it, which is no
// interface and is not read.
func IsStored(root *syntax.Node) bool {
	return root.Lookup("terraform_version") != nil && root.Lookup("format_version") == nil &&
		(root.Lookup("lineage") != nil || root.Lookup("serial") != nil)
}

// IsState tells whether a document is a state and no plan.
func IsState(root *syntax.Node) bool {
	return root.Lookup("values") != nil && root.Lookup("resource_changes") == nil && root.Lookup("configuration") == nil
}

// Read reads a plan or a state. The modules are those that it was made from; nil
// where they are not at hand.
func Read(root *syntax.Node, name string, modules *module.Tree) Plan {
	p := Plan{Name: name}
	kind := snapshot.TerraformPlan
	if IsState(root) {
		kind = snapshot.TerraformState
	}
	if problem := refused(root); problem != "" {
		p.After = snapshot.Snapshot{
			Sources: []snapshot.Source{{Kind: kind, Name: name}},
			Gaps:    []snapshot.Gap{{Source: name, What: "reading the plan", Reason: problem}},
		}
		p.Before = snapshot.Snapshot{Sources: slices.Clone(p.After.Sources), Gaps: slices.Clone(p.After.Gaps)}
		return p
	}
	after := newReader(root, name, kind, modules)
	after.planned()
	p.After = after.snapshot()
	for _, r := range after.resources {
		if !r.data {
			p.Managed = append(p.Managed, r.address)
		}
	}
	if kind == snapshot.TerraformPlan {
		before := newReader(root, name, kind, nil)
		before.prior()
		p.Before = before.snapshot()
	}
	p.Variables = variables(root)
	return p
}

// Declares are the blocks of the root module that a plan was made from: resources,
// data sources and calls of modules.
func Declares(root *syntax.Node) []string {
	var out []string
	module := root.Lookup("configuration").Lookup("root_module")
	if list := module.Lookup("resources"); list.Kind() == syntax.List {
		for _, n := range list.List() {
			out = append(out, n.Lookup("address").Peek())
		}
	}
	if calls := module.Lookup("module_calls"); calls.Kind() == syntax.Map {
		for key := range calls.Entries() {
			out = append(out, "module."+key.Text())
		}
	}
	if module != nil {
		return out
	}
	stated(root.Lookup("values").Lookup("root_module"), func(r *resource) {
		if len(r.path) > 0 {
			out = append(out, "module."+r.path[0].name)
			return
		}
		out = append(out, r.base())
	}, 0)
	return out
}

// refused says why nothing can be read of a plan; empty where it can.
func refused(root *syntax.Node) string {
	version := root.Lookup("format_version").Peek()
	major, _, _ := strings.Cut(version, ".")
	switch {
	case isTrue(root.Lookup("errored")):
		return "making it failed, and what it says is not what would be applied: mend what `terraform plan` reports and make it again"
	case root.Lookup("format_version").Kind() != syntax.String:
		return "its format_version is no text; print it with `terraform show -json`"
	case !slices.Contains([]string{"0", "1"}, major):
		return fmt.Sprintf("it has format_version %q, and versions 0 and 1 are read: take an older Terraform, or a newer charmarr-lint", snapshot.RedactText(version))
	}
	return ""
}

// variables are the inputs that may be named in a report: what the configuration
// marks as sensitive, what looks secret and what is no simple value is left out.
func variables(root *syntax.Node) []Variable {
	var out []Variable
	declared := root.Lookup("configuration").Lookup("root_module").Lookup("variables")
	if declared == nil {
		return nil // it cannot be told which are sensitive
	}
	values := root.Get("variables")
	for key, v := range values.Entries() {
		about := declared.Lookup(key.Text())
		value := lookup(v, "value")
		if about == nil || isTrue(about.Lookup("sensitive")) || isTrue(about.Lookup("ephemeral")) {
			continue
		}
		switch value.Kind() {
		case syntax.Bool, syntax.Number, syntax.String:
		default:
			continue
		}
		text := value.Text()
		if snapshot.Redact(key.Text(), text) != text || len(text) > maxVariable {
			continue
		}
		out = append(out, Variable{Name: key.Text(), Value: text})
	}
	slices.SortFunc(out, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// maxVariable is the longest value that is named in a report.
const maxVariable = 60
