package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/charmarr/charmarr-lint/internal/collect"
	"github.com/charmarr/charmarr-lint/internal/collect/juju"
	"github.com/charmarr/charmarr-lint/internal/collect/kube"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// liveFlags say which controllers and which cluster to read.
type liveFlags struct {
	controllers []string
	models      []string
	allModels   bool
	kubeconfig  string
	context     string
	namespaces  []string
	noJuju      bool
	noKube      bool
	timeout     time.Duration
}

func (f *liveFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringArrayVar(&f.controllers, "controller", nil, "read this Juju controller: `NAME` in the client store (repeatable; default: the current one)")
	fs.StringArrayVar(&f.models, "model", nil, "read this model: `NAME`, OWNER/NAME or CONTROLLER:NAME (repeatable)")
	fs.BoolVar(&f.allModels, "all-models", false, "read every model the account may see (the default without --model)")
	fs.Var(&once{value: &f.kubeconfig}, "kubeconfig", "reach the cluster by this `FILE` (default: KUBECONFIG, ~/.kube/config, or the pod's own account)")
	fs.Var(&once{value: &f.context}, "context", "`NAME` of the kubeconfig's context (default: its current one)")
	fs.StringArrayVar(&f.namespaces, "namespace", nil, "read this namespace: `NAME` (repeatable; default: the models', else all that Juju labels)")
	fs.BoolVar(&f.noJuju, "no-juju", false, "leave Juju out")
	fs.BoolVar(&f.noKube, "no-kube", false, "leave the cluster out")
	fs.DurationVar(&f.timeout, "timeout", 2*time.Minute, "give up on what was not read after this `TIME`")
}

// once is a flag that says which cluster to read: of two, one would be passed over.
type once struct {
	value *string
	given bool
}

func (o *once) String() string {
	if o.value == nil {
		return "" // cobra asks a zero one for its default
	}
	return *o.value
}

// Set refuses a second value.
func (o *once) Set(text string) error {
	if o.given {
		return errors.New("it is given twice, and one run reads one cluster: audit each by itself")
	}
	*o.value, o.given = text, true
	return nil
}

// Type is what help shows where a flag names no value of its own.
func (o *once) Type() string { return "string" }

// check refuses flags that contradict each other.
func (f *liveFlags) check() error {
	switch {
	case f.noJuju && f.noKube:
		return errors.New("--no-juju and --no-kube leave nothing to read; 'charmarr-lint check' reads files")
	case f.allModels && len(f.models) > 0:
		return errors.New("--all-models and --model ask for different things; give one of them")
	case f.noJuju && len(f.controllers)+len(f.models) > 0:
		return errors.New("--controller and --model say what to read of Juju, and --no-juju to leave it out")
	case f.noKube && (f.kubeconfig != "" || f.context != "" || len(f.namespaces) > 0):
		return errors.New("--kubeconfig, --context and --namespace say what to read of the cluster, and --no-kube to leave it out")
	case f.timeout <= 0:
		return fmt.Errorf("--timeout: %s is no time to read anything in", f.timeout)
	}
	return nil
}

// collectors returns what reads Juju and the cluster.
func (p *program) collectors(f liveFlags, shown *progress) ([]collect.Collector, error) {
	var out []collect.Collector
	if !f.noJuju {
		o := juju.Options{
			Store: juju.Folder(p.getenv), Controllers: f.controllers, Models: f.models, Login: juju.LoginFrom(p.getenv),
			TimeLimit: f.timeout, Proxy: http.ProxyFromEnvironment, Progress: shown.of("models"),
		}
		if o.Login != nil && len(f.controllers) > 0 {
			o.Login = nil // the store knows the controllers that are named
		}
		if o.Login == nil {
			if _, err := os.Stat(filepath.Join(o.Store, "controllers.yaml")); err != nil {
				return nil, fmt.Errorf("finding Juju's controllers: there is none in %s: run 'juju login', set JUJU_CONTROLLER_ADDRESSES and a user, or leave Juju out with --no-juju", o.Store)
			}
		}
		out = append(out, juju.New(o))
	}
	if !f.noKube {
		o := kube.Options{
			Context: f.context, Namespaces: f.namespaces, TimeLimit: f.timeout, Version: version(), Progress: shown.of("namespaces"),
		}
		if len(o.Namespaces) == 0 {
			o.Namespaces = namespacesOf(f.models)
		}
		if err := p.cluster(f, &o); err != nil {
			return nil, err
		}
		out = append(out, kube.New(o))
	}
	return out, nil
}

// namespacesOf are the namespaces of models: on Kubernetes the two bear one name.
func namespacesOf(models []string) []string {
	var out []string
	for _, model := range models {
		if _, rest, ok := strings.Cut(model, ":"); ok {
			model = rest
		}
		if i := strings.LastIndexByte(model, '/'); i >= 0 {
			model = model[i+1:]
		}
		out = append(out, model)
	}
	return out
}

// cluster says how to reach the cluster, as kubectl finds it: by the file that
// was named, by KUBECONFIG, by the user's own file, or from inside a pod.
func (p *program) cluster(f liveFlags, o *kube.Options) error {
	switch {
	case f.kubeconfig != "":
		o.Kubeconfig = []string{f.kubeconfig}
		return nil
	case p.getenv("KUBECONFIG") != "":
		for _, file := range filepath.SplitList(p.getenv("KUBECONFIG")) {
			if file != "" {
				o.Kubeconfig = append(o.Kubeconfig, file)
			}
		}
		return nil
	}
	own := filepath.Join(p.getenv("HOME"), ".kube", "config")
	_, err := os.Stat(own)
	host := p.getenv("KUBERNETES_SERVICE_HOST")
	switch {
	case err == nil:
		o.Kubeconfig = []string{own}
	case host != "" && f.context == "":
		o.InCluster = &kube.Pod{Host: host, Port: p.getenv("KUBERNETES_SERVICE_PORT")}
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("finding the cluster: there is no %s, KUBECONFIG is not set, and this is no pod: name a file with --kubeconfig, or leave the cluster out with --no-kube", own)
	default:
		return fmt.Errorf("finding the cluster: %w", err)
	}
	return nil
}

// collectLive runs collectors side by side and puts what they found together in
// their order. An interrupt ends the reading, not the run: what was read until
// then is kept, and a gap says that there is more.
func collectLive(ctx context.Context, collectors []collect.Collector) (snapshot.Snapshot, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := make([]snapshot.Snapshot, len(collectors))
	errs := make([]error, len(collectors))
	var wait sync.WaitGroup
	for i, c := range collectors {
		wait.Go(func() {
			parts[i], errs[i] = c.Collect(inner)
			if errs[i] != nil && ctx.Err() == nil {
				cancel() // wrong usage: nothing will come of the others
			}
		})
	}
	wait.Wait()
	snap := snapshot.Merge(parts...)
	if ctx.Err() != nil {
		snap.Gaps = append(snap.Gaps, snapshot.Gap{
			Source: "audit", What: "reading what is live", Reason: "it was interrupted: what was read until then is judged; run it again for the rest",
		})
		return snap, nil
	}
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return snapshot.Snapshot{}, err
		}
	}
	return snap, errors.Join(errs...)
}
