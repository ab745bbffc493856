package admission

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// change is what a request does, in the words of a snapshot.
type change struct {
	request Request
	// old is the object as it is, object as it is to be; each holds one, or none
	// where there is none or no rule reads it.
	old, object snapshot.Snapshot
	// orphan says that the object is a pod of a controller that is not known, so
	// that nobody can tell what it brings and what it was told to be.
	orphan bool
}

// read reads the objects of a request.
func read(s snapshot.Snapshot, req Request) (change, error) {
	c := change{request: req}
	if req.SubResource == "scale" {
		return c.scaled(s)
	}
	var err error
	if req.Operation != Create && none(req.Old) {
		return c, errors.New("the API server did not send it as it is")
	}
	if req.Operation != Delete && none(req.Object) {
		return c, errors.New("the API server did not send it as it is to be")
	}
	if c.old, err = object(req, req.Old); err != nil {
		return c, fmt.Errorf("reading it as it is: %w", err)
	}
	if req.Operation == Delete {
		return c, nil
	}
	if c.object, err = object(req, req.Object); err != nil {
		return c, fmt.Errorf("reading it as it is to be: %w", err)
	}
	if len(c.object.Pods) == 1 && req.Operation == Create {
		c.asTold(s)
	}
	return c, nil
}

// object reads one object.
func object(req Request, text string) (snapshot.Snapshot, error) {
	var s snapshot.Snapshot
	if none(text) {
		return s, nil
	}
	doc := syntax.ParseValue(text, syntax.Unread{In: "metadata", Keys: []string{"managedFields"}})
	switch {
	case doc.Err != nil:
		return s, errors.New(snapshot.RedactText(doc.Err.Error()))
	case doc.Root.Kind() != syntax.Map:
		return s, errors.New("it is no JSON object")
	}
	metadata := doc.Root.Lookup("metadata")
	if metadata.Kind() != syntax.Map {
		return s, errors.New("it has no metadata")
	}
	if metadata.Get("namespace") == nil && req.Namespace != "" && req.Kind != "Namespace" {
		metadata.Set("namespace", req.Namespace)
	}
	doc.Root.Set("apiVersion", apiVersion(req))
	doc.Root.Set("kind", req.Kind)
	manifest.Read(doc.Root, &s)
	if problems := doc.Problems(); len(problems) > 0 {
		return s, errors.New(snapshot.RedactText(problems[0].Reason))
	}
	return s, nil
}

// named is the name of an object whose request says none: the API server asks so
// about each of those that are deleted by one request.
func named(req Request) string {
	var o struct {
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
	}
	text := req.Object
	if none(text) {
		text = req.Old
	}
	if json.Unmarshal([]byte(text), &o) != nil {
		return "" // reading it says what is wrong with it
	}
	return o.Metadata.Name
}

// none tells whether a request has no such object.
func none(text string) bool { return text == "" || text == "null" }

func apiVersion(req Request) string {
	if req.Group == "" {
		return req.Version
	}
	return req.Group + "/" + req.Version
}

// scaled is the change that a Scale makes of a workload. One that is not known is
// none of a model.
func (c change) scaled(s snapshot.Snapshot) (change, error) {
	var scale struct {
		Spec struct {
			Replicas int `json:"replicas"`
		} `json:"spec"`
	}
	if err := json.Unmarshal([]byte(c.request.Object), &scale); err != nil {
		return c, fmt.Errorf("reading the scale: %w", err)
	}
	k, _ := kindOf(c.request)
	at := slices.IndexFunc(s.Workloads, func(w snapshot.Workload) bool {
		return w.Kind == k.Kind && w.Namespace == c.request.Namespace && w.Name == c.request.Name
	})
	if at >= 0 {
		w := s.Workloads[at]
		c.old.Workloads = []snapshot.Workload{w}
		w.Replicas = scale.Spec.Replicas
		c.object.Workloads = []snapshot.Workload{w}
	}
	return c, nil
}

// knows tells whether what is in a namespace is read of the cluster: some of it was
// read in whole, or Juju has labelled it.
func knows(s snapshot.Snapshot, namespace string) bool {
	return slices.ContainsFunc(s.Coverage, func(c snapshot.Coverage) bool { return c.Namespace == namespace && c.Namespace != "" }) ||
		slices.ContainsFunc(s.Namespaces, func(n snapshot.Namespace) bool { return n.Name == namespace && ofJuju(n) })
}

// everyNamespace says that it is known which namespaces there are.
var everyNamespace = snapshot.Coverage{Evidence: snapshot.KubeNamespaces}

// unseen tells whether a namespace was not there when namespaces were last seen, all
// of them.
func unseen(s snapshot.Snapshot, namespace string) bool {
	return slices.Contains(s.Coverage, everyNamespace) &&
		!slices.ContainsFunc(s.Namespaces, func(n snapshot.Namespace) bool { return n.Name == namespace })
}

// ofModel tells whether the namespace that is changed is a model's, or may become
// one's.
func (c change) ofModel(s snapshot.Snapshot) bool {
	return knows(s, c.request.Name) || slices.ContainsFunc(slices.Concat(c.old.Namespaces, c.object.Namespaces), ofJuju)
}

// ofJuju tells whether Juju may have labelled a namespace.
func ofJuju(n snapshot.Namespace) bool {
	return slices.ContainsFunc(slices.Concat(n.Labels, n.Annotations), func(f snapshot.Fact) bool {
		return strings.Contains(f.Key, "juju") || f.Value == "juju"
	})
}

// coverage is what is known of a namespace that the request makes: there is
// nothing in it.
func (c change) coverage(s snapshot.Snapshot) []snapshot.Coverage {
	if c.request.Operation != Create || len(c.object.Namespaces) == 0 {
		return nil
	}
	name := c.object.Namespaces[0].Name
	var out []snapshot.Coverage
	for _, e := range snapshot.AllEvidence {
		whole := slices.ContainsFunc(s.Coverage, func(c snapshot.Coverage) bool { return c.Evidence == e && c.Namespace != "" })
		if whole && !e.OfCluster() {
			out = append(out, snapshot.Coverage{Evidence: e, Namespace: name})
		}
	}
	return out
}
