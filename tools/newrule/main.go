// Command newrule starts a rule: METADATA, an empty body, a pair of tests and a
// pair of fixtures that differ in one fact. They fail until the rule is written.
//
//	go run ./tools/newrule area/name
//
// It writes below policies/rules of the working directory, and never over a file
// that is there.
package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

//go:embed template
var templates embed.FS

func main() { os.Exit(run(os.Args[1:], ".", os.Stdout, os.Stderr)) }

// run returns the exit code: 0 done, 1 not written, 2 wrong usage.
func run(args []string, root string, stdout, stderr io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(stderr, "newrule: name one rule, for example: make new-rule RULE=mesh/no-sidecar")
		return 2
	}
	r, err := parse(args[0])
	if err != nil {
		fmt.Fprintln(stderr, "newrule:", err)
		return 2
	}
	if err := r.write(root); err != nil {
		fmt.Fprintln(stderr, "newrule:", err)
		return 1
	}
	fmt.Fprint(stdout, r.nextSteps())
	return 0
}

// newRule is a rule to be started, in the spellings of its name.
type newRule struct {
	ID      string // mesh/no-sidecar
	Package string // rules.mesh.no_sidecar
	Name    string // no_sidecar
	Dir     string // policies/rules/mesh/no_sidecar
}

// parse reads the id of a rule.
func parse(id string) (newRule, error) {
	if !regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*/[a-z][a-z0-9]*(-[a-z0-9]+)*$`).MatchString(id) {
		return newRule{}, fmt.Errorf("rule id %q is not area/name in small letters, digits and single hyphens, such as mesh/no-sidecar", id)
	}
	slug := strings.ReplaceAll(id, "-", "_")
	return newRule{
		ID: id, Package: "rules." + strings.ReplaceAll(slug, "/", "."),
		Name: path.Base(slug), Dir: "policies/rules/" + slug,
	}, nil
}

// Evidence lists the words of needs, for the template.
func (newRule) Evidence() string {
	var words []string
	for _, e := range snapshot.AllEvidence {
		words = append(words, string(e))
	}
	return strings.Join(words, " ")
}

// write makes the folder and its files.
func (r newRule) write(root string) error {
	dir := filepath.Join(root, filepath.FromSlash(r.Dir))
	if _, err := os.Stat(dir); err == nil {
		return fmt.Errorf("rule %s: %s is there already", r.ID, r.Dir)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("starting rule %s: %w", r.ID, err)
	}
	return fs.WalkDir(templates, "template", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(r.target(strings.TrimPrefix(name, "template"))))
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := r.fill(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o644)
	})
}

// target is the path of a file below the rule's folder: rule_test.rego.tmpl
// becomes no_sidecar_test.rego.
func (r newRule) target(name string) string {
	dir, file := path.Split(name)
	if file, isTemplate := strings.CutSuffix(file, ".tmpl"); isTemplate {
		return dir + strings.Replace(file, "rule", r.Name, 1)
	}
	return name
}

// fill fills in a template.
func (r newRule) fill(name string) ([]byte, error) {
	parsed, err := template.ParseFS(templates, name)
	if err != nil {
		return nil, fmt.Errorf("reading the template %s: %w", name, err)
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, r); err != nil {
		return nil, fmt.Errorf("filling in %s: %w", name, err)
	}
	return text.Bytes(), nil
}

func (r newRule) nextSteps() string {
	return fmt.Sprintf(`%s is started in %s. Next:

  1. Write its METADATA: what must be, why, and what the rule needs to know.
  2. Change the fixtures under pass and fail to a pair that differs in one fact; list
     what the rule has to find in fail/juju/expected.json.
  3. Write the body. make generate writes docs/rules/%s.md; make policies tells
     when the rule does what its tests and fixtures say.
  4. make golden, if a deployment under testdata violates it; read the diff.
`, r.ID, r.Dir, r.ID)
}
