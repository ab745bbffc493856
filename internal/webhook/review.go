package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/charmarr/charmarr-lint/internal/admission"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/tracing"
	"github.com/charmarr/charmarr-lint/internal/webhook/proof"
)

const (
	// Path is where reviews are answered.
	Path = "/validate"

	// margin is how much earlier than the API server stops waiting an answer is
	// given.
	margin = 500 * time.Millisecond
	// defaultWait is how long the API server waits where it does not say.
	defaultWait = 10 * time.Second

	apiVersion = "admission.k8s.io/v1"
	reviewKind = "AdmissionReview"
)

// review is an AdmissionReview with an answer.
type review struct {
	APIVersion string  `json:"apiVersion"`
	Kind       string  `json:"kind"`
	Response   *answer `json:"response"`
}

// answer is an AdmissionResponse.
type answer struct {
	UID              string            `json:"uid"`
	Allowed          bool              `json:"allowed"`
	Status           *status           `json:"status,omitempty"`
	Warnings         []string          `json:"warnings,omitempty"`
	AuditAnnotations map[string]string `json:"auditAnnotations,omitempty"`
}

type status struct {
	Message string `json:"message"`
	Reason  string `json:"reason"`
	Code    int    `json:"code"`
}

// reviews answers the API server.
func (s *Server) reviews() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(Path, s.review)
	return mux
}

func (s *Server) review(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	if s.drained.Load() {
		w.Header().Set("Connection", "close") // the next goes to another replica
	}
	ctx, span := s.options.Tracer.Serve(r, "admission review")
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, answerTime(r))
	defer cancel()
	held := hold{total: &s.held}
	defer held.release()
	q, err := readQuestion(w, r, &held)
	if err != nil {
		span.Fail(err)
		bad := &refused{http.StatusBadRequest, err.Error()}
		errors.As(err, &bad)
		s.metrics.malformed()
		http.Error(w, lint.Name+": "+bad.why, bad.code)
		return
	}
	askedOf(span, q)
	a := s.answer(ctx, q)
	answeredOf(span, a)
	body, err := json.Marshal(review{APIVersion: apiVersion, Kind: reviewKind, Response: a})
	if err != nil { // texts and flags alone: it cannot be
		http.Error(w, lint.Name+": writing the answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(body)
	s.metrics.answered(q, a.Allowed, time.Since(began))
	if err != nil {
		s.log.Warn("sending an answer", "uid", q.UID, "error", err.Error())
	}
}

// answerTime is how long an answer may take: the API server says it in the address.
func answerTime(r *http.Request) time.Duration {
	wait, err := time.ParseDuration(r.URL.Query().Get("timeout"))
	if err != nil || wait <= 0 || wait > requestTime {
		wait = defaultWait
	}
	return max(wait-margin, wait/2)
}

// answer answers a question, whatever happens: what cannot be judged passes, with
// a warning.
func (s *Server) answer(ctx context.Context, q *question) (a *answer) {
	pass := func(why string) *answer {
		return &answer{UID: q.UID, Allowed: true, Warnings: []string{lint.Name + ": this was not judged: " + why}}
	}
	defer func() {
		if failure := recover(); failure != nil {
			s.metrics.failed()
			s.log.Error("judging a request", "uid", q.UID, "panic", fmt.Sprint(failure), "stack", string(debug.Stack()))
			a = pass("the webhook failed; its log says how")
		}
	}()
	req := q.Request
	if !admission.Concerned(req) {
		return &answer{UID: q.UID, Allowed: true}
	}
	known := s.facts.last.Load()
	if known == nil {
		return pass("the webhook has not read the cluster yet")
	}
	since := time.Now()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
		waited(tracing.Current(ctx), since)
	case <-ctx.Done():
		s.metrics.failed()
		return pass("the webhook has too much to do")
	}
	view := known.view(s.options)
	_, trial := proof.Of(req)
	if trial = trial && q.DryRun; trial {
		if view.Standing, _ = known.court.world(); view.Standing == nil {
			s.metrics.failed()
			return pass("the world of proofs cannot be judged")
		}
	}
	deciding, span := s.options.Tracer.Start(ctx, "decide")
	decided, err := known.court.decider.Decide(deciding, view, req)
	decidedOf(span, view, decided, err)
	if err != nil {
		s.metrics.failed()
		s.log.Error("judging a request", "uid", q.UID, "object", req.String(), "error", err.Error())
		return pass("the webhook could not do it in time")
	}
	if trial {
		if !decided.Allowed {
			decided.Message = proof.Sign(decided.Message, s.instance, !s.drained.Load())
		}
	} else {
		s.metrics.decided(decided, q.DryRun)
	}
	a = &answer{UID: q.UID, Allowed: decided.Allowed, Warnings: decided.Warnings, AuditAnnotations: decided.Audit}
	if !decided.Allowed {
		a.Status = &status{Message: lint.Name + ": " + decided.Message, Reason: "Forbidden", Code: http.StatusForbidden}
	}
	if !decided.Allowed && !trial {
		s.log.Info("refused", "uid", q.UID, "operation", string(req.Operation), "object", req.String(), "dry_run", q.DryRun, "rules", decided.Audit[string(admission.Denied)])
	}
	return a
}
