package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sync/atomic"
)

const (
	// maxBody bounds a question. It holds two objects, of which etcd takes no more
	// than 1.5 MiB each, as JSON that may be twice as long.
	maxBody = 7 << 20

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

// readQuestion reads an AdmissionReview. What is none is refused with a code.
func readQuestion(w http.ResponseWriter, r *http.Request, held *hold) (*question, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &refused{http.StatusMethodNotAllowed, "an AdmissionReview is sent with POST"}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &refused{http.StatusUnsupportedMediaType, "an AdmissionReview is sent as application/json"}
	}
	body, err := io.ReadAll(held.of(http.MaxBytesReader(w, r.Body, maxBody)))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, &refused{http.StatusRequestEntityTooLarge, fmt.Sprintf("the AdmissionReview has more than %d MiB", maxBody>>20)}
	}
	if errors.Is(err, errTooMuch) {
		return nil, &refused{http.StatusServiceUnavailable, fmt.Sprintf("the questions that are being read and answered have more than %d MiB: ask again", maxHeld>>20)}
	}
	if err != nil {
		return nil, &refused{http.StatusBadRequest, "reading the AdmissionReview: " + err.Error()}
	}
	return decodeQuestion(body)
}

func decodeQuestion(body []byte) (*question, error) {
	var in review
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, &refused{http.StatusBadRequest, "the AdmissionReview is no JSON of its kind: " + err.Error()}
	}
	switch {
	case in.APIVersion != apiVersion || in.Kind != reviewKind:
		return nil, &refused{http.StatusBadRequest, fmt.Sprintf("want an %s of %s, not a %.80q of %.80q", reviewKind, apiVersion, in.Kind, in.APIVersion)}
	case in.Request == nil || in.Request.UID == "":
		return nil, &refused{http.StatusBadRequest, "the AdmissionReview has no request with a uid"}
	}
	return in.Request, nil
}
