package kube

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// reading is one reading of a cluster.
type reading struct {
	client  *client
	source  string
	options Options
}

// part is what one request, or one list, told.
type part struct {
	snap     snapshot.Snapshot
	failures []failure
	// whole are the lists that were read in whole, or of a kind that is not
	// installed.
	whole []extent
	// objects counts what the latest attempt at a list brought.
	objects int
	missing bool // of an object to get: there is none of that name
}

// extent is a kind in one namespace, or in the cluster.
type extent struct{ resource, namespace string }

// job reads something into a part of its own.
type job struct {
	namespace string // that progress is told of
	run       func(context.Context, *part)
}

func (r reading) read(ctx context.Context) snapshot.Snapshot {
	all := kinds()
	installed, err := r.client.discover(ctx, all)
	if err != nil && unreachable(err) {
		return r.none(err)
	}
	first, found := r.namespaces(ctx)
	parts := append([]part{first}, r.run(ctx, r.jobs(all, installed, err, found))...)
	return r.assemble(all, found.models, parts)
}

// none is what is read of a cluster that cannot be reached.
func (r reading) none(err error) snapshot.Snapshot {
	f := failure{kind: namespaces(), verb: "list", err: err}
	return snapshot.Merge(snapshot.Snapshot{Gaps: []snapshot.Gap{{
		Source: r.source, What: "reading the cluster", Reason: f.reason(r.options), Evidence: manifest.Evidence("List"),
	}}})
}

// jobs lists what is to be read. undiscovered is why the API server did not say
// which kinds are installed, where it did not.
func (r reading) jobs(all []kind, installed served, undiscovered error, in inhabited) []job {
	var jobs []job
	add := func(k kind, namespace string) {
		found, ok, err := installed.find(k)
		if k.custom() && undiscovered != nil {
			ok, err = false, undiscovered
		}
		jobs = append(jobs, job{namespace: namespace, run: func(ctx context.Context, p *part) {
			switch {
			case err != nil:
				p.failures = append(p.failures, failure{kind: k, namespace: namespace, verb: "list", err: err})
			case ok && len(k.scope.namespaces()) > 0 && !in.there(namespace):
				p.whole = append(p.whole, extent{k.resourceName(), namespace})
			case ok:
				r.list(ctx, found, namespace, p)
			default:
				p.whole = append(p.whole, extent{k.resourceName(), namespace})
			}
		}})
	}
	for _, k := range all {
		if k.scope == ofCluster {
			add(k, "")
		}
		for _, n := range k.scope.namespaces() {
			// A model is read with all that is in it.
			if !slices.Contains(in.models, n) && !in.absent[n] {
				add(k, n)
			}
		}
	}
	for _, s := range settings() {
		if !slices.Contains(in.models, s.namespace) {
			jobs = append(jobs, job{run: func(ctx context.Context, p *part) {
				r.one(ctx, configMaps(), s.namespace, s.name, p)
			}})
		}
	}
	if in.named && !slices.Contains(in.models, tailscaleNamespace) {
		jobs = append(jobs, job{run: func(ctx context.Context, p *part) { r.one(ctx, namespaces(), "", tailscaleNamespace, p) }})
	}
	for _, m := range in.models {
		for _, k := range all {
			if k.scope == ofModels {
				add(k, m)
			}
		}
	}
	return jobs
}

// run does the jobs, several at once, and returns what they read in their order.
func (r reading) run(ctx context.Context, jobs []job) []part {
	parts := make([]part, len(jobs))
	left, total := map[string]int{}, 0
	for _, j := range jobs {
		if left[j.namespace] == 0 {
			total++
		}
		left[j.namespace]++
	}
	var (
		wait  sync.WaitGroup
		lock  sync.Mutex
		done  int
		slots = make(chan struct{}, maxAtOnce)
	)
	for i, j := range jobs {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			j.run(ctx, &parts[i])
			lock.Lock()
			defer lock.Unlock()
			if left[j.namespace]--; left[j.namespace] == 0 && r.options.Progress != nil {
				done++
				r.options.Progress(done, total, progressName(j.namespace))
			}
		})
	}
	wait.Wait()
	return parts
}

func progressName(namespace string) string {
	if namespace == "" {
		return "cluster"
	}
	return "namespace " + namespace
}

// list reads the objects of a kind in a namespace, or of the cluster.
func (r reading) list(ctx context.Context, k kind, namespace string, p *part) {
	var values syntax.Values
	var fullest part
	err := r.client.list(ctx, k, namespace, func() {
		if p.objects > fullest.objects {
			fullest = *p
		}
		*p = part{}
	}, func(object any) {
		p.objects++
		r.object(&values, k, object, p)
	})
	if err == nil {
		if len(p.snap.Gaps) == 0 {
			p.whole = append(p.whole, extent{k.resourceName(), namespace})
		}
		return
	}
	// What was seen was there, whatever the pages that did not come would say.
	if fullest.objects > p.objects {
		*p = fullest
	}
	p.failures = append(p.failures, failure{kind: k, namespace: namespace, verb: "list", err: err})
}

// one reads an object by its name. That there is none is no gap: it is a setting
// that was not made.
func (r reading) one(ctx context.Context, k kind, namespace, name string, p *part) {
	var values syntax.Values
	object, err := r.client.one(ctx, k, namespace, name)
	switch {
	case absent(err):
		p.missing = true
	case err != nil:
		p.failures = append(p.failures, failure{kind: k, namespace: namespace, verb: "get", name: name, err: err})
	default:
		p.objects++
		r.object(&values, k, object, p)
	}
}

// object reads one object into a part.
func (r reading) object(values *syntax.Values, k kind, object any, p *part) {
	doc := values.Document(object)
	reasons := []string{}
	if doc.Err != nil {
		reasons = append(reasons, doc.Err.Reason)
	} else {
		manifest.Read(doc.Root, &p.snap)
		for _, problem := range doc.Problems() {
			reasons = append(reasons, problem.Reason)
		}
	}
	if len(reasons) == 0 {
		return
	}
	metadata := doc.Root.Lookup("metadata")
	what := "reading the " + strings.TrimSpace(k.kind+" "+metadata.Lookup("name").Peek())
	if namespace := metadata.Lookup("namespace").Peek(); namespace != "" {
		what += within([]string{namespace})
	}
	for _, reason := range reasons {
		p.snap.Gaps = append(p.snap.Gaps, snapshot.Gap{
			Source: r.source, What: what, Reason: snapshot.RedactText(reason), Evidence: []snapshot.Evidence{k.evidence()},
		})
	}
}
