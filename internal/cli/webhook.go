package cli

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
	"github.com/charmarr/charmarr-lint/internal/tracing"
	"github.com/charmarr/charmarr-lint/internal/webhook"
)

// webhookFlags say where and by what is answered.
type webhookFlags struct {
	config, profile string
	policies        []string
	live            liveFlags
	standing        standingFlags

	listen, status              string
	certificate, key, clientCA  string
	own                         ownFlags
	jujuInterval, jujuBudget    time.Duration
	clusterBudget, drainTimeout time.Duration
	atOnce                      int
}

func (f *webhookFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&f.certificate, "cert", "", "certificate `FILE` to answer with; it is read again when it changes")
	fs.StringVar(&f.key, "key", "", "`FILE` with the certificate's key")
	f.own.register(cmd)
	fs.StringVar(&f.clientCA, "client-ca", "", "answer those alone whose certificate is signed by one of this `FILE`")
	fs.StringVar(&f.listen, "listen", ":9443", "answer the API server on this `ADDRESS`; 'none' answers nobody, and wants no certificate")
	fs.StringVar(&f.status, "status-listen", ":8080", "health, metrics and the last report on this `ADDRESS`; 'none' for none")
	fs.DurationVar(&f.clusterBudget, "cluster-budget", 5*time.Minute, "refuse nothing when what is known of the cluster is older than this `TIME`")
	fs.DurationVar(&f.jujuInterval, "juju-interval", 2*time.Minute, "read Juju again after this `TIME`")
	fs.DurationVar(&f.jujuBudget, "juju-budget", 15*time.Minute, "leave out what Juju said when it is older than this `TIME`")
	fs.IntVar(&f.atOnce, "at-once", 64, "judge this `NUMBER` of requests at once; others wait")
	fs.DurationVar(&f.drainTimeout, "drain", 20*time.Second, "when it is to end, answer for this `TIME` still")
	f.standing.register(cmd)
	f.live.register(cmd)
	fs.StringVarP(&f.config, "config", "c", "", "configuration `FILE` (default: "+config.FileName+" here or above); it is read again when it changes")
	fs.StringVarP(&f.profile, "profile", "p", "", "profile `NAME`: adr-006, single-model or your own (default: the configuration's)")
	fs.StringArrayVar(&f.policies, "policies", nil, "`DIR` with Rego rules of your own (repeatable); it is read again when it changes")
}

// check refuses what cannot be answered with.
func (f *webhookFlags) check() error {
	switch {
	case f.listen == none && (f.certificate+f.key+f.clientCA+f.own.secret != "" || f.own.failClosed):
		return errors.New("--listen none answers nobody: --cert, --key, --client-ca, --certificate-secret and --fail-closed are for who does")
	case f.listen == none && f.status == none && f.standing.interval == 0:
		return errors.New("--listen none and --status-listen none leave nothing to do without --audit-interval")
	case f.own.secret != "" && f.certificate+f.key != "":
		return errors.New("--certificate-secret has the webhook make its certificate, and --cert and --key name one that is there: give one of the two")
	case f.listen != none && f.own.secret == "" && (f.certificate == "" || f.key == ""):
		return errors.New("--cert and --key are missing: the API server asks over HTTPS alone; --certificate-secret has the webhook make a certificate, and docs/webhook.md says where another comes from")
	case f.live.noKube:
		return errors.New("--no-kube leaves nothing to hold requests against")
	case f.clusterBudget <= 0 || f.jujuInterval <= 0 || f.jujuBudget <= 0 || f.drainTimeout <= 0:
		return errors.New("--cluster-budget, --juju-interval, --juju-budget and --drain are times longer than zero")
	case !f.live.noJuju && f.jujuBudget < f.jujuInterval:
		return fmt.Errorf("--juju-budget: what Juju says is read every %s, and would hold for %s alone", f.jujuInterval, f.jujuBudget)
	case f.atOnce <= 0:
		return fmt.Errorf("--at-once: %d requests are none", f.atOnce)
	}
	return errors.Join(f.own.check(), f.standing.check(), f.live.check())
}

// lastTraces bounds how long the end waits for a collector.
const lastTraces = 5 * time.Second

// none is the address that nobody listens on.
const none = "none"

func newWebhook(p *program) *cobra.Command {
	var f webhookFlags
	cmd := &cobra.Command{
		Use:                   "webhook [flags]",
		Short:                 "Answer the API server's questions: refuse a fault when it is made",
		Args:                  noMoreThan(0),
		DisableFlagsInUseLine: true,
		Long: `Webhook is a validating admission webhook: the API server asks it before it
changes an object of a model. It lays the object over what is known of the
cluster and of Juju, asks the rules before and after, and refuses what the change
brings by a rule that denies. What was wrong before, and what other rules find, is
a warning. What it cannot judge passes.

The rules that deny say so on their pages; rules.PATTERN.admission in the
configuration says otherwise. It reads only, but what is its own: with
--certificate-secret it keeps its certificate in a Secret and has its registration
trust it; with --fail-closed it has the registration refuse what touches privacy
while nobody answers, for as long as it proves that it works. With --audit-interval
it keeps what is wrong written down in the cluster: of several replicas one does, by
a Lease. With --listen none it does that alone, and serves the last report.

Exit codes: 0 it was told to end, 2 wrong usage or configuration.`,
		Example: `  # in a pod, with a certificate from a Secret
  charmarr-lint webhook --cert /tls/tls.crt --key /tls/tls.key --no-juju

  # in a pod, with a certificate of its own making
  charmarr-lint webhook --certificate-secret charmarr-lint-webhook-own --no-juju

  # the standing audit alone
  charmarr-lint webhook --listen none --audit-interval 5m --no-juju

  # how to register it
  charmarr-lint webhook configuration`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.webhook(cmd.Context(), f)
		},
	}
	f.register(cmd)
	refuse(cmd, f.check)
	cmd.AddCommand(newWebhookConfiguration(p))
	return cmd
}

func (p *program) webhook(ctx context.Context, f webhookFlags) error {
	o := webhook.Options{
		Listen: f.listen, Status: f.status, Certificate: f.certificate, Key: f.key, ClientCA: f.clientCA,
		JujuEvery: f.jujuInterval, JujuBudget: f.jujuBudget, ClusterBudget: f.clusterBudget,
		AtOnce: f.atOnce, Drain: f.drainTimeout, Log: p.stderr, Now: time.Now,
		Setup: func() (lint.Options, error) { return f.run() },
		Files: f.files,
	}
	for _, address := range []*string{&o.Listen, &o.Status} {
		if *address == none {
			*address = ""
		}
	}
	kubeOptions := kube.Options{Context: f.live.context, Namespaces: f.live.namespaces, TimeLimit: f.live.timeout, Version: version()}
	if len(kubeOptions.Namespaces) == 0 {
		kubeOptions.Namespaces = namespacesOf(f.live.models)
	}
	err := p.cluster(f.live, &kubeOptions)
	if err != nil {
		return err
	}
	if o.Own, err = f.own.options(kubeOptions); err != nil {
		return err
	}
	watcher, err := kube.NewWatcher(kubeOptions)
	if err != nil {
		return err
	}
	o.Cluster = watched{watcher}
	if o.Tracer, err = tracing.New(ctx, p.getenv, version(), p.stderr); err != nil {
		return err
	}
	defer func() {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTraces)
		defer cancel()
		if err := o.Tracer.Close(limited); err != nil {
			p.notice(err.Error())
		}
	}()
	if o.Beside, err = f.standing.standing(kubeOptions, f.own, o.Tracer, p.stderr); err != nil {
		return err
	}
	if !f.live.noJuju {
		live := f.live
		live.noKube = true
		collectors, err := p.collectors(live, nil)
		if err != nil {
			return err
		}
		o.Juju = func(ctx context.Context) (snapshot.Snapshot, error) { return collectLive(ctx, collectors) }
	}
	server, err := webhook.New(ctx, o)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}

// run reads the configuration.
func (f webhookFlags) run() (lint.Options, error) {
	c, err := configuration(f.config)
	if err != nil {
		return lint.Options{}, err
	}
	return lint.Options{Config: c, Profile: f.profile, Policies: f.policies, Version: version(), Today: time.Now()}, nil
}

// files are those that a change of which is to be taken in.
func (f webhookFlags) files(c config.Config) []string {
	out := slices.Concat(f.policies, c.Policies)
	switch {
	case f.config != "":
		out = append(out, f.config)
	case c.File != "":
		out = append(out, c.File)
	}
	return out
}

// watched is a watcher as package webhook wants one.
type watched struct{ *kube.Watcher }

// Observe returns the cluster as it was last seen.
func (w watched) Observe() (webhook.Observed, bool) {
	seen, ok := w.Watcher.Observe()
	return webhook.Observed(seen), ok
}

func newWebhookConfiguration(p *program) *cobra.Command {
	r := webhook.Registration{}
	ca := ""
	cmd := &cobra.Command{
		Use:                   "configuration [flags]",
		Short:                 "Print how the webhook is registered: a ValidatingWebhookConfiguration",
		Args:                  noMoreThan(0),
		DisableFlagsInUseLine: true,
		Long: `Configuration prints the ValidatingWebhookConfiguration by which the API server
finds the webhook. It asks about models alone, never about kube-system, about the
webhook's own namespace, nodes, leases, events or a status. Where nobody answers,
all passes; with --fail, what touches privacy in models is refused then.`,
		Example: `  charmarr-lint webhook configuration --ca ca.crt | kubectl apply -f -`,
		RunE: func(*cobra.Command, []string) error {
			if ca != "" {
				text, err := os.ReadFile(ca)
				if err != nil {
					return fmt.Errorf("reading the certificate of the authority: %w", err)
				}
				r.CABundle = base64.StdEncoding.EncodeToString(text)
			}
			_, err := p.stdout.Write(webhook.Configuration(r))
			return written("the configuration", err)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&r.Name, "name", lint.Name, "`NAME` of the configuration")
	fs.StringVarP(&r.Namespace, "namespace", "n", lint.Name, "`NAME` of the namespace that the webhook runs in")
	fs.StringVar(&r.Service, "service", lint.Name+"-webhook", "`NAME` of its Service")
	fs.StringVar(&r.URL, "url", "", "`URL` in the place of the Service")
	fs.StringVar(&ca, "ca", "", "`FILE` with the certificate that the webhook's is signed by")
	fs.StringVar(&r.CertManager, "cert-manager", "", "`NAMESPACE/NAME` of the Certificate from which cert-manager fills that in")
	fs.BoolVar(&r.Fail, "fail", false, "while nobody answers, refuse what touches privacy in models")
	refuse(cmd, func() error { return nil })
	return cmd
}
