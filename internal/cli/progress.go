package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/term"
)

// Progress is shown late and seldom: most runs end before anybody would read
// it, and a terminal repaints no faster.
const (
	progressAfter = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

// progress tells a person at a terminal how far reading has come. A nil
// progress says nothing.
type progress struct {
	w     io.Writer
	now   func() time.Time
	mu    sync.Mutex
	next  time.Time // not before
	shown bool
	over  bool
}

// newProgress returns the progress of a run, nil where standard error is no
// terminal or nobody wants to see it.
func (p *program) newProgress() *progress {
	f, ok := isFile(p.stderr)
	if p.quiet || !ok || !term.IsTerminal(int(f.Fd())) || p.getenv("TERM") == "dumb" {
		return nil
	}
	return startProgress(p.stderr, time.Now)
}

func startProgress(w io.Writer, now func() time.Time) *progress {
	return &progress{w: w, now: now, next: now().Add(progressAfter)}
}

// step says that done of total files are read.
func (p *progress) step(done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); !p.over && !now.Before(p.next) {
		p.next, p.shown = now.Add(progressEvery), true
		fmt.Fprintf(p.w, "\rreading files: %d of %d\x1b[K", done, total)
	}
}

// erase takes the line away and ends the progress.
func (p *progress) erase() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.over, p.shown = true, false
}
