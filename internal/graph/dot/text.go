package dot

import (
	"fmt"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/graph"
)

const faint = "#57606a"

// row is a line of a label.
type row struct {
	text   string
	size   int // 0 is that of the label
	bold   bool
	colour string
}

// rows write an HTML-like label.
func rows(list ...row) string {
	var b strings.Builder
	for _, r := range list {
		if strings.TrimSpace(r.text) == "" { // Graphviz wants no empty elements
			continue
		}
		text := escape(graph.Short(r.text, 2*maxLine))
		if r.bold {
			text = "<b>" + text + "</b>"
		}
		switch {
		case r.size > 0:
			text = fmt.Sprintf(`<font point-size="%d">%s</font>`, r.size, text)
		case r.colour != "":
			text = fmt.Sprintf(`<font color="%s">%s</font>`, r.colour, text)
		}
		b.WriteString(text + `<br align="left"/>`)
	}
	return b.String()
}

func marks(list []graph.Mark) []row {
	var out []row
	for _, m := range list {
		level := m.Level
		if m.Waived {
			level = "waived"
		}
		numbers := strings.ReplaceAll(fmt.Sprint(m.Findings), " ", ", ")
		out = append(out, row{text: m.Words() + " " + numbers, colour: colourOf(level, faint)})
	}
	return out
}

// colourOf is the colour of a level, or another one where it has none.
func colourOf(level, other string) string {
	switch level {
	case "error":
		return "#b3261e"
	case "warning":
		return "#b26a00"
	case "note":
		return "#0b5cad"
	}
	return other
}

func width(level string) string {
	if level == "error" || level == "warning" {
		return "2"
	}
	return "1"
}

// escape writes plain text into an HTML-like label.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// quoted writes lines of plain text into a string between quotes, where
// Graphviz reads backslashes and entities.
func quoted(lines []string) string {
	var out []string
	for _, l := range lines {
		if l != "" {
			out = append(out, strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(l))
		}
	}
	return strings.Join(out, `\n`)
}
