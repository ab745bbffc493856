// Package draft writes a first charmarr-lint.yaml from what was found.
//
// The draft says the least that a run needs to know: the profile, and which model
// the files speak of that name none. Everything else stands there as comments:
// what was found, and suggestions. A suggestion has no blank behind its #, and is
// configuration once the # is taken away. So a draft that nobody touches gives
// the findings of a run without it.
//
// The package reads no file, and no clock.
package draft

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Found is what a draft is written from.
type Found struct {
	Profile topology.Profile
	// Why says why this profile.
	Why    string
	Result topology.Result
	// Sources name the models of the files that name none, with paths as the
	// draft is to have them.
	Sources []topology.SourceModel
	// Unplaced are such files of which nothing tells the model.
	Unplaced []string
	// SourcesOff makes suggestions of them: they would not give the same.
	SourcesOff bool
	// Waive are findings to be suggested as waivers until Expires; none where
	// Expires is empty.
	Waive   []finding.Finding
	Rules   []rule.Rule
	Expires string
}

// Profile chooses the profile for what was found under the profile of three
// models, and says why.
func Profile(r topology.Result) (name, why string) {
	const three, single = "adr-006", "single-model"
	whole := func(s topology.Stack) bool {
		has := map[string]bool{}
		for _, a := range s.Applications {
			has[a.Group] = true
		}
		return has[topology.GroupContent] && has[topology.GroupDownload]
	}
	var inOne, inSeveral []string
	for _, s := range r.Stacks {
		names := make([]string, len(s.Models))
		for i, m := range s.Models {
			names[i] = m.Name
		}
		switch {
		case len(s.Models) > 1:
			inSeveral = append(inSeveral, strings.Join(names, ", "))
		case whole(s):
			inOne = append(inOne, names...)
		}
	}
	switch {
	case len(inSeveral) > 0 && len(inOne) > 0:
		return three, "deployments stand in several models (" + strings.Join(inSeveral, "; ") + "); those in one model (" +
			strings.Join(inOne, ", ") + ") want " + single + " and a configuration of their own"
	case len(inSeveral) > 0:
		return three, "the parts stand in models of their own: " + strings.Join(inSeveral, "; ")
	case len(inOne) > 0:
		return single, "services and download clients stand in one model: " + strings.Join(inOne, ", ")
	case len(r.Stacks) == 0:
		return three, "nothing was found that tells, and it is the default"
	}
	return three, "a part of a deployment was found, and it is the default"
}

// Write returns the draft.
func Write(f Found) string {
	d := &draft{}
	d.head(f)
	d.found(f)
	d.profile(f)
	d.sources(f)
	d.rules()
	d.waivers(f)
	return d.String()
}

type draft struct{ strings.Builder }

// say writes a comment as it is, and explain one that is wrapped.
func (d *draft) say(format string, args ...any) {
	d.WriteString("# " + plain.Line(fmt.Sprintf(format, args...)) + "\n")
}

func (d *draft) explain(indent, format string, args ...any) {
	const width = 90
	line := indent + "#"
	for word := range strings.FieldsSeq(plain.Sentence(fmt.Sprintf(format, args...))) {
		if len(line)+1+len(word) > width && line != indent+"#" {
			d.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	d.WriteString(line + "\n")
}

// set writes a line of configuration.
func (d *draft) set(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// suggest writes a line of configuration that does nothing as long as its # is
// there. The # stands behind the indentation, so that nothing moves without it.
func (d *draft) suggest(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	bare := strings.TrimLeft(line, " ")
	d.WriteString(line[:len(line)-len(bare)] + "#" + bare + "\n")
}

func (d *draft) gap() { d.WriteByte('\n') }

func (d *draft) head(f Found) {
	d.say("Configuration of charmarr-lint, as 'charmarr-lint init' found things to be.")
	d.say("A # without a blank behind it starts a suggestion: take the # away to follow it.")
	d.say("All keys: https://github.com/charmarr/charmarr-lint/blob/main/docs/guide.md#configuration")
	d.set("version: 1")
	d.gap()
	d.say("What the deployment is held to: adr-006 wants core, downloads and VPN gateway in")
	d.say("a model each; single-model wants everything in one, as Charmarr's Terraform does.")
	d.explain("", "Chosen because %s.", f.Why)
	d.set("profile: %s", scalar(f.Profile.Name))
}

// found says which model plays which part, and which ingress gateways there are.
func (d *draft) found(f Found) {
	for _, s := range f.Result.Stacks {
		d.gap()
		d.say("Found: stack %s", s.Name)
		for _, m := range s.Models {
			part := m.Part
			if part == "" {
				part = "no part"
			}
			d.say("  %-10s %s (%s)", part, m.Name, m.PartBasis)
		}
		for _, class := range f.Profile.Gateways {
			names := gatewaysOf(s, class)
			if len(names) == 0 {
				names = []string{"none; wanted is " + strings.Join(class.Names, " or ")}
			}
			d.say("  ingress %s: %s", class.Class, strings.Join(names, ", "))
		}
		for _, a := range s.Applications {
			if a.Role == topology.RoleIngressGateway && classOf(f.Profile, a.Name) == "" {
				d.say("  ingress of no class: %s in %s (a class of its own goes under gateways of a profile)", a.Name, a.Model)
			}
		}
	}
}

func gatewaysOf(s topology.Stack, class topology.GatewayClass) []string {
	var out []string
	for _, a := range s.Applications {
		if a.Role == topology.RoleIngressGateway && slices.Contains(class.Names, a.Name) {
			out = append(out, a.Name+" in "+a.Model)
		}
	}
	return out
}

func classOf(p topology.Profile, name string) string {
	for _, c := range p.Gateways {
		if slices.Contains(c.Names, name) {
			return c.Class
		}
	}
	return ""
}

// profile suggests one of one's own, with the names that were found spelled out.
func (d *draft) profile(f Found) {
	d.gap()
	d.say("A profile of your own extends one and says what differs; it counts once it is")
	d.say("named above.")
	d.suggest("profiles:")
	d.suggest("  mine:")
	d.suggest("    extends: %s", scalar(f.Profile.Name))
	if len(f.Result.Stacks) == 1 {
		s := f.Result.Stacks[0]
		if parts := partsOf(s); len(parts) > 0 {
			d.suggest("    models:")
			for _, p := range parts {
				d.suggest("      %s: [%s]", p.part, strings.Join(p.models, ", "))
			}
		}
		first := true
		for _, class := range f.Profile.Gateways {
			var names []string
			for _, a := range s.Applications {
				if a.Role == topology.RoleIngressGateway && slices.Contains(class.Names, a.Name) {
					names = append(names, scalar(a.Name))
				}
			}
			if len(names) == 0 {
				continue
			}
			if first {
				d.suggest("    gateways:")
				first = false
			}
			d.suggest("      %s: [%s]", scalar(class.Class), strings.Join(names, ", "))
		}
	}
	d.roles(f)
}

type partModels struct {
	part   string
	models []string
}

// partsOf are the models of a stack by part; none where one model plays all.
func partsOf(s topology.Stack) []partModels {
	var out []partModels
	for _, part := range []string{topology.PartCore, topology.PartDownloads, topology.PartGateway} {
		p := partModels{part: part}
		for _, m := range s.Models {
			if m.Part == part {
				p.models = append(p.models, literal(m.Name))
			}
		}
		if len(p.models) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// sources name the model of files that name none.
func (d *draft) sources(f Found) {
	d.gap()
	d.say("Files that name no model, and the model they are taken for.")
	line := d.set
	if f.SourcesOff {
		d.say("They are told apart by their folders, which a name alone cannot do.")
	}
	if f.SourcesOff || len(f.Sources) == 0 {
		line = d.suggest
	}
	line("sources:")
	for _, s := range f.Sources {
		line("  - {path: %s, model: %s}", strconv.Quote(literalGlob(s.Path)), scalar(s.Model))
	}
	for _, path := range f.Unplaced {
		d.suggest("  - {path: %s, model: MODEL} # nothing tells which", strconv.Quote(literalGlob(path)))
	}
	if len(f.Sources)+len(f.Unplaced) == 0 {
		d.suggest(`  - {path: "bundles/core.yaml", model: charmarr-core}`)
	}
}

func (d *draft) rules() {
	d.gap()
	d.say("Levels of single rules, of an area or of a glob; 'charmarr-lint rules' lists them.")
	d.suggest("rules:")
	d.suggest("  mesh/core-enrolled: {level: note}")
	d.gap()
	d.say("Folders with rules of your own, relative to this file.")
	d.suggest("policies: [./policies]")
	d.gap()
	d.say("Which rules an annotation charmarr-lint.io/waive on an object may waive: all")
	d.say("(true), none (false), or a list of rules. Who may annotate an object may change")
	d.say("it too; say false where others than they have to agree.")
	d.suggest("annotation_waivers: true")
}

// scalar writes a word as YAML, in quotes where it could be taken for something
// else.
func scalar(s string) string {
	plainWord := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.' || r == '_' || r == '/'
	}
	letter := s != "" && ('a' <= s[0] && s[0] <= 'z' || 'A' <= s[0] && s[0] <= 'Z')
	for _, r := range s {
		letter = letter && plainWord(r)
	}
	if !letter || slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "null", "y", "n"}, strings.ToLower(s)) {
		return strconv.Quote(s)
	}
	return s
}

// literal writes the name of a model as a glob that matches it alone.
func literal(name string) string { return scalar(literalGlob(name)) }

// literalGlob is a glob, as path.Match has them, that matches a text alone.
func literalGlob(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(s)
}
