package snapshot

import "strings"

// redactPairs replaces the values of secret keys in text: KEY=VALUE,
// KEY: VALUE and "KEY": "VALUE". Where the pair is all of its line the value
// is the rest of the line; else it ends at its quote, at white space, or at a
// sign that separates pairs.
func redactPairs(text string) string {
	var out strings.Builder
	last := 0
	for i := 0; i < len(text); i++ {
		if text[i] != '=' && text[i] != ':' {
			continue
		}
		key, first := keyBefore(text[last:i], i == last)
		if key == "" || !secretKey(key) {
			continue
		}
		start, end := valueAfter(text, i+1, first)
		value := text[start:end]
		if value == "" || harmless(strings.Trim(value, `"'`)) || key == "secret" && isReference("secret:"+text[i+1:end]) {
			continue
		}
		out.WriteString(text[last:start])
		out.WriteString(quoted(value))
		last, i = end, end-1
	}
	if last == 0 {
		return text
	}
	out.WriteString(text[last:])
	return out.String()
}

// keyBefore returns the name that stands at the end of text, quoted or not,
// and whether nothing but an export or a dash stands before it on its line.
func keyBefore(text string, empty bool) (key string, first bool) {
	if empty {
		return "", false
	}
	const longest = 256 // what stands further away is not looked at, so that long lines stay linear
	cut := len(text) > longest
	if cut {
		text = text[len(text)-longest:]
	}
	text = strings.TrimRight(text, " \t")
	quote := len(text) > 0 && (text[len(text)-1] == '"' || text[len(text)-1] == '\'')
	if quote {
		text = text[:len(text)-1]
	}
	start := len(text)
	for start > 0 && isName(text[start-1]) {
		start--
	}
	newline := strings.LastIndexByte(text[:start], '\n')
	if newline < 0 && cut {
		return text[start:], false
	}
	before := text[newline+1 : start]
	before = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(before), "export"))
	return text[start:], !quote && (before == "" || before == "-")
}

func isName(c byte) bool { return isAlphanumeric(c) || c == '_' || c == '-' || c == '.' }

// valueAfter returns where the value that follows a separator starts and ends.
func valueAfter(text string, from int, wholeLine bool) (start, end int) {
	start = from
	for start < len(text) && (text[start] == ' ' || text[start] == '\t') {
		start++
	}
	rest := text[start:]
	if wholeLine {
		line, _, _ := strings.Cut(rest, "\n")
		return start, start + len(strings.TrimRight(line, "\r"))
	}
	if rest == "" {
		return start, start
	}
	if q := rest[0]; q == '"' || q == '\'' {
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\\' && q == '"' {
				i++
			} else if rest[i] == q {
				return start, start + i + 1
			}
		}
		return start, len(text)
	}
	for _, scheme := range []string{"bearer ", "basic "} {
		if len(rest) > len(scheme) && strings.EqualFold(rest[:len(scheme)], scheme) {
			return start, start + len(scheme) + wordEnd(rest[len(scheme):])
		}
	}
	return start, start + wordEnd(rest)
}

// wordEnd returns where the first word of text ends.
func wordEnd(text string) int {
	if i := strings.IndexAny(text, " \t\r\n,;&\"'{}[]"); i >= 0 {
		return i
	}
	return len(text)
}

// quoted returns Redacted within the quotes of the value it replaces.
func quoted(value string) string {
	if c := value[0]; (c == '"' || c == '\'') && len(value) > 1 && value[len(value)-1] == c {
		return string(c) + Redacted + string(c)
	}
	return Redacted
}
