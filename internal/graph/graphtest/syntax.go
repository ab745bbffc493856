package graphtest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// XML demands that a document is well-formed and that no id is there twice.
func XML(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	ids := map[string]bool{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading XML: %w", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			if a.Name.Local == "id" && ids[a.Value] {
				return fmt.Errorf("id %q is there twice", a.Value)
			}
			if a.Name.Local == "id" {
				ids[a.Value] = true
			}
		}
	}
}

// mermaid lists the lines that a Mermaid flowchart of this program is made of. A
// label holds letters, digits and signs that stand for themselves, and numbers of
// characters.
func mermaid() []*regexp.Regexp {
	const (
		id    = `[a-z][a-z0-9_]*`
		label = `(?:[\pL\p{Nd} ,./_-]|#\d+;|<br/>)*`
	)
	var out []*regexp.Regexp
	for _, line := range []string{
		`%% [^%{}]*`,
		`%%\{init: \{"flowchart": \{"wrappingWidth": 640, "subGraphTitleMargin": \{"top": 4, "bottom": 14\}\}\}\}%%`,
		`flowchart TB`, ` +direction TB`, ` +end`,
		` +subgraph ` + id + `\["` + label + `"\]`,
		` +` + id + `(?:\["` + label + `"\]|\(\["` + label + `"\]\)):::[a-z]+`,
		` +none\["Nothing of Charmarr was found\."\]`,
		` +` + id + ` (?:-->|==>|-\.->|---|~~~)(?:\|"` + label + `"\|)? ` + id,
		` +class ` + id + ` [a-z]+`, ` +style ` + id + ` [a-z#0-9:,-]+`,
		` +linkStyle \d+(?:,\d+)* stroke:#[0-9a-f]{6}`,
		` +classDef [a-z]+ [a-z0-9#:, -]+`,
	} {
		out = append(out, regexp.MustCompile(`^`+line+`$`))
	}
	return out
}

// Mermaid demands that every line is one that this program means to write, and
// that models open and close in pairs.
func Mermaid(text string) error {
	known := mermaid()
	depth := 0
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if !slices.ContainsFunc(known, func(r *regexp.Regexp) bool { return r.MatchString(line) }) {
			return fmt.Errorf("line %d is none of ours: %s", i+1, line)
		}
		switch first, _, _ := strings.Cut(strings.TrimSpace(line), " "); first {
		case "subgraph":
			depth++
		case "end":
			depth--
		}
		if depth < 0 {
			return fmt.Errorf("line %d ends what was not begun", i+1)
		}
	}
	if depth != 0 {
		return errors.New("a subgraph is not ended")
	}
	return nil
}

// What a page consists of.
var (
	tag    = regexp.MustCompile(`<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>`)
	active = regexp.MustCompile(`(?i)\s(?:on[a-z]+|src|srcset|action|formaction|xlink:href)\s*=`)
	href   = regexp.MustCompile(`href="([^"]*)"`)
	target = regexp.MustCompile(`^(?:#[a-z0-9]+|https://github\.com/charmarr/charmarr-lint/blob/main/docs/rules/[a-z0-9/-]+\.md)$`)
)

// Page demands that a page has the elements of this program alone, each closed,
// and nothing that loads or runs but its own script, which is the last thing in
// it.
func Page(text string) error {
	elements := strings.Fields(`html head meta title style body header main section h1 h2 p ol ul li a b code strong button script
		svg g rect path circle text`)
	body, _, ok := strings.Cut(text, "<script>")
	if !ok {
		return errors.New("the script is not there")
	}
	open := map[string]int{"body": -1, "html": -1} // closed after the script
	for _, m := range tag.FindAllStringSubmatch(body, -1) {
		switch {
		case !slices.Contains(elements, m[2]):
			return fmt.Errorf("element %s is none of ours", m[2])
		case m[1] != "":
			open[m[2]]--
		case !strings.HasSuffix(m[0], "/>"):
			open[m[2]]++
		}
		if active.MatchString(m[0]) {
			return fmt.Errorf("an attribute loads or runs something: %s", m[0])
		}
		if link := href.FindStringSubmatch(m[0]); link != nil && !target.MatchString(link[1]) {
			return fmt.Errorf("a link leads to %s", link[1])
		}
	}
	delete(open, "meta")
	for name, n := range open {
		if n != 0 {
			return fmt.Errorf("%d of %s are not closed", n, name)
		}
	}
	return nil
}
