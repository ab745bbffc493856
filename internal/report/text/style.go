package text

import "github.com/charmarr/charmarr-lint/internal/rule"

// style writes the select graphic rendition sequences of ECMA-48, where asked
// to. It uses the eight colours that every terminal theme defines.
type style struct{ on bool }

func (s style) sgr(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(text string) string { return s.sgr("1", text) }
func (s style) dim(text string) string  { return s.sgr("2", text) }

// level colours text as its level asks for; levels are written out as well, so
// that nothing is said by colour alone.
func (s style) level(l rule.Level, text string) string {
	switch l {
	case rule.Error:
		return s.sgr("1;31", text)
	case rule.Warning:
		return s.sgr("1;33", text)
	}
	return s.sgr("1;36", text)
}
