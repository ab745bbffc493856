package webhook

import (
	"errors"
	"io"
	"sync/atomic"
)

const (
	// maxBody bounds a question. It holds two objects, of which etcd takes no more
	// than 1.5 MiB each, as JSON in which a character such as < takes six. What is
	// larger would pass unseen where the API server fails open.
	maxBody = 20 << 20

	// maxHeld bounds the questions that are being read and answered, all together:
	// of usual ones, of some 10 KiB, it holds ten thousand.
	maxHeld = 96 << 20
)

// errTooMuch says that more is being read than there may be.
var errTooMuch = errors.New("too much is being read")

// hold counts what has been read of one question, as part of all that are held now.
// What is counted is what came, and not what was promised: who sends slowly holds
// little.
type hold struct {
	total *atomic.Int64
	mine  int64
}

// of counts what is read.
func (h *hold) of(r io.Reader) io.Reader { return counted{r, h} }

// release gives back what is held.
func (h *hold) release() { h.total.Add(-h.mine) }

type counted struct {
	from io.Reader
	held *hold
}

// Read reads on, as long as not too much is held.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.held.mine += int64(n)
	if c.held.total.Add(int64(n)) > maxHeld {
		return n, errTooMuch
	}
	return n, err
}
