package webhook

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/charmarr/charmarr-lint/internal/patience"
	"github.com/charmarr/charmarr-lint/internal/webhook/own"
	"github.com/charmarr/charmarr-lint/internal/webhook/proof"
)

const (
	// A webhook that has not proved itself tries again sooner.
	unprovedEvery = 5 * time.Second
	// secondLook is how long after a proof that failed another is tried: a replica may
	// just have gone.
	secondLook = time.Second
	// enough is how many proofs in a row that could not be sent count as failed.
	enough = 3
	// company is how often is looked for another replica before this one takes
	// itself for the last, and companyPause how long after each other.
	company      = 8
	companyPause = 50 * time.Millisecond
)

// arming has the API server fail closed (refuse, while nobody answers) for as long as
// the webhook proves that it works, and open otherwise. Each replica does it, and none
// leads: what is proved is the Service, whoever answers.
type arming struct {
	server *Server
	own    Own

	unsent map[string]int // proofs in a row that could not be sent, by webhook
	told   map[string]string

	lock   sync.Mutex
	armed  map[string]bool
	proofs map[labels]uint64
	last   map[string]time.Time // when a proof succeeded
}

func newArming(s *Server, o Own) *arming {
	return &arming{
		server: s, own: o, unsent: map[string]int{}, told: map[string]string{},
		armed: map[string]bool{}, proofs: map[labels]uint64{}, last: map[string]time.Time{},
	}
}

// run proves and arms until the context ends.
func (a *arming) run(ctx context.Context) {
	for {
		pause := min(unprovedEvery, a.own.ProofEvery)
		if a.server.Ready() == nil && a.round(ctx) {
			pause = a.own.ProofEvery
		}
		if !patience.Wait(ctx, pause) {
			return
		}
	}
}

// round proves all once, and arms or disarms accordingly; whole says that all is
// armed.
func (a *arming) round(ctx context.Context) (whole bool) {
	whole = true
	wants := map[string]own.Policy{}
	for _, t := range proof.Trials(a.server.instance) {
		outcome, said, err := a.prove(ctx, t)
		if ctx.Err() != nil {
			return false
		}
		whole = whole && outcome == own.Refused
		switch {
		case outcome == own.Refused:
			a.unsent[t.Webhook] = 0
			wants[t.Webhook] = own.Fail
			continue
		case err == nil:
			a.unsent[t.Webhook] = 0
			wants[t.Webhook] = own.Ignore
			a.tell(t.Webhook, string(outcome), said)
		default:
			if a.unsent[t.Webhook]++; a.unsent[t.Webhook] >= enough {
				wants[t.Webhook] = own.Ignore
			}
			a.tell(t.Webhook, "not-sent", err.Error())
		}
	}
	if err := a.set(ctx, wants); err != nil {
		a.tell("", "not-written", err.Error())
		return false
	}
	return whole
}

// prove sends a trial, and once more where it was not refused.
func (a *arming) prove(ctx context.Context, t proof.Trial) (own.Outcome, string, error) {
	outcome, said, err := a.try(ctx, t)
	if err == nil && outcome != own.Refused && patience.Wait(ctx, min(secondLook, a.own.ProofEvery)) {
		outcome, said, err = a.try(ctx, t)
	}
	return outcome, said, err
}

// try sends a trial and counts it.
func (a *arming) try(ctx context.Context, t proof.Trial) (own.Outcome, string, error) {
	outcome, said, err := a.own.Objects.Try(ctx, t)
	counted := string(outcome)
	if err != nil {
		counted = "not-sent"
	}
	if ctx.Err() != nil {
		return outcome, said, err
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	a.proofs[labelled("webhook", t.Webhook, "outcome", counted)]++
	if outcome == own.Refused {
		a.last[t.Webhook] = a.server.options.Now()
	}
	return outcome, said, err
}

// tell logs why a webhook is not armed, once for as long as it is for the like.
func (a *arming) tell(webhook, outcome, said string) {
	if a.told[webhook] != outcome {
		a.told[webhook] = outcome
		a.server.log.Warn("a proof has failed", "webhook", webhook, "outcome", outcome, "said", said)
	}
}

// set writes the policies into the registration.
func (a *arming) set(ctx context.Context, wants map[string]own.Policy) error {
	entries, _, err := a.own.Objects.Register(ctx, func(e *own.Entry) {
		if want, ok := wants[e.Name]; ok {
			e.Policy = want
		}
	})
	if err != nil {
		return err
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	for _, e := range entries {
		want, ours := wants[e.Name]
		is := e.Policy == own.Fail
		switch before := a.armed[e.Name]; {
		case !ours:
			continue
		case is && !before:
			a.server.log.Info("armed: while nobody answers, the API server refuses", "webhook", e.Name)
		case !is && before:
			a.server.log.Warn("disarmed: while nobody answers, all passes", "webhook", e.Name)
		}
		if a.armed[e.Name] = is; is && want == own.Fail {
			delete(a.told, e.Name)
		}
	}
	delete(a.told, "")
	return nil
}

// end disarms where this is the last replica: from now on nobody answers.
func (a *arming) end(ctx context.Context) {
	alone, why := a.alone(ctx)
	if !alone {
		a.server.log.Info("another replica answers: it stays armed")
		return
	}
	wants := map[string]own.Policy{}
	for _, t := range proof.Trials(a.server.instance) {
		wants[t.Webhook] = own.Ignore
	}
	if err := a.set(ctx, wants); err != nil && !errors.Is(err, own.ErrUnregistered) {
		a.server.log.Error("disarming at the end", "error", err.Error())
		return
	}
	a.server.log.Info("disarmed at the end of the last replica", "because", why)
}

// alone tells whether nobody else answers who stays, and why it seems so.
func (a *arming) alone(ctx context.Context) (bool, string) {
	trials := proof.Trials(a.server.instance)
	t := trials[max(0, slices.IndexFunc(trials, func(t proof.Trial) bool { return a.isArmed(t.Webhook) }))]
	for range company {
		outcome, said, err := a.own.Objects.Try(ctx, t)
		by, stays := proof.SignedBy(said)
		switch {
		case err == nil && outcome != own.Refused:
			return true, "a proof is " + string(outcome)
		case err == nil && by != a.server.instance && stays:
			return false, ""
		}
		if !patience.Wait(ctx, companyPause) {
			break
		}
	}
	return true, "none that stays has answered any of " + strconv.Itoa(company) + " proofs"
}

func (a *arming) isArmed(webhook string) bool {
	a.lock.Lock()
	defer a.lock.Unlock()
	return a.armed[webhook]
}

// write writes the metrics.
func (a *arming) write(w *exposition) {
	a.lock.Lock()
	defer a.lock.Unlock()
	armed, last := map[labels]float64{}, map[labels]float64{}
	for _, t := range proof.Trials("") {
		armed[labelled("webhook", t.Webhook)] = number(a.armed[t.Webhook])
		if at, ok := a.last[t.Webhook]; ok {
			last[labelled("webhook", t.Webhook)] = float64(at.Unix())
		}
	}
	w.gauges("armed", "Whether the API server refuses while nobody answers.", armed)
	w.counters("proofs_total", "Proofs by which the webhook is armed, by what became of them.", a.proofs)
	w.gauges("last_proof_timestamp_seconds", "When a proof last succeeded.", last)
}
