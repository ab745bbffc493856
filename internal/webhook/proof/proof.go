// Package proof has what the webhook proves itself by: requests that have to be
// refused.
//
// Words: a Trial is one such request. It is sent to the API server as a dry run, so
// that nothing is changed, and it counts as refused where the API server says that
// the webhook did: then the Service, the certificate, the registration and the rules
// all work. The World is what the webhook holds a trial against in the place of the
// cluster: a model so small that it stands here in whole, in which the trial brings a
// fault. The rules judge it as they judge any request.
//
// A trial changes objects that are there for it alone, in a namespace of their own
// (deploy/fail-closed): a right to change objects can be bounded to names, one to make
// them cannot. Nothing runs there.
package proof

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/admission"
	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

const (
	// Namespace is the namespace of the objects that trials change, and the model of
	// the world.
	Namespace = "charmarr-lint-proof"
	// Policy is the NetworkPolicy in it.
	Policy = "charmarr-lint-proof"
	// Sender is the annotation that says whose trial a request is.
	Sender = "charmarr-lint.io/proof"
)

// The webhooks that may fail closed, by their names in the registration.
const (
	NamespacesWebhook = "namespaces.charmarr-lint.io"
	PrivacyWebhook    = "privacy.charmarr-lint.io"
)

//go:embed world.yaml
var world string

// World is the world in which trials bring faults.
func World() (snapshot.Snapshot, error) {
	s := snapshot.Snapshot{Sources: []snapshot.Source{{Kind: snapshot.KubeCluster, Name: "proof"}}}
	var wrong *syntax.Error
	failure := syntax.Parse(world, func(d *syntax.Document) bool {
		if wrong = d.Err; wrong == nil {
			manifest.Read(d.Root, &s)
		}
		return wrong == nil
	})
	if wrong = cmp.Or(wrong, failure); wrong != nil {
		return snapshot.Snapshot{}, fmt.Errorf("reading the world of proofs: %w", wrong)
	}
	for _, e := range snapshot.AllEvidence {
		switch {
		case !strings.HasPrefix(string(e), "kube."):
		case e.OfCluster():
			s.Coverage = append(s.Coverage, snapshot.Coverage{Evidence: e})
		default:
			s.Coverage = append(s.Coverage, snapshot.Coverage{Evidence: e, Namespace: Namespace})
		}
	}
	return s, nil
}

// Trial is a request that has to be refused.
type Trial struct {
	// Webhook is by whom it is refused: the name of the entry in the
	// registration.
	Webhook string
	// Path is the object's with the API server, Patch what is to be merged into it.
	Path  string
	Patch []byte
	// Needs is the right that it takes.
	Needs string
}

// Trials are those of a sender, one for each webhook that may fail closed.
func Trials(sender string) []Trial {
	patch := func(labels, spec map[string]any) []byte {
		change := map[string]any{"metadata": map[string]any{"labels": labels, "annotations": map[string]any{Sender: sender}}}
		if spec != nil {
			change["spec"] = spec
		}
		text, err := json.Marshal(change)
		if err != nil {
			panic(err) // texts alone
		}
		return text
	}
	return []Trial{
		{
			Webhook: NamespacesWebhook, Path: "/api/v1/namespaces/" + Namespace,
			Patch: patch(map[string]any{"istio.io/dataplane-mode": "ambient"}, nil),
			Needs: "patch on the Namespace " + Namespace,
		},
		{
			Webhook: PrivacyWebhook, Path: "/apis/networking.k8s.io/v1/namespaces/" + Namespace + "/networkpolicies/" + Policy,
			Patch: patch(map[string]any{}, map[string]any{
				"podSelector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "qbittorrent"}},
				"policyTypes": []string{"Egress"},
				"egress":      []any{map[string]any{"to": []any{map[string]any{"ipBlock": map[string]any{"cidr": "0.0.0.0/0"}}}}},
			}),
			Needs: "patch on the NetworkPolicy " + Policy + " of namespace " + Namespace,
		},
	}
}

// Of tells whether a request is a trial, and of which sender.
func Of(req admission.Request) (sender string, ok bool) {
	switch {
	case req.Operation != admission.Update:
		return "", false
	case req.Kind == "Namespace" && req.Name == Namespace:
	case req.Kind == "NetworkPolicy" && req.Namespace == Namespace && req.Name == Policy:
	default:
		return "", false
	}
	var object struct {
		Metadata struct {
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal([]byte(req.Object), &object); err != nil {
		return "", false // it is judged as others are
	}
	sender, ok = object.Metadata.Annotations[Sender]
	return sender, ok && sender != ""
}

// Sign adds to the message of a trial that was refused by whom it was, and whether
// they stay.
func Sign(message, by string, stays bool) string {
	word := "ends"
	if stays {
		word = "stays"
	}
	return fmt.Sprintf("%s (refused by %s, who %s)", message, by, word)
}

// SignedBy reads what Sign has added.
func SignedBy(message string) (by string, stays bool) {
	const before = " (refused by "
	at := strings.LastIndex(message, before)
	if at < 0 {
		return "", false
	}
	by, word, _ := strings.Cut(strings.TrimSuffix(message[at+len(before):], ")"), ", who ")
	return by, word == "stays"
}
