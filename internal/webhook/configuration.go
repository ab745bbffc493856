package webhook

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/admission"
	"github.com/charmarr/charmarr-lint/internal/webhook/proof"
)

// Registration says how the webhook is registered with the API server.
type Registration struct {
	// Name is the ValidatingWebhookConfiguration's.
	Name string
	// Namespace is where the webhook runs; nothing there is ever asked about.
	// Service is its Service.
	Namespace, Service string
	// URL is where the API server finds it, in the place of the Service.
	URL string
	// CABundle is the certificate that the webhook's is signed by, in base64.
	CABundle string
	// CertManager is the Certificate (NAMESPACE/NAME) from which cert-manager fills
	// in the bundle.
	CertManager string
	// Fail has the API server refuse what touches privacy while nobody answers.
	Fail bool
}

// systemNamespaces are never asked about: without them a cluster cannot be mended.
var systemNamespaces = []string{"kube-system", "kube-public", "kube-node-lease"}

// privacyKinds are those whose requests can be refused for privacy, and without
// which a cluster and its applications still run: pods are not among them, so that
// what runs is made anew while nobody answers.
var privacyKinds = []string{"NetworkPolicy", "Service", "Ingress", "HTTPRoute", "StatefulSet"}

// entry is one webhook of the configuration.
type entry struct {
	name       string
	kinds      []admission.Kind
	models     bool // namespaces that are labelled as models alone
	conditions []condition
	fail       bool
}

type condition struct{ name, expression string }

// modelLabel is Juju's label on the namespace of a model.
const modelLabel = "model.juju.is/name"

func (r Registration) entries() []entry {
	named := func(list []string, in bool) []admission.Kind {
		return slices.DeleteFunc(admission.Kinds(), func(k admission.Kind) bool { return slices.Contains(list, k.Kind) != in })
	}
	is := func(object string) string {
		return fmt.Sprintf("%s != null && has(%s.metadata.labels) && '%s' in %s.metadata.labels && %s.metadata.labels['%s'] != 'controller'", object, object, modelLabel, object, object, modelLabel)
	}
	return []entry{
		{
			name: "namespaces", kinds: named([]string{"Namespace"}, true), fail: r.Fail,
			conditions: []condition{
				// A label that is taken away is a change of a model, too.
				{"is-model", "(" + is("object") + ") || (" + is("oldObject") + ")"},
				trialAlone("name"),
			},
		},
		{name: "privacy", kinds: named(privacyKinds, true), models: true, fail: r.Fail, conditions: []condition{unless(), trialAlone("namespace")}},
		{
			name: "others", kinds: named(append([]string{"Namespace"}, privacyKinds...), false), models: true,
			conditions: []condition{
				unless(),
				{"is-read", `request.resource.resource != 'configmaps' || (object != null ? object : oldObject).metadata.name.matches('^(juju-service-mesh-.*-labels|.*-gateway-client-config|.*-gateway-settings|istio-cni-config)$')`},
			},
		},
	}
}

// unless leaves out what the cluster does to clean up after a namespace or an
// owner: it would only be kept from it. The garbage collector takes finalizers and
// owners away before it deletes.
func unless() condition {
	return condition{"is-no-cleanup", `!(request.userInfo.username == 'system:serviceaccount:kube-system:generic-garbage-collector' || request.operation == 'DELETE' && request.userInfo.username in ['system:serviceaccount:kube-system:namespace-controller', 'system:kube-controller-manager'])`}
}

// trialAlone leaves out the objects that trials ask about, but for trials, which are dry
// runs: while nobody answers they can be applied, changed and removed.
func trialAlone(by string) condition {
	return condition{"is-no-upkeep", fmt.Sprintf("request.dryRun || request.%s != '%s'", by, proof.Namespace)}
}

// Configuration writes the ValidatingWebhookConfiguration, as YAML.
func Configuration(r Registration) []byte {
	var out bytes.Buffer
	line := func(indent int, format string, args ...any) {
		out.WriteString(strings.Repeat("  ", indent) + fmt.Sprintf(format, args...) + "\n")
	}
	line(0, "apiVersion: admissionregistration.k8s.io/v1")
	line(0, "kind: ValidatingWebhookConfiguration")
	line(0, "metadata:")
	line(1, "name: %s", r.Name)
	line(1, "labels:")
	line(2, "app.kubernetes.io/name: charmarr-lint")
	if r.CertManager != "" {
		line(1, "annotations:")
		line(2, "cert-manager.io/inject-ca-from: %s", r.CertManager)
	}
	line(0, "webhooks:")
	for _, e := range r.entries() {
		line(1, "- name: %s.charmarr-lint.io", e.name)
		line(2, "admissionReviewVersions: [v1]")
		line(2, "sideEffects: None")
		line(2, "timeoutSeconds: 5")
		line(2, "matchPolicy: Equivalent")
		line(2, "failurePolicy: %s", map[bool]string{true: "Fail", false: "Ignore"}[e.fail])
		line(2, "clientConfig:")
		if r.URL != "" {
			line(3, "url: %s", r.URL)
		} else {
			line(3, "service: {namespace: %s, name: %s, path: %s, port: 443}", r.Namespace, r.Service, Path)
		}
		if r.CABundle != "" {
			line(3, "caBundle: %s", r.CABundle)
		}
		line(2, "namespaceSelector:")
		line(3, "matchExpressions:")
		line(4, "- {key: kubernetes.io/metadata.name, operator: NotIn, values: [%s]}", strings.Join(append(slices.Clone(systemNamespaces), r.Namespace), ", "))
		if e.models {
			line(4, "- {key: %s, operator: Exists}", modelLabel)
			line(4, "- {key: %s, operator: NotIn, values: [controller]}", modelLabel)
		}
		line(2, "matchConditions:")
		for _, c := range e.conditions {
			line(3, "- name: %s", c.name)
			line(4, "expression: >-")
			line(5, "%s", c.expression)
		}
		line(2, "rules:")
		for _, k := range e.kinds {
			resources := []string{k.Resource}
			for _, s := range k.SubResources {
				resources = append(resources, k.Resource+"/"+s)
			}
			operations := make([]string, len(k.Operations))
			for i, o := range k.Operations {
				operations[i] = string(o)
			}
			scope := "Namespaced"
			if k.Kind == "Namespace" {
				scope = "Cluster"
			}
			line(3, "- {apiGroups: [%q], apiVersions: [%s], resources: [%s], operations: [%s], scope: %s}",
				k.Group, strings.Join(k.Versions, ", "), strings.Join(resources, ", "), strings.Join(operations, ", "), scope)
		}
	}
	return out.Bytes()
}
