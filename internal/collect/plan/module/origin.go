package module

import "strings"

// Origin returns the attribute of a resource instance that an attribute of another
// comes from, as ADDRESS.ATTRIBUTE; empty where the files do not tell.
func (t *Tree) Origin(address string, attribute ...string) string {
	if t == nil {
		return ""
	}
	return t.origins[address][strings.Join(attribute, ".")]
}
