package evaluate

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/evaluate/compiled"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// pkg is a Rego package with the files that define it.
type pkg struct {
	path  []string // rules, mesh, gateway_not_enrolled
	files []source
}

func (p pkg) name() string { return strings.Join(p.path, ".") }
func (p pkg) own() bool    { return p.files[0].own }

// collectRules finds the rules among the files and reads what each says of
// itself; ready are built-in packages of which that is known already. Built-in
// rules come first, then one's own, each in order of id: one's own are judged
// last, so that what they do to a shared cache reaches no other.
func collectRules(files []source, ready []compiled.About) ([]loaded, Errors) {
	builtin, own := packagesOf(files, false), packagesOf(files, true)

	var errs Errors
	taken := map[string]bool{} // what one's own packages must not define
	for _, p := range builtin {
		taken[territory(p.path)] = true
	}

	var rules []loaded
	shared := false              // a library reads parameters: any rule may do it for
	seen := map[rule.ID]string{} // by id, the file of its rule
	for _, about := range ready {
		taken[territory(about.Path)] = true
		if about.Path[0] == "lib" {
			shared = shared || about.Parameters
			continue
		}
		for _, id := range append([]rule.ID{about.Rule.ID}, about.Rule.Aliases...) {
			seen[id] = about.Rule.File
		}
		rules = append(rules, loadedFrom(about))
	}
	for _, p := range slices.Concat(builtin, own) {
		loc := p.files[0].module.Package.Location
		if p.own() && taken[territory(p.path)] {
			errs = append(errs, at(KindPackage, loc, "package %s is built in: one's own rules need packages of their own", p.name()))
			continue
		}
		switch {
		case p.path[0] == "lib" && len(p.path) > 1:
			shared = shared || p.readsParameters()
			continue
		case p.path[0] != "rules" || len(p.path) != 3:
			errs = append(errs, at(KindPackage, loc,
				"package %s is neither rules.<area>.<name> (a rule) nor lib.<topic> (what rules share)", p.name()))
			continue
		}
		about, ruleErrs := aboutRule(p)
		errs = append(errs, ruleErrs...)
		for _, id := range append([]rule.ID{about.Rule.ID}, about.Rule.Aliases...) {
			if other, ok := seen[id]; ok && id != "" {
				errs = append(errs, at(KindMetadata, loc, "rule id %q is taken by the rule in %s", id, other))
			}
			seen[id] = loc.File
		}
		rules = append(rules, loadedFrom(about))
	}
	for i := range rules {
		rules[i].Parameters = rules[i].Parameters || shared
	}
	slices.SortStableFunc(rules, func(a, b loaded) int {
		if a.Own != b.Own {
			if b.Own {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return rules, errs
}

// readsParameters tells whether a file of the package reads parameters.
func (p pkg) readsParameters() bool {
	return slices.ContainsFunc(p.files, func(f source) bool { return readsParameters(f.module) })
}

// readsParameters tells whether a module refers to data.parameters.
func readsParameters(m *ast.Module) bool {
	parameters := ast.DefaultRootRef.Append(ast.StringTerm("parameters"))
	found := false
	ast.WalkRefs(m, func(r ast.Ref) bool {
		found = found || r.HasPrefix(parameters)
		return found
	})
	return found
}

// territory is the part of a package path that belongs to its author alone: a
// whole library, or one rule.
func territory(path []string) string {
	n := 3
	if path[0] == "lib" {
		n = 2
	}
	return strings.Join(path[:min(n, len(path))], ".")
}

func packagesOf(files []source, own bool) []pkg {
	byName := map[string]pkg{}
	for _, f := range files {
		if f.own != own {
			continue
		}
		path := packagePath(f.module)
		name := strings.Join(path, ".")
		p := byName[name]
		p.path, p.files = path, append(p.files, f)
		byName[name] = p
	}
	out := make([]pkg, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}

// packagePath is the path of a module's package without "data".
func packagePath(m *ast.Module) []string {
	path := make([]string, 0, len(m.Package.Path)-1)
	for _, term := range m.Package.Path[1:] {
		s, _ := term.Value.(ast.String)
		path = append(path, string(s))
	}
	return path
}

// aboutRule reads METADATA and finds the rules violations and undecided of a
// package.
func aboutRule(p pkg) (compiled.About, Errors) {
	r, errs := readMetadata(p)
	r.Own, r.Package = p.own(), p.name()
	about := compiled.About{Path: p.path, Parameters: p.readsParameters()}

	var defined bool
	for _, f := range p.files {
		for _, def := range f.module.Rules {
			switch def.Head.Ref()[0].Value.String() {
			case "violations":
				errs = append(errs, checkLiteral(r, def, violationShape())...)
				if !defined {
					about.At = compiled.Place{File: def.Location.File, Row: def.Location.Row, Col: def.Location.Col}
				}
				defined = true
			case "undecided":
				errs = append(errs, checkLiteral(r, def, undecidedShape())...)
				about.Undecided = true
			}
		}
	}
	if !defined {
		errs = append(errs, at(KindMetadata, p.files[0].module.Package.Location,
			"package %s defines no violations: a rule says `violations contains v if { … }`", p.name()))
	}
	about.Rule = r
	return about, errs
}

// loadedFrom makes the queries of a rule.
func loadedFrom(about compiled.About) loaded {
	l := loaded{Rule: about.Rule, at: ast.NewLocation(nil, about.At.File, about.At.Row, about.At.Col)}
	l.Parameters = about.Parameters
	base := ast.DefaultRootRef.Copy()
	for _, s := range about.Path {
		base = base.Append(ast.StringTerm(s))
	}
	l.violations = newQuery(base.Append(ast.StringTerm("violations")))
	if about.Undecided {
		l.undecided = newQuery(base.Append(ast.StringTerm("undecided")))
	}
	return l
}
