package kube

import (
	"context"
	"slices"
	"strings"

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
	_, err := r.client.list(ctx, k, "", func() { all = nil }, func(object any) {
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
		p.failures = append(p.failures, failure{kind: k, verb: "list", err: err})
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
