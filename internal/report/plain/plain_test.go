package plain_test

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/report/plain"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

func TestLine(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":               {"charmarr-core", "charmarr-core"},
		"other scripts":       {"größe 家 кубит 🔴", "größe 家 кубит 🔴"},
		"escape sequence":     {"a\x1b[31mb", `a\x1b[31mb`},
		"C1 control":          {"a\u009b31mb", `a\x9b31mb`},
		"delete and bell":     {"a\x7f\a", `a\x7f\x07`},
		"line breaks":         {"a\nb\r\nc\td", `a\nb\r\nc\td`},
		"line separator":      {"a\u2028b", `a\u2028b`},
		"right to left":       {"a\u202eb", `a\u202eb`},
		"beyond the BMP":      {"a\U000e0001b", `a\U000e0001b`},
		"bytes that are not":  {"a\xff\xc3b", `a\xff\xc3b`},
		"replacement as read": {"a\uFFFDb\x00", `a\ufffdb\x00`},
		"no character":        {"a\uffffb", `a\uffffb`},
		"empty":               {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, plain.Line(c.in))
			require.Equal(t, c.want, plain.Line(plain.Line(c.in)), "a second time")
		})
	}
}

func TestSentence(t *testing.T) {
	require.Equal(t, `a b c \x1b`, plain.Sentence(" a\n\tb\u00a0 c \x1b\r\n"))
}

func TestReport(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			got := plain.Report(c.Report)
			require.Equal(t, reporttest.Named(c.Name), c.Report, "the report was changed")
			require.Equal(t, got, plain.Report(got), "a second time")
			for i := range got.Findings {
				require.NotContains(t, got.Findings[i].Remediation, "\n")
			}
		})
	}
}

func TestActsIsWhatUnicodeSays(t *testing.T) {
	for r := range rune(0x3000) {
		want := unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
		require.Equal(t, want, plain.Acts(r), "%U", r)
	}
}
