package evaluate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// metadata reads one METADATA block and gathers what is wrong with it.
type metadata struct {
	file   source
	block  *ast.Annotations
	custom map[string]any
	errs   Errors
}

// readMetadata reads the METADATA block of a rule's package.
func readMetadata(p pkg) (rule.Rule, Errors) {
	wanted := idOf(p.path)
	for _, f := range p.files {
		for _, a := range f.module.Annotations {
			if a.Scope == "package" {
				m := &metadata{file: f, block: a, custom: a.Custom}
				r := m.read(wanted)
				return r, m.errs
			}
		}
	}
	return rule.Rule{ID: wanted}, Errors{at(KindMetadata, p.files[0].module.Package.Location,
		"package %s has no METADATA block: a rule starts with `# METADATA` right above its package line, with title, description and custom", p.name())}
}

// idOf is the id that follows from a package path: rules.kill_switch.per_pod is
// kill-switch/per-pod.
func idOf(path []string) rule.ID {
	return rule.ID(strings.ReplaceAll(path[1]+"/"+path[2], "_", "-"))
}

func (m *metadata) read(wanted rule.ID) rule.Rule {
	r := rule.Rule{
		Title:       strings.TrimSpace(m.block.Title),
		Description: strings.TrimSpace(m.block.Description),
		File:        m.file.name,
	}
	if r.Title == "" {
		m.fail("", "METADATA has no title: one line that says what must be")
	}
	for _, key := range slices.Sorted(maps.Keys(m.custom)) {
		if !slices.Contains(metadataKeys(), key) {
			m.fail(key, "METADATA custom has unknown key %q; known are %s", key, strings.Join(metadataKeys(), ", "))
		}
	}

	r.ID = m.id(wanted)
	r.Level = m.level("level", m.custom["level"], false)
	r.Levels = m.levels()
	r.Needs = m.needs()
	r.ADR = m.words("adr")
	r.Subjects = m.words("subjects")
	r.States = m.words("states")
	r.Remediation = m.words("remediation")
	r.Ways = m.ways()
	r.Disputed = strings.TrimSpace(m.text("disputed"))
	r.Security = m.security()
	r.NotWaivable = !m.flag("waivable", true)
	r.Admission = m.admission()
	for _, alias := range m.words("aliases") {
		r.Aliases = append(r.Aliases, rule.ID(alias))
	}
	m.oneOf("subjects", r.Subjects, subjectKinds())
	m.oneOf("states", r.States, states())
	return r
}

// metadataKeys are the keys of METADATA custom; policies/schemas/rule.json says
// more about each.
func metadataKeys() []string {
	return []string{"admission", "adr", "aliases", "disputed", "id", "level", "levels", "needs",
		"remediation", "security", "states", "subjects", "waivable", "ways"}
}

func subjectKinds() []string {
	return []string{"application", "authorizationpolicy", "configmap", "gateway", "grpcroute", "httproute", "ingress",
		"model", "namespace", "networkpolicy", "node", "offer", "persistentvolumeclaim", "pod", "relation", "saas", "service", "tcproute", "tlsroute",
		"udproute", "workload"}
}

func states() []string {
	return []string{string(snapshot.Planned), string(snapshot.Declared), string(snapshot.Effective)}
}

func parts() []string { return []string{"core", "downloads", "gateway", "all"} }

func (m *metadata) id(wanted rule.ID) rule.ID {
	id, ok := m.custom["id"].(string)
	switch {
	case !ok:
		m.fail("id", "METADATA custom has no id; this rule's is %q", wanted)
	case rule.ID(id) != wanted:
		m.fail("id", "METADATA says id %q, and the package makes it %q", id, wanted)
	}
	return wanted
}

func (m *metadata) level(key string, value any, offAllowed bool) rule.Level {
	text, _ := value.(string)
	l, err := rule.ParseLevel(text)
	switch {
	case value == nil:
		m.fail(key, "METADATA custom has no %s: one of error, warning, note", key)
	case err != nil:
		m.fail(key, "METADATA %s is %v: must be one of error, warning, note", key, value)
	case l == rule.Off && !offAllowed:
		m.fail(key, "METADATA %s is off: a rule has a level; off is for levels of a profile and for the configuration", key)
	default:
		return l
	}
	return rule.Error
}

func (m *metadata) levels() map[string]rule.Level {
	value, ok := m.custom["levels"]
	if !ok {
		return nil
	}
	byProfile, ok := value.(map[string]any)
	if !ok {
		m.fail("levels", "METADATA levels must map profiles to levels: {single-model: error}")
		return nil
	}
	out := make(map[string]rule.Level, len(byProfile))
	for _, profile := range slices.Sorted(maps.Keys(byProfile)) {
		out[profile] = m.level("levels", byProfile[profile], true)
	}
	return out
}

func (m *metadata) needs() [][]rule.Need {
	value, ok := m.custom["needs"]
	alternatives, isList := value.([]any)
	if !ok || !isList || len(alternatives) == 0 {
		m.fail("needs", `METADATA custom has no needs: a list of sets of evidence, any one of which is enough: [["juju.applications@core"]]`)
		return nil
	}
	out := make([][]rule.Need, 0, len(alternatives))
	for _, alternative := range alternatives {
		words, ok := alternative.([]any)
		if !ok || len(words) == 0 {
			m.fail("needs", "METADATA needs: %v is no set of evidence: write a list in the list", alternative)
			continue
		}
		set := make([]rule.Need, 0, len(words))
		for _, word := range words {
			text, _ := word.(string)
			set = append(set, m.need(text))
		}
		out = append(out, set)
	}
	return out
}

func (m *metadata) need(text string) rule.Need {
	whole, optional := strings.CutSuffix(text, "?")
	evidence, part, hasPart := strings.Cut(whole, "@")
	if !slices.Contains(snapshot.AllEvidence, snapshot.Evidence(evidence)) {
		m.fail("needs", "METADATA needs: %q is no evidence; known are %s", evidence, listEvidence())
	}
	if !hasPart {
		part = "all"
	}
	if !slices.Contains(parts(), part) {
		m.fail("needs", "METADATA needs: %q of %q is no part; known are %s", part, text, strings.Join(parts(), ", "))
	}
	return rule.Need{Evidence: evidence, Part: part, Optional: optional}
}

func listEvidence() string {
	words := make([]string, len(snapshot.AllEvidence))
	for i, e := range snapshot.AllEvidence {
		words[i] = string(e)
	}
	return strings.Join(words, ", ")
}

func (m *metadata) ways() []rule.Way {
	value, ok := m.custom["ways"]
	if !ok {
		return nil
	}
	list, ok := value.([]any)
	var out []rule.Way
	for _, item := range list {
		entry, isMap := item.(map[string]any)
		id, _ := entry["id"].(string)
		title, _ := entry["title"].(string)
		if ok = ok && isMap && id != "" && title != "" && len(entry) == 2; !ok {
			break
		}
		if slices.ContainsFunc(out, func(w rule.Way) bool { return w.ID == id }) {
			m.fail("ways", "METADATA ways has %q twice", id)
		}
		out = append(out, rule.Way{ID: id, Title: strings.TrimSpace(title)})
	}
	if !ok {
		m.fail("ways", "METADATA ways must be a list of {id, title}")
	}
	return out
}

// security reads a weight between 0 and 10, quoted because GitHub takes a
// string and YAML would turn 8.0 into 8.
func (m *metadata) security() string {
	value, ok := m.custom["security"]
	if !ok {
		return ""
	}
	text, ok := value.(string)
	weight, err := strconv.ParseFloat(text, 64)
	if !ok || err != nil || weight < 0 || weight > 10 {
		m.fail("security", `METADATA security must be a quoted number from "0.0" to "10.0"`)
	}
	return text
}

func (m *metadata) text(key string) string {
	value, ok := m.custom[key]
	text, isText := value.(string)
	if ok && !isText {
		m.fail(key, "METADATA %s must be text", key)
	}
	return text
}

// admission reads what the webhook does by default with a request that brings a
// violation. Warning is the default of all rules and is not written.
func (m *metadata) admission() rule.Admission {
	value, ok := m.custom["admission"]
	if !ok {
		return ""
	}
	text, _ := value.(string)
	if text != string(rule.Deny) && text != string(rule.Let) {
		m.fail("admission", "METADATA admission is %v: must be deny or off; a rule that says nothing warns", value)
		return ""
	}
	return rule.Admission(text)
}

// flag reads true or false; absent is what a rule that does not say it is.
func (m *metadata) flag(key string, absent bool) bool {
	value, ok := m.custom[key]
	if !ok {
		return absent
	}
	set, isFlag := value.(bool)
	if !isFlag {
		m.fail(key, "METADATA %s must be true or false", key)
		return absent
	}
	return set
}

func (m *metadata) words(key string) []string {
	value, ok := m.custom[key]
	if !ok {
		return nil
	}
	list, ok := value.([]any)
	out := make([]string, 0, len(list))
	for _, item := range list {
		text, isText := item.(string)
		ok = ok && isText && text != ""
		out = append(out, text)
	}
	if !ok {
		m.fail(key, "METADATA %s must be a list of texts (quote an item that holds a brace or a colon)", key)
		return nil
	}
	return out
}

func (m *metadata) oneOf(key string, given, known []string) {
	for _, word := range given {
		if !slices.Contains(known, word) {
			m.fail(key, "METADATA %s: %q is none of %s", key, word, strings.Join(known, ", "))
		}
	}
}

// fail notes an error at the line of a key of the block, or at the block.
func (m *metadata) fail(key, format string, args ...any) {
	e := at(KindMetadata, m.block.Location, "%s", fmt.Sprintf(format, args...))
	e.Column = 1
	if line := m.lineOf(key); line > 0 {
		e.Line = line
	}
	m.errs = append(m.errs, e)
}

// lineOf finds a key between the start of the block and the package line; OPA
// keeps no places inside a block.
func (m *metadata) lineOf(key string) int {
	if key == "" {
		return 0
	}
	pattern := regexp.MustCompile(`^#\s+` + regexp.QuoteMeta(key) + `\s*:`)
	lines := strings.Split(m.file.text, "\n")
	for i := m.block.Location.Row; i < min(m.file.module.Package.Location.Row, len(lines)); i++ {
		if pattern.MatchString(lines[i]) {
			return i + 1
		}
	}
	return 0
}
