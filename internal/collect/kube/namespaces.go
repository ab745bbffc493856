package kube

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Labels that Juju puts on the namespace of a model; the second is that of older
// models.
const (
	labelModel    = "model.juju.is/name"
	labelOldModel = "juju-model"
)

// controllerModel is the model that each controller runs in. Its namespace has
// another name than its own, and nothing of Charmarr is in it.
const controllerModel = "controller"

// isModel tells whether a namespace is that of a model.
func isModel(ns *corev1.Namespace) bool {
	name := ns.Labels[labelModel]
	if name == "" {
		name = ns.Labels[labelOldModel]
	}
	return name != "" && (name != controllerModel || ns.Name == controllerModel)
}

// namespaces reads the namespaces that are to be read, and returns their names.
func (r reading) namespaces(ctx context.Context) (part, []string) {
	if len(r.options.Namespaces) > 0 {
		return r.namedNamespaces(ctx)
	}
	var (
		p      part
		all    []*corev1.Namespace
		k      = namespaces()
		values syntax.Values
	)
	err := r.client.list(ctx, k, "", func() { all = nil }, func(object any) {
		if ns, ok := object.(*corev1.Namespace); ok && isModel(ns) {
			all = append(all, ns)
		}
	})
	var models []string
	for _, ns := range all {
		r.object(&values, k, ns, &p)
		models = append(models, ns.Name)
		p.whole = append(p.whole, extent{k.resourceName(), ns.Name})
	}
	if err != nil {
		p.failures = append(p.failures, failure{kind: k, verb: "list", err: err, unnamed: true})
		return p, models
	}
	p.whole = append(p.whole, extent{k.resourceName(), ""})
	return p, models
}

// namedNamespaces reads the namespaces of the options. One that does not exist
// is left out; one that may not be read itself is still looked into.
func (r reading) namedNamespaces(ctx context.Context) (part, []string) {
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
	return p, models
}
