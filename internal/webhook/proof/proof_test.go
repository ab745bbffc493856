package proof

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/admission"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// there are the objects that deploy/fail-closed makes, as the API server has them.
func there(webhook string) string {
	if webhook == NamespacesWebhook {
		return `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"charmarr-lint-proof","labels":{"kubernetes.io/metadata.name":"charmarr-lint-proof","model.juju.is/name":"charmarr-lint-proof"}}}`
	}
	return `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"charmarr-lint-proof","namespace":"charmarr-lint-proof"},"spec":{"podSelector":{},"policyTypes":["Ingress","Egress"]}}`
}

// request is a trial as the API server asks about it.
func request(t *testing.T, trial Trial) admission.Request {
	t.Helper()
	before := []byte(there(trial.Webhook))
	var object, patch map[string]any
	require.NoError(t, json.Unmarshal(before, &object))
	require.NoError(t, json.Unmarshal(trial.Patch, &patch))
	merge(object, patch)
	after, err := json.Marshal(object)
	require.NoError(t, err)
	req := admission.Request{Operation: admission.Update, Version: "v1", Name: path.Base(trial.Path), Old: string(before), Object: string(after), Namespace: Namespace}
	if trial.Webhook == NamespacesWebhook {
		req.Kind, req.Resource = "Namespace", "namespaces"
	} else {
		req.Kind, req.Resource, req.Group = "NetworkPolicy", "networkpolicies", "networking.k8s.io"
	}
	return req
}

func merge(into, patch map[string]any) {
	for key, value := range patch {
		below, ok := value.(map[string]any)
		if old, was := into[key].(map[string]any); ok && was {
			merge(old, below)
			continue
		}
		into[key] = value
	}
}

// TestTrialsAreRefused has the rules refuse each trial, whatever is expected of the
// deployment, and nothing where they are told not to.
func TestTrialsAreRefused(t *testing.T) {
	for _, profile := range []string{"adr-006", "single-model"} {
		t.Run(profile, func(t *testing.T) {
			for _, trial := range Trials("me") {
				a := decide(t, config.Default(), profile, trial)
				require.False(t, a.Allowed, "%s %v %v", trial.Webhook, a.Warnings, a.Verdicts)
				want := map[string]rule.ID{NamespacesWebhook: "mesh/gateway-not-enrolled", PrivacyWebhook: "kill-switch/no-widening-policy"}[trial.Webhook]
				require.Contains(t, a.Message, string(want))
			}
		})
	}
	file := filepath.Join(t.TempDir(), config.FileName)
	require.NoError(t, os.WriteFile(file, []byte("version: 1\nrules:\n  '*': {admission: warn}\n"), 0o600))
	c, err := config.Load(file)
	require.NoError(t, err)
	for _, trial := range Trials("me") {
		a := decide(t, c, "", trial)
		require.True(t, a.Allowed, "who wants no refusals gets none, and nothing is armed")
	}
}

func decide(t *testing.T, c config.Config, profile string, trial Trial) admission.Answer {
	t.Helper()
	judge, err := lint.NewJudge(t.Context(), lint.Options{Config: c, Profile: profile, Today: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	repeater, err := judge.Repeater()
	require.NoError(t, err)
	snap, err := World()
	require.NoError(t, err)
	standing, err := repeater.First(t.Context(), snap)
	require.NoError(t, err)
	req := request(t, trial)
	sender, ok := Of(req)
	require.True(t, ok)
	require.Equal(t, "me", sender)
	a, err := admission.New(repeater, c).Decide(t.Context(), admission.View{Standing: standing}, req)
	require.NoError(t, err)
	require.True(t, a.Asked)
	return a
}

func TestOf(t *testing.T) {
	trial := request(t, Trials("me")[1])
	for name, change := range map[string]func(*admission.Request){
		"a creation":        func(r *admission.Request) { r.Operation = admission.Create },
		"another object":    func(r *admission.Request) { r.Name = "other" },
		"another namespace": func(r *admission.Request) { r.Namespace = "gluetun" },
		"another kind":      func(r *admission.Request) { r.Kind = "Service" },
		"no sender":         func(r *admission.Request) { r.Object = r.Old },
		"no object":         func(r *admission.Request) { r.Object = "[" },
	} {
		t.Run(name, func(t *testing.T) {
			req := trial
			change(&req)
			_, ok := Of(req)
			require.False(t, ok)
		})
	}
}

func TestSign(t *testing.T) {
	for _, stays := range []bool{true, false} {
		by, is := SignedBy(Sign("mesh/a: it (refused by x, who y) is so.", "pod-1", stays))
		require.Equal(t, "pod-1", by)
		require.Equal(t, stays, is)
	}
	by, stays := SignedBy("mesh/a: it is so.")
	require.Empty(t, by)
	require.False(t, stays)
}
