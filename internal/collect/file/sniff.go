package file

import (
	"regexp"
	"strings"
	"sync"

	"github.com/charmarr/charmarr-lint/internal/collect/bundle"
	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/showsecret"
	"github.com/charmarr/charmarr-lint/internal/collect/status"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// mayBeOurs tells whether a text can be of a known kind at all: each kind has
// a word that it cannot do without. It spares parsing the rest of a repository.
func mayBeOurs(text string) bool {
	for _, word := range []string{
		"apiVersion", "applications", "relation-info", "offer-url", "endpoints",
		"services", "bundle", "format_version", "terraform_version",
		"opened-ports", "workload-version", "machines", "charmarr-lint/snapshot",
	} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return isSecrets(text)
}

// isSecrets tells whether a text has what Juju prints of a secret: an ID as a key,
// and a revision below it.
func isSecrets(text string) bool {
	return strings.Contains(text, "revision") && shapes()["secret"].MatchString(text)
}

// shapes find what is left of a broken document of ours: fields at the start
// of a line, or in JSON.
var shapes = sync.OnceValue(func() map[string]*regexp.Regexp {
	field := func(name string) *regexp.Regexp {
		return regexp.MustCompile(`(?m)^(?:\xef\xbb\xbf)?(?:---[ \t]+)?` + name + `:(?:[ \t]|\r?$)|"` + name + `"[ \t\r\n]*:`)
	}
	return map[string]*regexp.Regexp{
		"apiVersion":   field("apiVersion"),
		"applications": field("applications"),
		"bundle":       field("bundle"),
		"model":        field("model"),
		"relation":     regexp.MustCompile(`(?m)^[ \t-]*relation-info:|"relation-info"[ \t\r\n]*:`),
		"offer":        regexp.MustCompile(`(?m)^[ \t]+offer-url:|"offer-url"[ \t\r\n]*:`),
		"secret":       regexp.MustCompile(`(?m)^["']?[0-9a-v]{20}["']?:(?:[ \t]|\r?$)|"[0-9a-v]{20}"[ \t\r\n]*:[ \t\r\n]*\{`),
		"plan":         regexp.MustCompile(`"format_version"[ \t\r\n]*:[ \t\r\n]*"[0-9.]+"[ \t\r\n]*,[ \t\r\n]*"(?:terraform_version|variables|planned_values|resource_changes|values|configuration)"`),
		"charm":        regexp.MustCompile(`(?m)^[ \t]+(?:charm|num_units|scale):`),
		"kind":         regexp.MustCompile(`(?m)^(?:---[ \t]+)?kind:[ \t]*["']?([A-Za-z]+)|"kind"[ \t\r\n]*:[ \t\r\n]*"([A-Za-z]+)"`),
	}
})

// helm finds what only a chart's template says: .Values and the other objects
// of Helm, in braces. Alerts and dashboards use braces too, with other words.
var helm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\{\{[^{}\n]*[ (.$-](?:Values|Release|Chart|Capabilities)\.|\{\{-?[ \t]*(?:include|template|define)[ \t]+"`)
})

// isHelm tells whether a text is a Helm template, whether or not it happens to
// be YAML as it stands.
func isHelm(text string) bool { return strings.Contains(text, "{{") && helm().MatchString(text) }

// template finds what a template of another engine (Jinja, Go, mustache) puts
// where YAML has a key or a value: a line that begins with a tag, or a value
// that begins with braces. It is asked of texts that cannot be parsed only.
var template = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t-]*\{[{%#]|^[ \t-]*[\w./-]+:[ \t]+\{[{%]`)
})

// opening finds how a file of ours begins once comments are skipped: with JSON,
// or with a key at the start of a line. Prose, scripts and source code that
// merely quote a manifest begin otherwise.
var opening = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("^(?:\xef\xbb\xbf)?" + // byte order mark
		`(?:(?:---|\.\.\.|%[A-Z]+[^\n]*)?[ \t]*(?:#[^\n]*)?\r?\n)*` + // blank lines, comments, markers, directives
		`(?:---[ \t]+)?[ \t]*(?:[{\[!&]|<<<<<<< |["']?[\w./:@-]+["']?[ \t]*:(?:[ \t]|\r?\n|$))`) // JSON, a tag, a merge conflict, a key
})

// fence finds the fence of a Markdown code block, which no YAML has.
var fence = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(?m)^ {0,3}```") })

// isMarkdown tells whether a text that is not all YAML is Markdown: what it
// quotes between lines of three dashes is no fact about a deployment.
func isMarkdown(text string) bool { return strings.Contains(text, "```") && fence().MatchString(text) }

// looksOurs tells whether a text that cannot be parsed looks like one of ours,
// and not like a template that makes one.
func looksOurs(text string) bool {
	if template().MatchString(text) || !opening().MatchString(text) {
		return false
	}
	has := func(shape string) bool { return shapes()[shape].MatchString(text) }
	switch {
	case has("apiVersion") && has("kind"):
		return true
	case has("applications"):
		return has("bundle") || has("model") || has("charm")
	}
	return has("relation") || has("offer") || has("plan") || isSecrets(text)
}

// evidenceIn returns what a text that cannot be parsed might have told; nil
// when it could have been anything.
func evidenceIn(text string) []snapshot.Evidence {
	has := func(shape string) bool { return shapes()[shape].MatchString(text) }
	switch {
	case has("plan"):
		return nil
	case has("apiVersion"):
		kinds := shapes()["kind"].FindAllStringSubmatch(text, -1)
		if len(kinds) == 1 {
			if evidence := manifest.Evidence(kinds[0][1] + kinds[0][2]); evidence != nil {
				return evidence
			}
		}
		return manifest.Evidence("List")
	case has("applications") && has("model"):
		return status.Evidence()
	case has("applications"):
		return bundle.Evidence()
	case isSecrets(text):
		return showsecret.Evidence()
	}
	return nil
}
