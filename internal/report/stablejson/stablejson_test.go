package stablejson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/report/stablejson"
)

func TestWrite(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"markup stays":    {"<a href='x'>&</a>", `"<a href='x'>&</a>"`},
		"C0 and DEL":      {"\x1b\x7f", `"\u001b\u007f"`},
		"C1":              {"\u009b", `"\u009b"`},
		"direction mark":  {"\u202e", `"\u202e"`},
		"beyond the BMP":  {"\U000e0001", `"\udb40\udc01"`},
		"other scripts":   {"größe 家 🔴", `"größe 家 🔴"`},
		"escaped already": {`\u009b`, `"\\u009b"`},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, stablejson.Write(&b, c.in))
			require.Equal(t, c.want+"\n", b.String())
			var back string
			require.NoError(t, json.Unmarshal(b.Bytes(), &back))
			require.Equal(t, c.in, back)
		})
	}
}

func TestWriteErrors(t *testing.T) {
	var b bytes.Buffer
	require.ErrorContains(t, stablejson.Write(&b, func() {}), "encoding JSON")
	require.Zero(t, b.Len())
	require.ErrorIs(t, stablejson.Write(broken{}, 1), errBroken)
}

var errBroken = errors.New("broken pipe")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }
