package explain

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/waiver"
)

// Accept says how a finding is waived.
type Accept struct {
	// Refused says why it cannot be; empty where it can.
	Refused string `json:"refused"`
	// Configuration is a part of charmarr-lint.yaml, with reason and date to be
	// filled in: until then it does not load.
	Configuration string `json:"configuration"`
	// Annotation is the same on the object; null where no object carries it.
	Annotation *Annotation `json:"annotation"`
	// AlsoWaives are the fingerprints of other findings of the report that either
	// would accept.
	AlsoWaives []string `json:"also_waives"`
}

// Annotation is a waiver on a Kubernetes object.
type Annotation struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Key       string `json:"key"`
	Value     string `json:"value"`
	// Command sets it, once reason and date are filled in.
	Command string `json:"command"`
	// Refused says that the configuration does not let annotations waive the
	// rule.
	Refused bool `json:"refused"`
}

// What stands where a reason and a date are to be filled in. The date is none as
// long as nobody has.
const (
	reasonHere = "REASON"
	dateHere   = "YYYY-MM-DD"
)

func accept(f finding.Finding, r rule.Rule, s Subject) Accept {
	out := Accept{AlsoWaives: []string{}}
	switch {
	case f.Rule.Area() == config.OwnArea:
		out.Refused = "findings about the configuration and about waivers cannot be waived"
		return out
	case r.NotWaivable:
		out.Refused = "nobody may accept a violation of this rule: mend it"
		return out
	}
	w := config.Waiver{Rule: string(f.Rule), Subject: waiver.SubjectOf(f.Subject)}
	out.Configuration = Snippet(w)
	for _, other := range s.Report.Findings {
		if other.Fingerprint != f.Fingerprint && other.Verdict == finding.Violated && other.Rule == f.Rule && waiver.Meets(w, r, other) {
			out.AlsoWaives = append(out.AlsoWaives, other.Fingerprint)
		}
	}
	if kind, ok := ObjectOf(f); ok {
		a := &Annotation{Kind: kind, Namespace: f.Subject.Namespace, Name: f.Subject.Name, Key: waiver.Key}
		if kind == "Namespace" {
			a.Namespace = ""
		}
		accepted := waiver.Accepted{Rule: f.Rule, Reason: reasonHere, Expires: dateHere}
		a.Value = accepted.String()
		a.Command = waiver.Command(a.Kind, a.Namespace, a.Name, accepted)
		a.Refused = s.Allowed != nil && !s.Allowed(r)
		out.Annotation = a
	}
	return out
}

// Snippet writes a waiver for charmarr-lint.yaml. A reason and a date that are
// not given are left for a person: the configuration does not load without.
func Snippet(w config.Waiver) string {
	reason, date := `""            # say why this is acceptable`, dateHere+"   # the last day on which it is"
	if w.Reason != "" {
		reason = strconv.Quote(w.Reason)
	}
	if w.Expires != "" {
		date = w.Expires
	}
	return fmt.Sprintf("waivers:\n  - rule: %s\n    subject: %s\n    reason: %s\n    expires: %s\n",
		scalar(w.Rule), strconv.Quote(w.Subject), reason, date)
}

// scalar writes a rule's id as YAML; one that is none, of a report from foreign
// hands, in quotes.
func scalar(id string) string {
	outside := func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '/')
	}
	if id == "" || strings.IndexFunc(id, outside) >= 0 {
		return strconv.Quote(id)
	}
	return id
}

// ObjectOf is the kind of the object whose annotation would waive a finding. Where
// several kinds fit, the one that the facts name; else Juju runs an application
// as a StatefulSet of its name.
func ObjectOf(f finding.Finding) (string, bool) {
	if f.Subject.Namespace == "" || f.Subject.Name == "" || strings.HasSuffix(f.Subject.Name, "-") {
		return "", false // a name that ends so is the start of one
	}
	if f.Subject.Model == "" {
		return "", false // annotations are read on what stands in a stack alone
	}
	kind := f.Subject.Kind
	switch kind {
	case "application", "workload":
		if f.State != "effective" {
			return "", false // Kubernetes does not show it
		}
		return named(f, "StatefulSet", func(k string) bool { return k == "Deployment" || k == "DaemonSet" }), true
	case "networkpolicy":
		return named(f, "NetworkPolicy", func(k string) bool { return strings.HasSuffix(k, "Policy") }), true
	case "route":
		return named(f, "HTTPRoute", func(k string) bool { return strings.HasSuffix(k, "Route") }), true
	}
	for _, known := range []string{
		"Namespace", "Pod", "Service", "ConfigMap", "Gateway", "Ingress", "PersistentVolumeClaim", "AuthorizationPolicy",
		"HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute",
	} {
		if kind == strings.ToLower(known) {
			return known, true
		}
	}
	return "", false
}

// named is the kind that a finding's facts give its subject, where it fits; else
// the usual one.
func named(f finding.Finding, usual string, fits func(kind string) bool) string {
	for _, e := range f.Evidence {
		kind, of, _ := strings.Cut(e.Object, " ")
		if of == f.Subject.Namespace+"/"+f.Subject.Name && fits(kind) {
			return kind
		}
	}
	return usual
}
