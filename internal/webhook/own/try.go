package own

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/webhook/proof"
)

// Outcome is what became of a trial.
type Outcome string

// The outcomes.
const (
	Refused    Outcome = "refused"    // as it has to be
	Passed     Outcome = "passed"     // it would have been done
	Unanswered Outcome = "unanswered" // the API server did not reach the webhook
)

// Try sends a trial, as a dry run, and says what became of it, with the API server's
// words. An error means that it cannot be told: the trial did not come as far as the
// webhook.
func (o *Objects) Try(ctx context.Context, t proof.Trial) (Outcome, string, error) {
	query := url.Values{"dryRun": {"All"}, "fieldManager": {manager}}
	err := o.server.Do(ctx, apiserver.Request{
		Method: http.MethodPatch, Path: t.Path, Query: query, Body: json.RawMessage(t.Patch), ContentType: "application/merge-patch+json",
	}, nil)
	said, answered := errors.AsType[*apiserver.Error](err)
	by := fmt.Sprintf("%q", t.Webhook)
	switch {
	case err == nil:
		return Passed, "", nil
	case answered && strings.HasPrefix(said.Message, "admission webhook "+by+" denied the request: "):
		return Refused, said.Message, nil
	case answered && strings.Contains(said.Message, "failed calling webhook "+by):
		return Unanswered, said.Message, nil
	}
	if apiserver.IsNotFound(err) {
		err = fmt.Errorf("%w: deploy/fail-closed makes it", err)
	}
	return "", "", doing("sending a request that has to be refused to "+t.Path, err, t.Needs+" (deploy/fail-closed has the roles)")
}
