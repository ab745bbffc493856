package admission

import (
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// difference is what a change makes of a report.
type difference struct {
	// brought are findings that were not there, that have become graver, or that
	// have grown.
	brought []finding.Finding
	// standing are findings about the object that were there before.
	standing []finding.Finding
	// unmasked are findings about something else that show now that another has
	// gone: the workload is mended, and its old pod is not.
	unmasked []finding.Finding
	// waivers are findings about waivers that the change brings: one that it writes and
	// that accepts nothing, say.
	waivers []finding.Finding
	// undecided are rules that were decided before and are not any more.
	undecided []rule.ID
}

// compare tells two reports apart. Both are in the order of reports.
func compare(before, after finding.Report, c change) difference {
	var d difference
	known := map[key]finding.Finding{}
	for _, f := range before.Findings {
		if old, ok := known[keyOf(f)]; !ok || f.Level.Rank() > old.Level.Rank() {
			known[keyOf(f)] = f
		}
	}
	gone := map[rule.ID]bool{}
	left := map[key]bool{}
	for _, f := range after.Findings {
		left[keyOf(f)] = true
	}
	for k := range known {
		if !left[k] && k.rule.Area() != config.OwnArea {
			gone[k.rule] = true
		}
	}
	for _, f := range after.Findings {
		if f.Verdict == finding.Waived {
			continue
		}
		old, was := known[keyOf(f)]
		switch {
		case f.Rule.Area() == config.OwnArea:
			if !was {
				d.waivers = append(d.waivers, f)
			}
		case !was && c.mends(gone, f.Rule) && !c.about(f):
			d.unmasked = append(d.unmasked, f)
		case !was, f.Level.Rank() > old.Level.Rank(), c.grown(old, f):
			d.brought = append(d.brought, f)
		case c.about(f):
			d.standing = append(d.standing, f)
		}
	}
	d.undecided = undecided(before, after)
	return d
}

// mends tells whether violations that have gone may have hidden one of a rule. A Service
// under a route that led nowhere mends the route, and makes what the route opens: there
// only the rule's own count.
func (c change) mends(gone map[rule.ID]bool, by rule.ID) bool {
	return gone[by] || c.request.Kind != "Service" && len(gone) > 0
}

// key is what makes a violation the same before and after. The name of a stack is
// not part of it, for a change may join stacks or rename one; nor does it matter
// whether a fault is put down to an application or to the workload that runs it,
// which Juju's labels decide.
type key struct {
	rule    rule.ID
	way     string
	subject finding.Subject
}

func keyOf(f finding.Finding) key {
	k := key{f.Rule, f.Way, f.Subject}
	if k.subject.Kind == "workload" {
		k.subject.Kind = "application"
	}
	if k.subject.Namespace == "" {
		k.subject.Namespace = k.subject.Model
	}
	k.subject.Model = ""
	return k
}

// grown tells whether a violation by the object itself has become a greater one:
// every fact of before is there, and more of the object. One fact in the place of
// another is none: a narrower range in the place of a wider is no growth. Facts
// about pods come and go with the pods.
func (c change) grown(old, f finding.Finding) bool {
	switch c.request.Kind {
	case "NetworkPolicy", "AuthorizationPolicy", "Ingress", "HTTPRoute", "Service", "ConfigMap":
	default:
		return false
	}
	if c.request.Operation != Update || len(f.Evidence) <= len(old.Evidence) {
		return false
	}
	has := func(list []finding.Evidence, e finding.Evidence) bool {
		return slices.ContainsFunc(list, func(x finding.Evidence) bool { return x.Fact == e.Fact && x.Object == e.Object })
	}
	for _, e := range old.Evidence {
		if !has(f.Evidence, e) {
			return false
		}
	}
	return slices.ContainsFunc(f.Evidence, func(e finding.Evidence) bool {
		return e.Object == c.request.String() && !has(old.Evidence, e)
	})
}

// about tells whether a finding names the object of the request, or the namespace
// that the request makes it in.
func (c change) about(f finding.Finding) bool {
	name, namespace := c.request.Name, c.request.Namespace
	if f.Subject.Kind == "namespace" && f.Subject.Name == namespace && c.request.Operation == Create {
		return true
	}
	if strings.EqualFold(f.Subject.Kind, c.request.Kind) && f.Subject.Name == name && (f.Subject.Namespace == namespace || c.request.Kind == "Namespace") {
		return true
	}
	return slices.ContainsFunc(f.Evidence, func(e finding.Evidence) bool { return e.Object == c.request.String() })
}

// undecided lists the rules that could judge a stack in whole before and cannot
// any more.
func undecided(before, after finding.Report) []rule.ID {
	var out []rule.ID
	for _, a := range after.Decided {
		at := slices.IndexFunc(before.Decided, func(b finding.Decided) bool { return b.Stack == a.Stack })
		if at < 0 {
			continue
		}
		for _, id := range before.Decided[at].Rules {
			if !slices.Contains(a.Rules, id) && !slices.Contains(out, id) && id.Area() != config.OwnArea {
				out = append(out, id)
			}
		}
	}
	slices.Sort(out)
	return out
}
