package module

// Origin returns the attribute of a resource instance that an attribute of another
// comes from, as ADDRESS.ATTRIBUTE; empty where the files do not tell.
func (t *Tree) Origin(address string, attribute ...string) string {
	if t == nil {
		return ""
	}
	key := ""
	for i, a := range attribute {
		if i > 0 {
			key += "."
		}
		key += a
	}
	return t.origins[address][key]
}
