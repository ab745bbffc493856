package syntax

// resolve returns the kind of a plain scalar, by YAML's core schema. Dates are
// text.
func resolve(text string) Kind {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	}
	if isNumber(text) {
		return Number
	}
	return String
}

// isNumber tells whether a plain scalar is a number: 12, -1_000, 0x2a, 0o17,
// 1.5e3, .inf.
func isNumber(text string) bool {
	if c := text[0]; c != '+' && c != '-' && c != '.' && (c < '0' || c > '9') {
		return false
	}
	if text[0] == '+' || text[0] == '-' {
		text = text[1:]
	}
	switch text {
	case "", ".":
		return false
	case ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN":
		return true
	}
	if len(text) > 2 && text[0] == '0' {
		switch text[1] {
		case 'x':
			return all(text[2:], func(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' })
		case 'o':
			return all(text[2:], func(c byte) bool { return '0' <= c && c <= '7' })
		}
	}
	digits, i := 0, 0
	for ; i < len(text) && (isDigit(text[i]) || text[i] == '_' && i > 0); i++ {
		digits++
	}
	if i < len(text) && text[i] == '.' {
		for i++; i < len(text) && isDigit(text[i]); i++ {
			digits++
		}
	}
	if digits == 0 {
		return false
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		from := i
		for ; i < len(text) && isDigit(text[i]); i++ {
		}
		if i == from {
			return false
		}
	}
	return i == len(text)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func all(text string, is func(byte) bool) bool {
	for i := range len(text) {
		if !is(text[i]) {
			return false
		}
	}
	return true
}
