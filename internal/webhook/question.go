package webhook

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/admission"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
)

// question is what is read of an AdmissionRequest.
type question struct {
	admission.Request

	UID    string
	DryRun bool
}

// refused is a question that is none.
type refused struct {
	code int
	why  string
}

func (r *refused) Error() string { return r.why }

// readQuestion reads an AdmissionReview. What is none is refused with a code.
func readQuestion(w http.ResponseWriter, r *http.Request, held *hold) (*question, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &refused{http.StatusMethodNotAllowed, "an AdmissionReview is sent with POST"}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &refused{http.StatusUnsupportedMediaType, "an AdmissionReview is sent as application/json"}
	}
	var body strings.Builder
	if _, err := io.Copy(&body, held.of(http.MaxBytesReader(w, r.Body, maxBody))); err != nil {
		return nil, unreadable(err)
	}
	return decodeQuestion(body.String())
}

// unreadable says why a body could not be read.
func unreadable(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return &refused{http.StatusRequestEntityTooLarge, fmt.Sprintf("the AdmissionReview has more than %d MiB", maxBody>>20)}
	}
	if errors.Is(err, errTooMuch) {
		return &refused{http.StatusServiceUnavailable, fmt.Sprintf("the questions that are being read and answered have more than %d MiB: ask again", maxHeld>>20)}
	}
	return &refused{http.StatusBadRequest, "reading the AdmissionReview: " + err.Error()}
}

// decodeQuestion reads an AdmissionReview; its objects are left as they are, for nobody
// may have to look at them.
func decodeQuestion(body string) (*question, error) {
	doc := syntax.ParseValue(body, syntax.Unread{In: "request", Keys: []string{"object", "oldObject", "options", "userInfo"}})
	if doc.Err != nil {
		return nil, &refused{http.StatusBadRequest, "the AdmissionReview is no JSON of its kind: " + doc.Err.Error()}
	}
	version, kind := textAt(doc.Root, "apiVersion"), textAt(doc.Root, "kind")
	r := doc.Root.Get("request")
	of := r.Get("kind")
	q := &question{UID: textAt(r, "uid"), Request: admission.Request{
		Operation: admission.Operation(textAt(r, "operation")),
		Group:     textAt(of, "group"), Version: textAt(of, "version"), Kind: textAt(of, "kind"),
		Resource: textAt(r.Get("resource"), "resource"), SubResource: textAt(r, "subResource"),
		Namespace: textAt(r, "namespace"), Name: textAt(r, "name"),
		Object: r.Lookup("object").Raw(), Old: r.Lookup("oldObject").Raw(),
	}}
	q.DryRun, _ = r.Get("dryRun").Bool()
	if problems := doc.Problems(); len(problems) > 0 {
		return nil, &refused{http.StatusBadRequest, "the AdmissionReview is no JSON of its kind: " + problems[0].Reason}
	}
	switch {
	case version != apiVersion || kind != reviewKind:
		return nil, &refused{http.StatusBadRequest, fmt.Sprintf("want an %s of %s, not a %.80q of %.80q", reviewKind, apiVersion, kind, version)}
	case q.UID == "":
		return nil, &refused{http.StatusBadRequest, "the AdmissionReview has no request with a uid"}
	}
	return q, nil
}

// textAt is the text under a key, which nothing else may stand under.
func textAt(n *syntax.Node, key string) string {
	value := n.Get(key)
	if value != nil && value.Kind() != syntax.String {
		value.Problem("want text")
	}
	return value.Peek()
}
