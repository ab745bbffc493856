package evaluate

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/topology"
	"github.com/charmarr/charmarr-lint/policies"
)

// sizeable is a stack of about 40 Kubernetes objects and as many relations: a
// whole Charmarr deployment.
func sizeable() topology.Stack {
	s := deployment("no")
	labels := []topology.Fact{{Key: "app.kubernetes.io/name", Value: "app", At: "2:3:4"}, {Key: "istio.io/dataplane-mode", Value: "ambient", At: "2:4:4"}}
	for i := range 20 {
		model := []string{"core", "dl", "vpn"}[i%3]
		name := fmt.Sprintf("app-%d", i)
		subject := topology.Subject{Kind: "application", Model: model, Namespace: model, Name: name}
		mesh := topology.Enrolment{Captured: "yes", Way: "pod-label", Fact: "label on " + name, At: fmt.Sprint("1:", i), State: "effective", Sidecar: "no"}
		s.Applications = append(s.Applications, topology.Application{
			Subject: subject, State: "effective", At: fmt.Sprint("1:", i), ID: model + "/" + name, Name: name, Model: model,
			Namespace: model, Part: "core", Role: "media-manager", Group: "content", Declared: true, Effective: true, Scale: 1,
			Mesh: mesh, DeclaredMesh: mesh,
			Workloads: []topology.Workload{{
				Subject: subject, State: "effective", Kind: "StatefulSet", Name: name, Namespace: model, Labels: labels, Mesh: mesh,
				Containers: []topology.Container{{Name: "charm", Image: "ubuntu"}, {Name: name, Image: "ghcr.io/" + name, Env: labels}},
			}},
			Pods: []topology.Pod{{Subject: subject, State: "effective", Name: name + "-0", Namespace: model, Labels: labels, Annotations: labels, Mesh: mesh}},
		})
		s.Relations = append(s.Relations, topology.Relation{
			Subject: topology.Subject{Kind: "relation", Model: model, Name: name + ":a b:b"}, State: "declared", Name: name + ":a b:b",
			Model: model, Interface: "media-manager", SidesKnown: true,
			Provider: topology.RelationEnd{Application: name, Model: model, ID: model + "/" + name, Role: "media-manager", Endpoint: "a"},
			Requirer: topology.RelationEnd{Application: "b", Model: model, ID: model + "/b", Role: "indexer", Endpoint: "b"},
		})
		s.Services = append(s.Services, topology.Service{Subject: subject, Name: name, Namespace: model, Application: name, Labels: labels})
	}
	return s
}

// A process starts with this once.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		_, err := New(b.Context(), Options{})
		require.NoError(b, err)
	}
}

// With own rules a process starts with this: types are checked.
func BenchmarkNewChecked(b *testing.B) {
	for b.Loop() {
		_, err := newEngine(b.Context(), policies.Files, Options{}, true)
		require.NoError(b, err)
	}
}

func BenchmarkInput(b *testing.B) {
	e, err := New(b.Context(), Options{})
	require.NoError(b, err)
	s := sizeable()
	for b.Loop() {
		e.input(&s)
	}
}

func BenchmarkAllRules(b *testing.B) {
	e, err := New(b.Context(), Options{})
	require.NoError(b, err)
	stacks := []topology.Stack{sizeable()}
	for b.Loop() {
		_, err := e.Evaluate(b.Context(), stacks, Request{})
		require.NoError(b, err)
	}
}

func BenchmarkRule(b *testing.B) {
	e, err := New(b.Context(), Options{})
	require.NoError(b, err)
	stacks := []topology.Stack{sizeable()}
	for _, r := range e.Rules() {
		b.Run(string(r.ID), func(b *testing.B) {
			req := Request{Enabled: func(id rule.ID) bool { return id == r.ID }}
			for b.Loop() {
				_, err := e.Evaluate(b.Context(), stacks, req)
				require.NoError(b, err)
			}
		})
	}
}
