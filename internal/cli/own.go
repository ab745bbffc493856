package cli

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/apiserver"
	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/webhook"
	"github.com/charmarr/charmarr-lint/internal/webhook/own"
)

// ownNamespaceFile says which namespace a pod runs in.
const ownNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// ownFlags say what the webhook looks after itself.
type ownFlags struct {
	secret, namespace, registration string
	failClosed                      bool
	proofInterval                   time.Duration
}

func (f *ownFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.secret, "certificate-secret", "", "make the certificate, and keep it in the Secret of this `NAME`, in the place of --cert and --key")
	fs.StringVar(&f.namespace, "own-namespace", "", "`NAME` of the namespace with that Secret, and with the Lease of --audit-interval (default: the pod's own)")
	fs.StringVar(&f.registration, "registration", lint.Name, "`NAME` of the ValidatingWebhookConfiguration that is to trust the certificate and to fail closed")
	fs.BoolVar(&f.failClosed, "fail-closed", false, "have what touches privacy refused while nobody answers, for as long as proofs say that this works")
	fs.DurationVar(&f.proofInterval, "proof-interval", time.Minute, "prove it again after this `TIME`")
}

// check refuses what cannot be looked after.
func (f *ownFlags) check() error {
	switch {
	case f.proofInterval <= 0:
		return fmt.Errorf("--proof-interval: %s is no time to wait", f.proofInterval)
	case f.registration == "" || strings.ContainsAny(f.registration+f.secret+f.namespace, "/?#% "):
		return fmt.Errorf("--registration %q, --certificate-secret %q and --own-namespace %q are names of objects, without a slash", f.registration, f.secret, f.namespace)
	}
	return nil
}

// home is the namespace that the program runs in.
func (f *ownFlags) home() (string, error) {
	if f.namespace != "" {
		return f.namespace, nil
	}
	text, err := os.ReadFile(ownNamespaceFile)
	if err != nil {
		return "", fmt.Errorf("this is no pod: name it with --own-namespace: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// options are those of what is to be looked after, in the cluster that is watched.
func (f *ownFlags) options(o kube.Options) (webhook.Own, error) {
	out := webhook.Own{Certificate: f.secret != "", FailClosed: f.failClosed, ProofEvery: f.proofInterval}
	if !out.Certificate && !out.FailClosed {
		return out, nil
	}
	base, client, err := o.Reach()
	if err != nil {
		return out, err
	}
	namespace, err := f.home()
	if err != nil && out.Certificate {
		return out, fmt.Errorf("finding the namespace of the Secret %q: %w", f.secret, err)
	}
	namespace = cmp.Or(namespace, lint.Name)
	out.Objects = own.New(apiserver.Client{Base: base, HTTP: client}, own.Names{Namespace: namespace, Secret: f.secret, Registration: f.registration})
	return out, nil
}
