package bundle

import (
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

// option returns an option's value as Juju would print it: "true" for yes in
// any of YAML 1.1's words (Juju reads bundles by YAML 1.1), decimals for whole
// numbers in any base.
func option(n *syntax.Node) string {
	text := n.Text()
	switch {
	case n.Kind() == syntax.Number:
		digits := strings.ReplaceAll(strings.TrimPrefix(text, "+"), "_", "")
		if i, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return strconv.FormatInt(i, 10)
		}
		if i, err := strconv.ParseInt(digits, 0, 64); err == nil {
			return strconv.FormatInt(i, 10)
		}
	case n.Kind() == syntax.String && n.Plain():
		switch text {
		case "yes", "Yes", "YES", "on", "On", "ON":
			return "true"
		case "no", "No", "NO", "off", "Off", "OFF":
			return "false"
		}
	}
	return text
}
