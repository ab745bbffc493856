package cli

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProgressIsLateSeldomAndErased(t *testing.T) {
	var (
		out bytes.Buffer
		now time.Time
	)
	p := startProgress(&out, func() time.Time { return now })
	p.step(1, 9)
	require.Empty(t, out.String(), "a short run shows nothing")
	now = now.Add(progressAfter)
	p.step(2, 9)
	p.step(3, 9)
	require.Equal(t, "\rreading files: 2 of 9\x1b[K", out.String())
	now = now.Add(progressEvery)
	p.step(4, 9)
	p.erase()
	p.step(5, 9)
	require.Equal(t, "\rreading files: 2 of 9\x1b[K\rreading files: 4 of 9\x1b[K\r\x1b[K", out.String())
}

func TestProgressOfAShortRunErasesNothing(t *testing.T) {
	var out bytes.Buffer
	p := startProgress(&out, time.Now)
	p.step(1, 1)
	p.erase()
	require.Empty(t, out.String())
}

func TestNoTerminalNoProgress(t *testing.T) {
	p := (&program{stderr: &bytes.Buffer{}}).newProgress()
	require.Nil(t, p)
	p.step(1, 2)
	p.erase()
}
