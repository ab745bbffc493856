package cli

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/collect/plan"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// rootsOf are the root modules of plans, as the configuration names them.
func rootsOf(roots []config.Root) []file.Root {
	var out []file.Root
	for _, r := range roots {
		out = append(out, file.Root(r))
	}
	return out
}

// variants are what becomes of a deployment by the plans that were read, beside
// what the other files say; none where there is no plan. Over a recorded snapshot of
// something live they are laid as over that itself.
func (c collected) variants() []lint.Variant {
	others := c.plans.Others
	if live, files, laid := others.Divided(); laid {
		c.plans.Others = files
		return c.over(live)
	}
	if slices.ContainsFunc(others.Sources, func(s snapshot.Source) bool { return s.Kind.Live() }) && len(c.plans.Plans) > 0 {
		c.plans.Others = snapshot.Snapshot{}
		return c.over(others)
	}
	var out []lint.Variant
	for _, group := range variantsOf(c.plans.Plans) {
		after, before := []snapshot.Snapshot{c.plans.Others}, []snapshot.Snapshot{c.plans.Others}
		for _, p := range group {
			after, before = append(after, p.After), append(before, p.Before)
		}
		today := snapshot.Merge(before...)
		out = append(out, lint.Variant{Name: group[0].Name, After: snapshot.Merge(after...), Before: &today, Inputs: inputs(group)})
	}
	return out
}

// over are the variants laid over what is live: what a plan takes away is gone.
func (c collected) over(live snapshot.Snapshot) []lint.Variant {
	var out []lint.Variant
	for _, group := range variantsOf(c.plans.Plans) {
		base, files := live, []snapshot.Snapshot{c.plans.Others}
		for _, p := range group {
			base, files = snapshot.Without(base, p.Before, p.After), append(files, p.After)
		}
		out = append(out, lint.Variant{
			Name: group[0].Name, After: snapshot.Over(base, snapshot.Merge(files...)), Before: &live, Inputs: inputs(group),
		})
	}
	if len(out) == 0 {
		out = append(out, lint.Variant{After: snapshot.Over(live, c.plans.Others), Before: &live})
	}
	return out
}

// variantsOf tells the plans of one deployment under other inputs, which manage
// the same, from those of its parts, which do not: the latter are judged together.
func variantsOf(plans []plan.Plan) [][]plan.Plan {
	seen := map[string]bool{}
	shared := false
	for _, p := range plans {
		for _, address := range p.Managed {
			shared = shared || seen[address]
		}
		for _, address := range p.Managed {
			seen[address] = true
		}
	}
	if !shared && len(plans) > 0 {
		return [][]plan.Plan{plans}
	}
	var out [][]plan.Plan
	for _, p := range plans {
		out = append(out, []plan.Plan{p})
	}
	return out
}

// inputs are the variables of plans; one that two have with other values is
// neither's.
func inputs(plans []plan.Plan) []finding.Input {
	var out []finding.Input
	several := map[string]bool{}
	for _, p := range plans {
		for _, v := range p.Variables {
			i := slices.IndexFunc(out, func(in finding.Input) bool { return in.Name == v.Name })
			if i < 0 {
				out = append(out, finding.Input(v))
			} else if out[i].Value != v.Value {
				several[v.Name] = true
			}
		}
	}
	return slices.DeleteFunc(out, func(in finding.Input) bool { return several[in.Name] })
}
