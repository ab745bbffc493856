package plan

import "strings"

// step is one step of an address: a name and, in brackets as it is written, the
// key of an instance: arr and ["radarr"].
type step struct{ name, key string }

func (s step) String() string { return s.name + s.key }

// modules reads the address of a module: module.arr["radarr"].module.db. ok is
// false where it is none.
func modules(address string) (path []step, ok bool) {
	if address == "" {
		return nil, true
	}
	steps := split(address)
	if len(steps)%2 != 0 {
		return nil, false
	}
	for i := 0; i < len(steps); i += 2 {
		if steps[i] != (step{"module", ""}) || steps[i+1].name == "" {
			return nil, false
		}
		path = append(path, steps[i+1])
	}
	return path, true
}

// split divides an address or a reference at its dots. A key in brackets may hold
// dots, brackets and escaped quotes.
func split(text string) []step {
	var out []step
	var s step
	for i := 0; i < len(text); {
		switch text[i] {
		case '.':
			out, s = append(out, s), step{}
			i++
		case '[':
			end := bracketEnd(text, i)
			s.key += text[i:end]
			i = end
		default:
			end := i
			for end < len(text) && text[end] != '.' && text[end] != '[' {
				end++
			}
			s.name += text[i:end]
			i = end
		}
	}
	return append(out, s)
}

// bracketEnd returns the offset after the bracket that closes the one at start;
// the end of the text where none does.
func bracketEnd(text string, start int) int {
	quoted := false
	for i := start + 1; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			return i + 1
		}
	}
	return len(text)
}

// moduleAddress writes the address of a module instance; empty for the root.
func moduleAddress(path []step) string {
	var out strings.Builder
	for i, s := range path {
		if i > 0 {
			out.WriteByte('.')
		}
		out.WriteString("module." + s.String())
	}
	return out.String()
}

// names are the names of the modules of a path, without keys.
func names(path []step) []string {
	out := make([]string, len(path))
	for i, s := range path {
		out[i] = s.name
	}
	return out
}

// within writes the address of something in a module.
func within(module, address string) string {
	if module == "" {
		return address
	}
	return module + "." + address
}

// leaves are the references that no other one goes on from: Terraform lists
// juju_model.core.uuid and, behind it, juju_model.core.
func leaves(references []string) []string {
	var out []string
	for _, r := range references {
		longer := false
		for _, other := range references {
			if len(other) > len(r) && strings.HasPrefix(other, r) && (other[len(r)] == '.' || other[len(r)] == '[') {
				longer = true
				break
			}
		}
		if !longer {
			out = append(out, r)
		}
	}
	return out
}
