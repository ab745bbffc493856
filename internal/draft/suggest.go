package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/topology"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

// charm is one that nobody gave a role.
type charm struct {
	name string
	// works says that it takes part in Charmarr's own relations, so that it
	// surely has a role.
	works bool
	how   []string // "provider of download-client"
	may   []string // the roles that fit all of these
}

// roles suggests roles for the charms that have none and take part in Charmarr's
// own relations, as far as those tell, and names the others. The suggestions are
// a part of the profile of one's own, right above.
func (d *draft) roles(f Found) {
	var told, guess, others []string
	for _, c := range unknownCharms(f.Result.Stacks) {
		switch {
		case !c.works:
			others = append(others, c.name)
		case len(c.may) == 1:
			guess = append(guess, fmt.Sprintf("      %s: %s # it is %s", scalar(c.name), c.may[0], strings.Join(c.how, " and ")))
		default:
			told = append(told, c.name+" ("+strings.Join(c.how, ", ")+"): one of "+strings.Join(orAll(c.may), ", "))
		}
	}
	if len(guess) > 0 {
		d.suggest("    roles:")
		for _, line := range guess {
			d.suggest("%s", plain.Line(line))
		}
	}
	for _, line := range told {
		d.explain("", "No rule judges charm %s; write it under roles: in that profile.", line)
	}
	if len(others) > 0 {
		d.explain("", "Charms without a role, which no rule judges: %s.", strings.Join(others, ", "))
	}
}

func orAll(roles []string) []string {
	if len(roles) == 0 {
		return topology.Roles()
	}
	return roles
}

// unknownCharms are the charms of the stacks that have no role, by name.
func unknownCharms(stacks []topology.Stack) []charm {
	byName := map[string]*charm{}
	for _, s := range stacks {
		for _, a := range s.Applications {
			if a.Role == "" && a.Charm != "" && byName[a.Charm] == nil {
				byName[a.Charm] = &charm{name: a.Charm}
			}
		}
		for _, r := range s.Relations {
			if !topology.OwnInterface(r.Interface) {
				continue
			}
			for side, end := range map[string]topology.RelationEnd{"provider": r.Provider, "requirer": r.Requirer} {
				c := byName[end.Charm]
				if c == nil || end.Role != "" {
					continue
				}
				if !r.SidesKnown {
					c.add("related on "+r.Interface, slices.Concat(topology.RolesOf(r.Interface, "provider"), topology.RolesOf(r.Interface, "requirer")))
					continue
				}
				c.add(side+" of "+r.Interface, topology.RolesOf(r.Interface, side))
			}
		}
	}
	var out []charm
	for _, c := range byName {
		slices.Sort(c.how)
		slices.Sort(c.may)
		c.may = slices.Compact(c.may)
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b charm) int { return cmp.Compare(a.name, b.name) })
	return out
}

// add narrows down the roles that a charm may have.
func (c *charm) add(how string, roles []string) {
	if slices.Contains(c.how, how) {
		return
	}
	if !c.works {
		c.may = slices.Clone(roles)
	} else {
		c.may = slices.DeleteFunc(c.may, func(r string) bool { return !slices.Contains(roles, r) })
	}
	c.works = true
	c.how = append(c.how, how)
}

// waivers suggests to accept what was found, one by one.
func (d *draft) waivers(f Found) {
	d.gap()
	if f.Expires == "" {
		d.say("Findings that are accepted for a reason, until a day. 'charmarr-lint explain'")
		d.say("writes the waiver of a finding; 'charmarr-lint init --waive-existing --expires")
		d.say("DATE' suggests one for each.")
		d.suggest("waivers:")
		d.suggest("  - rule: topology/gateway-own-namespace")
		d.suggest("    subject: application:gluetun")
		d.suggest("    reason: single node lab")
		d.suggest("    expires: 2027-01-31")
		return
	}
	d.say("What was found. To accept a finding take away its # and that of waivers, and say")
	d.say("why: without a reason the file does not load. Leave what is better mended.")
	seen := map[string]bool{}
	var refused []string
	for _, x := range f.Waive {
		w := config.Waiver{Rule: string(x.Rule), Subject: waiver.SubjectOf(x.Subject)}
		switch {
		case x.Verdict != finding.Violated, x.Rule.Area() == config.OwnArea, seen[w.Rule+" "+w.Subject]:
			continue
		case !waivable(f, x):
			refused = append(refused, w.Rule+" for "+w.Subject)
			continue
		}
		if len(seen) == 0 {
			d.suggest("waivers:")
		}
		seen[w.Rule+" "+w.Subject] = true
		d.explain("  ", "%s, %s: %s", x.Level, x.State, x.Message)
		d.suggest("  - rule: %s", scalar(w.Rule))
		d.suggest("    subject: %q", w.Subject)
		d.suggest(`    reason: ""`)
		d.suggest("    expires: %s", f.Expires)
	}
	for _, r := range refused {
		d.say("Nobody may waive %s: mend it.", r)
	}
	if len(seen) == 0 && len(refused) == 0 {
		d.say("Nothing was found.")
	}
}

func waivable(f Found, x finding.Finding) bool {
	for _, r := range f.Rules {
		if r.ID == x.Rule {
			return !r.NotWaivable
		}
	}
	return true
}

// Sources are the sources that name no model and the models they were taken for,
// each file once. One that was taken for several models' is left out, and so is
// standard input: neither can be named.
func Sources(placed []topology.Placed) []topology.SourceModel {
	var out []topology.SourceModel
	several := map[string]bool{}
	for _, p := range placed {
		i := slices.IndexFunc(out, func(s topology.SourceModel) bool { return s.Path == p.Source })
		switch {
		case i < 0:
			out = append(out, topology.SourceModel{Path: p.Source, Model: p.Model})
		case out[i].Model != p.Model:
			several[p.Source] = true
		}
	}
	out = slices.DeleteFunc(out, func(s topology.SourceModel) bool { return s.Path == "-" || several[s.Path] })
	slices.SortFunc(out, func(a, b topology.SourceModel) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// Unplaced are the files among sources that fit no model.
func Unplaced(sources []string) []string {
	out := slices.DeleteFunc(slices.Clone(sources), func(s string) bool { return s == "-" })
	slices.Sort(out)
	return slices.Compact(out)
}

// Escaped are sources whose paths are globs that match those paths alone.
func Escaped(in []topology.SourceModel) []topology.SourceModel {
	out := slices.Clone(in)
	for i := range out {
		out[i].Path = literalGlob(out[i].Path)
	}
	return out
}
