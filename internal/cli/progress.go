package cli

import (
	"fmt"
	"io"
	"strings"
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
	parts []part    // of a live reading
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

// part is how far one of several readings has come.
type part struct {
	what        string
	done, total int
}

// step says that done of total files are read.
func (p *progress) step(done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show(fmt.Sprintf("files: %d of %d", done, total))
}

// of returns the progress of one of several readings at once, of models, say.
func (p *progress) of(what string) func(done, total int, name string) {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := len(p.parts)
	p.parts = append(p.parts, part{what: what})
	return func(done, total int, _ string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.parts[i].done, p.parts[i].total = done, total
		var texts []string
		for _, x := range p.parts {
			if x.total > 0 {
				texts = append(texts, fmt.Sprintf("%s: %d of %d", x.what, x.done, x.total))
			}
		}
		p.show(strings.Join(texts, ", "))
	}
}

// show paints the line again, where it is time to.
func (p *progress) show(text string) {
	if now := p.now(); !p.over && !now.Before(p.next) {
		p.next, p.shown = now.Add(progressEvery), true
		fmt.Fprintf(p.w, "\rreading %s\x1b[K", text)
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
