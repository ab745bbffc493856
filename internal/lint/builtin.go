package lint

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/waiver"
	"github.com/charmarr/charmarr-lint/policies"
)

// BuiltInRules lists the ids of the built-in rules, sorted, without compiling
// them: the path is the identity.
func BuiltInRules() []rule.ID {
	var out []rule.ID
	for _, r := range waiver.Rules() {
		out = append(out, r.ID)
	}
	dirs, err := fs.Glob(policies.Files, "rules/*/*")
	if err != nil { // the pattern is a constant
		panic(err)
	}
	for _, dir := range dirs {
		path := strings.Split(dir, "/")
		out = append(out, rule.ID(strings.ReplaceAll(path[1]+"/"+path[2], "_", "-")))
	}
	slices.Sort(out)
	return out
}
