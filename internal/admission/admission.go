// Package admission decides about one request to change one Kubernetes object: may
// it pass, and what is to be said about it.
//
// The object is laid over a snapshot of the cluster, and the same rules are asked
// before and after. What counts is the difference: a request is refused for what
// it brings, never for what was wrong already, so that nobody is kept from mending
// one of two faults, or from changing something else beside a fault.
//
// Words: a Request is what the API server asks about. A View is the cluster as it
// was last seen, judged, with the age of what is known. What a request brings is
// a violation that was not there before, one that has become graver, or one that
// has grown: the facts of before, and more of the object that is changed. A fault of
// another object that only shows because the request mends one is not brought. A
// rule's mode (deny, warn, off) comes from the rule and the configuration, see
// rule.Admission; only an error is refused, and never on facts that are too old.
//
// The package is a pure function of a request and a view. It reads no cluster, and
// knows no HTTP.
package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Operation is what a request does to an object, as the API server calls it.
type Operation string

// The operations that are decided about.
const (
	Create Operation = "CREATE"
	Update Operation = "UPDATE"
	Delete Operation = "DELETE"
)

// Request is a request to change an object.
type Request struct {
	Operation Operation
	// Group, Version and Kind are the object's.
	Group, Version, Kind string
	// SubResource is what of the object is changed; empty is all of it.
	SubResource string
	// Resource is the name in paths of what is changed: statefulsets. A scale
	// says by it what is scaled.
	Resource string
	// Namespace and Name are the object's; a name that the API server makes is not
	// known yet.
	Namespace, Name string
	// Object is as it is to be, Old as it is, as JSON; empty where there is none.
	Object, Old string
}

// String names the object of the request.
func (r Request) String() string {
	if r.Namespace == "" || r.Kind == "Namespace" {
		return r.Kind + " " + r.Name
	}
	return r.Kind + " " + r.Namespace + "/" + r.Name
}

// View is the cluster as it was last seen. It is never changed.
type View struct {
	Standing *lint.Standing
	// Ages tell how old is what is known.
	Ages []Age
}

// Cluster is the source whose facts decide about requests: nothing is refused on
// old ones. Facts of others that are too old are not in the view.
const Cluster = "cluster"

// Age tells how old facts of one source are.
type Age struct {
	Of  string // Cluster, Juju
	Age time.Duration
	// Budget is the age at which the facts decide nothing any more.
	Budget time.Duration
}

// Old tells whether the facts are too old to decide on.
func (a Age) Old() bool { return a.Age > a.Budget }

// Outcome is what became of a violation, or of a rule, in a request.
type Outcome string

// The outcomes.
const (
	Denied  Outcome = "denied"  // the request is refused for it
	Warned  Outcome = "warned"  // the request brings it and passes
	Stands  Outcome = "stands"  // it was there before
	Unknown Outcome = "unknown" // the rule cannot be decided any more
)

// Verdict is what a rule has to say of a request.
type Verdict struct {
	Rule        rule.ID
	Outcome     Outcome
	Fingerprint string // empty where the rule is unknown
}

// Answer is what is decided about a request.
type Answer struct {
	Allowed bool
	// Message says why a request is refused.
	Message string
	// Warnings are for whoever sent the request.
	Warnings []string
	// Audit is for the API server's audit log.
	Audit map[string]string
	// Verdicts are in order of rules.
	Verdicts []Verdict
	// Asked says that rules were asked; without it, the request changes nothing
	// that any of them reads.
	Asked bool
}

// Decider decides about requests. It is safe for use by several goroutines.
type Decider struct {
	repeater *lint.Repeater
	rules    map[rule.ID]rule.Rule
	modes    map[rule.ID]rule.Admission
	waivable func(rule.Rule) bool // by annotation
}

// New returns a decider by the rules of a repeater, as a configuration has them.
func New(repeater *lint.Repeater, c config.Config) *Decider {
	d := &Decider{
		repeater: repeater, rules: map[rule.ID]rule.Rule{}, modes: map[rule.ID]rule.Admission{},
		waivable: func(r rule.Rule) bool { return !r.NotWaivable && c.AllowsAnnotation(r) },
	}
	for _, r := range repeater.Rules() {
		d.rules[r.ID], d.modes[r.ID] = r, c.Admission(r)
	}
	return d
}

// Denying are the rules for which requests are refused, in order of their ids.
func (d *Decider) Denying() []rule.ID {
	var out []rule.ID
	for id, mode := range d.modes {
		if mode == rule.Deny {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// Decide decides about a request. An error means that it could not be judged, for
// a reason that is not the request's: it is for the caller to let it pass.
func (d *Decider) Decide(ctx context.Context, v View, req Request) (Answer, error) {
	if !Concerned(req) || req.Kind != "Namespace" && !knows(v.Standing.Snapshot, req.Namespace) {
		return Answer{Allowed: true}, nil
	}
	if strings.HasPrefix(req.Object, "{") && req.Object == req.Old {
		return Answer{Allowed: true}, nil // charms write what is there, again and again
	}
	c, err := read(v.Standing.Snapshot, req)
	if err != nil {
		return pass(v, fmt.Sprintf("%s was not judged: %v", req, err)), nil
	}
	if snapshot.SameObjects(c.old, c.object) || req.Kind == "Namespace" && !c.ofModel(v.Standing.Snapshot) {
		return Answer{Allowed: true}, nil
	}
	before := v.Standing
	if !snapshot.Holds(before.Snapshot, c.old) {
		if before, err = d.judge(ctx, before, snapshot.Replace(before.Snapshot, c.old, c.old)); err != nil {
			return Answer{}, err
		}
	}
	laid := snapshot.Replace(before.Snapshot, c.old, c.object)
	laid.Coverage = slices.Concat(laid.Coverage, c.coverage(before.Snapshot))
	after, err := d.judge(ctx, before, laid)
	if err != nil {
		return Answer{}, err
	}
	return d.answer(v, req, c, compare(before.Report, after.Report, c)), nil
}

// judge judges a snapshot. A policy that fails while judging is unknown in the
// report and no error.
func (d *Decider) judge(ctx context.Context, before *lint.Standing, snap snapshot.Snapshot) (*lint.Standing, error) {
	after, err := d.repeater.Next(ctx, before, snap)
	if after == nil {
		return nil, fmt.Errorf("judging the request: %w", err)
	}
	return after, nil
}

// pass is the answer to a request that was not judged.
func pass(v View, why string) Answer {
	return Answer{Allowed: true, Warnings: []string{warning(why)}, Audit: audit(v, nil)}
}

// audit is what the audit log keeps.
func audit(v View, verdicts []Verdict) map[string]string {
	out := map[string]string{}
	for _, a := range v.Ages {
		out[strings.ToLower(a.Of)+"-age"] = a.Age.Round(time.Millisecond).String()
	}
	lists := map[Outcome][]string{}
	for _, x := range verdicts {
		text := string(x.Rule)
		if x.Fingerprint != "" {
			text += " " + x.Fingerprint
		}
		lists[x.Outcome] = append(lists[x.Outcome], text)
	}
	for outcome, list := range lists {
		if outcome != Stands {
			out[string(outcome)] = strings.Join(list, ", ")
		}
	}
	return out
}
