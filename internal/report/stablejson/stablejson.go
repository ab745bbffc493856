// Package stablejson writes JSON that is the same, byte for byte, for the same
// value: indented by two blanks, fields in the order of the struct, no HTML
// escaping, one line feed at the end.
//
// Characters that a terminal could obey (DEL, C1 controls, direction marks) are
// written as \u escapes. A decoder reads back the same text.
package stablejson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/charmarr/charmarr-lint/internal/report/plain"
)

// Write writes v.
func Write(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encoding JSON: %w", err)
	}
	_, err := w.Write(escape(b.Bytes()))
	return err
}

// escape rewrites characters that act. Outside of strings JSON has none but the
// line feed, and inside of strings the encoder has escaped those below U+0020,
// so every other one stands in a string.
func escape(doc []byte) []byte {
	if bytes.IndexFunc(doc, actsInString) < 0 {
		return doc
	}
	var b bytes.Buffer
	for _, r := range string(doc) {
		switch {
		case !actsInString(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}

func actsInString(r rune) bool { return r != '\n' && plain.Acts(r) }
