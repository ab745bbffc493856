package topology

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// AnnotationDomain starts the keys of the annotations that people write for
// charmarr-lint. They are handed on as they are; what they mean is for package
// waiver to say, and no rule sees them.
const AnnotationDomain = "charmarr-lint.io/"

// Annotated is an annotation of AnnotationDomain on an object of some stack.
type Annotated struct {
	// Stacks are those the object stands in, sorted; a shared VPN gateway
	// stands in several.
	Stacks []string
	// Kind is the Kubernetes kind of the object: StatefulSet, Namespace.
	Kind      string
	Namespace string // empty for a Namespace
	Name      string
	// Subjects are what a finding about the object names: the object itself
	// and, for a workload, the application that it runs.
	Subjects   []Subject
	Key, Value string
	At         snapshot.Pos
}

// annotated lists the annotations on the objects of the stacks, in order of the
// objects and keys. Objects of models that belong to no stack are left alone.
func (e *estate) annotated(stacks []stack) []Annotated {
	in := map[*model][]string{}
	for _, st := range stacks {
		for _, m := range st.models {
			in[m] = append(in[m], st.name)
		}
	}
	var out []Annotated
	for _, m := range e.models {
		if names := in[m]; len(names) > 0 {
			slices.Sort(names)
			m.annotated(func(a Annotated) {
				a.Stacks = names
				out = append(out, a)
			})
		}
	}
	slices.SortStableFunc(out, func(a, b Annotated) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key))
	})
	return out
}

// annotated visits the annotations on the objects of a model.
func (m *model) annotated(visit func(Annotated)) {
	object := func(kind string, meta *snapshot.Meta, subject string, runs *app) {
		for _, f := range meta.Annotations {
			if strings.HasPrefix(f.Key, AnnotationDomain) {
				subjects := []Subject{m.subject(subject, meta.Name)}
				if runs != nil {
					subjects = append(subjects, m.subject("application", runs.name))
				}
				visit(Annotated{
					Kind: kind, Namespace: meta.Namespace, Name: meta.Name, Subjects: subjects,
					Key: f.Key, Value: f.Value, At: f.At,
				})
			}
		}
	}
	if m.namespace != nil {
		object("Namespace", &m.namespace.Meta, "namespace", nil)
	}
	runs := map[*snapshot.Workload]*app{}
	for _, a := range m.apps {
		for _, w := range a.workloads {
			runs[w] = a
		}
	}
	for _, w := range m.workloads {
		object(w.Kind, &w.Meta, "workload", runs[w])
	}
	for _, p := range m.pods {
		object("Pod", &p.Meta, "pod", nil)
	}
	for _, s := range m.services {
		object("Service", &s.Meta, "service", nil)
	}
	for _, c := range m.configMaps {
		object("ConfigMap", &c.Meta, "configmap", nil)
	}
	for _, p := range m.policies {
		object("NetworkPolicy", &p.Meta, "networkpolicy", nil)
	}
	for _, g := range m.gateways {
		object("Gateway", &g.Meta, "gateway", nil)
	}
	for _, i := range m.ingresses {
		object("Ingress", &i.Meta, "ingress", nil)
	}
	for _, c := range m.claims {
		object("PersistentVolumeClaim", &c.Meta, "persistentvolumeclaim", nil)
	}
	for _, p := range m.authorization {
		object("AuthorizationPolicy", &p.Meta, "authorizationpolicy", nil)
	}
	for _, p := range m.foreign {
		object(p.Kind, &p.Meta, "networkpolicy", nil)
	}
	for _, r := range m.routes {
		object(r.Kind, &r.Meta, strings.ToLower(r.Kind), nil)
	}
}
