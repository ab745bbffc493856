package kube

import (
	"context"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// controllerModel is the model that each controller runs in, in a namespace
// controller-NAME. Nothing of Charmarr is in it.
const controllerModel = "controller"

// isModel tells whether a namespace is that of a model: Juju labels it. Labels
// can be lost, so one of them is enough.
func isModel(ns *corev1.Namespace) bool {
	name := ns.Labels["model.juju.is/name"]
	if name == controllerModel && strings.HasPrefix(ns.Name, controllerModel+"-") {
		return false
	}
	return name != "" || ns.Labels["model.juju.is/id"] != "" || ns.Annotations["model.juju.is/id"] != "" ||
		ns.Labels["juju-model"] != "" || // of older models
		ns.Labels["app.kubernetes.io/managed-by"] == "juju"
}

// inhabited says which namespaces there are.
type inhabited struct {
	models []string        // whose content is read in whole
	named  bool            // the models are those of the options: others were not looked for
	absent map[string]bool // those of a scope that are known not to exist
	// there tells of one that is not known to be absent whether it exists. One
	// that cannot be asked for is taken to be there, so that its lists tell why
	// they cannot be read.
	there func(string) bool
}

// namespaces reads the namespaces that are to be read. Where it is for the cluster
// to say which those are, it reads of all others what their labels say, too: a
// model's may have lost its own, that of Tailscale's operator may be on the mesh,
// and a model that Juju shows may have none.
func (r reading) namespaces(ctx context.Context) (part, inhabited) {
	if len(r.options.Namespaces) > 0 {
		return r.namedNamespaces(ctx)
	}
	var (
		p      part
		all    []*corev1.Namespace
		k      = namespaces()
		values syntax.Values
	)
	exist := map[string]bool{systemNamespace: true}
	err := r.client.list(ctx, k, "", func() { all = nil }, func(object any) {
		ns, ok := object.(*corev1.Namespace)
		if !ok {
			return
		}
		exist[ns.Name] = true
		all = append(all, ns)
	})
	in := inhabited{absent: map[string]bool{}, there: func(string) bool { return true }}
	for _, ns := range all {
		if !isModel(ns) {
			ns.Annotations = nil // others' business
		}
		r.object(&values, k, ns, &p)
		if isModel(ns) {
			in.models = append(in.models, ns.Name)
			p.whole = append(p.whole, extent{k.resourceName(), ns.Name})
		}
	}
	if err != nil {
		p.failures = append(p.failures, failure{kind: k, verb: "list", err: err})
		in.there = r.asking(ctx)
		return p, in
	}
	p.whole = append(p.whole, extent{k.resourceName(), ""})
	for _, k := range kinds() {
		for _, n := range k.scope.namespaces() {
			if !exist[n] {
				in.absent[n] = true
				p.whole = append(p.whole, extent{k.resourceName(), n})
			}
		}
	}
	return p, in
}

// asking tells whether a namespace exists by asking for it, once each.
func (r reading) asking(ctx context.Context) func(string) bool {
	answers := map[string]func() bool{}
	for _, name := range append(pluginNamespaces(), istioNamespace) {
		answers[name] = sync.OnceValue(func() bool {
			_, err := r.client.one(ctx, namespaces(), "", name)
			return !absent(err)
		})
	}
	return func(name string) bool {
		answer, asked := answers[name]
		return !asked || answer()
	}
}

// namedNamespaces reads the namespaces of the options. One that does not exist
// is left out; one that may not be read itself is still looked into.
func (r reading) namedNamespaces(ctx context.Context) (part, inhabited) {
	var (
		p      part
		models []string
		k      = namespaces()
	)
	for _, name := range r.options.Namespaces {
		if slices.Contains(models, name) {
			continue
		}
		var found part
		r.one(ctx, k, "", name, &found)
		if !found.missing {
			models = append(models, name)
		}
		if found.objects > 0 && len(found.snap.Gaps) == 0 {
			p.whole = append(p.whole, extent{k.resourceName(), name})
		}
		if found.missing {
			found.failures = append(found.failures, failure{
				kind: k, verb: "get", name: name, err: apierrors.NewNotFound(corev1.Resource(k.resource), name),
			})
		}
		p.snap = snapshot.Merge(p.snap, found.snap)
		p.failures = append(p.failures, found.failures...)
	}
	return p, inhabited{models: models, named: true, there: r.asking(ctx)}
}
