// Package reporttest holds reports made by hand, for tests of formats.
//
// Each Case is a situation in which a reader must not be misled: a clean run, a
// broken one, one that found nothing, one that could not read everything, one
// with accepted findings, and one whose names were chosen to do harm.
package reporttest

import (
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// Case is a report with a name.
type Case struct {
	Name   string
	Report finding.Report
}

// Cases returns all cases. Each call makes them anew, so that a test may change
// what it got.
func Cases() []Case {
	return []Case{
		{"clean", clean()}, {"broken", broken()}, {"empty", empty()},
		{"gaps", gaps()}, {"waived", waived()}, {"hostile", hostile()},
	}
}

// Named returns the report of a case, and panics where there is none.
func Named(name string) finding.Report {
	for _, c := range Cases() {
		if c.Name == name {
			return c.Report
		}
	}
	panic("reporttest: no case " + name)
}

func base() finding.Report {
	return finding.Report{
		Schema:  finding.Schema,
		Tool:    finding.Tool{Name: "charmarr-lint", Version: "1.2.3"},
		Profile: "adr-006",
		Rules:   rules(),
	}
}

func media() finding.Stack {
	return finding.Stack{
		Name:       "media",
		Models:     []string{"charmarr-core", "charmarr-downloads", "charmarr-vpn"},
		Namespaces: []string{"charmarr-core", "charmarr-downloads", "charmarr-vpn"},
		Parts: []finding.Part{
			{Model: "charmarr-core", Part: "core", Basis: "profile adr-006 names it"},
			{Model: "charmarr-downloads", Part: "downloads", Basis: "profile adr-006 names it"},
			{Model: "charmarr-vpn", Part: "gateway", Basis: "it holds the VPN gateway gluetun"},
		},
	}
}

func clean() finding.Report {
	r := base()
	r.Stacks = []finding.Stack{media()}
	r.Summary = finding.Summary{Passed: 4, NotEvaluated: 1}
	r.NotEvaluated = []finding.Unevaluated{
		{Rule: "own/storage-class", Stack: "media", Needs: []string{"kube.workloads"}},
	}
	r.Sources = []finding.Source{
		{Kind: "juju-status", Name: "dumps/core.json"}, {Kind: "juju-status", Name: "dumps/downloads.json"},
		{Kind: "juju-bundle", Name: "bundle.yaml"},
	}
	return r
}

func empty() finding.Report {
	r := base()
	r.Empty = true
	r.Ignored = []finding.Ignored{{Name: "docs/readme.md", Reason: "no known kind of document"}}
	return r
}

func gaps() finding.Report {
	r := base()
	r.Stacks = []finding.Stack{media()}
	r.Summary = finding.Summary{Passed: 1, Unknown: 2, NotEvaluated: 2}
	r.Unknown = []finding.Undecided{
		{Rule: "ingress/app-on-its-gateway", Stack: "media", Missing: []string{"juju.relations of model charmarr-core"}},
		{Rule: "topology/gateway-own-namespace", Stack: "media", Missing: []string{"juju.relations of model charmarr-core"}},
	}
	r.NotEvaluated = []finding.Unevaluated{
		{Rule: "mesh/gateway-not-enrolled", Stack: "media", Needs: []string{"kube.namespaces", "kube.workloads"}},
		{Rule: "own/storage-class", Stack: "media", Needs: []string{"kube.workloads"}},
	}
	r.Gaps = []finding.Gap{
		{Source: "dumps/core.json", Line: 812, Column: 3, What: "reading the Juju status",
			Reason: "the file ends within an object; save it again with juju status --format json"},
		{Source: "microk8s", What: "listing the namespaces of cluster \"microk8s\"", Reason: "forbidden: grant the role charmarr-lint-reader"},
	}
	r.Sources = []finding.Source{{Kind: "juju-status", Name: "dumps/core.json"}, {Kind: "juju-status", Name: "-"}}
	r.Notes = []string{"Model charmarr-vpn is taken for the gateway model, since it holds gluetun."}
	return r
}

func waived() finding.Report {
	r := base()
	r.Stacks = []finding.Stack{media()}
	f := finding.Finding{
		Rule: "topology/gateway-own-namespace", Level: rule.Warning, Verdict: finding.Waived, State: "declared", Stack: "media",
		Subject:  finding.Subject{Kind: "application", Model: "charmarr-downloads", Name: "gluetun"},
		Message:  "The VPN gateway gluetun shares model charmarr-downloads with qbittorrent, which the mesh captures.",
		Location: finding.Location{File: "dumps/downloads.json", Line: 40, Column: 5, EndColumn: 14},
		Evidence: []finding.Evidence{
			{Fact: "application gluetun is in model charmarr-downloads", File: "dumps/downloads.json", Line: 40, Column: 5},
		},
		Remediation: []string{"juju add-model charmarr-vpn"}, ADR: []string{"networking/adr-006#model-2"},
		Waiver: &finding.Waiver{Reason: "single node lab", Expires: "2027-01-31", Source: finding.WaiverSource{
			Kind: finding.InConfiguration, Location: finding.Location{File: "charmarr-lint.yaml", Line: 4, Column: 5},
		}},
	}
	w := f
	w.Rule, w.State = "mesh/gateway-not-enrolled", "effective"
	w.Subject = finding.Subject{Kind: "namespace", Model: "charmarr-downloads", Namespace: "charmarr-downloads", Name: "charmarr-downloads"}
	w.Message = "Namespace charmarr-downloads is labelled for ambient, and the VPN gateway gluetun is in it."
	w.Evidence = []finding.Evidence{{
		Fact: "label istio.io/dataplane-mode=ambient", Object: "Namespace charmarr-downloads", State: "effective",
		File: "kube/downloads.yaml", Line: 9, Column: 5, EndColumn: 37,
	}}
	w.Remediation = []string{"kubectl label namespace charmarr-downloads istio.io/dataplane-mode-"}
	w.Waiver = &finding.Waiver{Reason: "until the gateway has moved", Expires: "2026-12-31", Source: finding.WaiverSource{
		Kind: finding.InAnnotation, Object: "Namespace charmarr-downloads", Key: "charmarr-lint.io/waive",
		Location: finding.Location{File: "kube/downloads.yaml", Line: 6, Column: 5, EndColumn: 80},
	}}
	r.Findings = []finding.Finding{printed(w), printed(f)}
	r.Summary = finding.Summary{Waived: 2, Passed: 3}
	r.Sources = []finding.Source{{Kind: "juju-status", Name: "dumps/downloads.json"}}
	return r
}

// hostile has names that try to leave their place: terminal sequences, workflow
// commands, markup of every format, links, line breaks and bytes that are no
// UTF-8.
func hostile() finding.Report {
	r := base()
	evil := "\x1b]0;owned\a\x1b[31mred\n::error file=x::forged\r\n</td><script>alert(1)</script>|`#[x](https://evil.example)%0A\u202e\uffff\u009b2J\x00\xff]]>"
	r.Stacks = []finding.Stack{{Name: evil, Models: []string{evil}, Parts: []finding.Part{{Model: evil, Part: "core", Basis: evil}}}}
	f := finding.Finding{
		Rule: "ingress/app-on-its-gateway", Level: rule.Error, Verdict: finding.Violated, State: "declared", Stack: evil, Way: evil,
		Subject: finding.Subject{Kind: "application", Model: evil, Name: evil}, Message: evil,
		Location:    finding.Location{File: "dumps/a b:c,d%e\x1b[1m.json", Line: 1, Column: 1, EndColumn: 1},
		Evidence:    []finding.Evidence{{Fact: evil, File: "dumps/```.yaml", Line: 2, Column: 1, Object: evil}},
		Remediation: []string{"juju config " + evil}, ADR: []string{evil},
	}
	w := f
	w.Rule, w.Verdict, w.Waiver = "ops/channel-coherent", finding.Waived, &finding.Waiver{
		Reason: evil, Expires: "2027-01-31",
		Source: finding.WaiverSource{Kind: finding.InAnnotation, Object: evil, Key: evil, Location: finding.Location{File: "dumps/```.yaml", Line: 1, Column: 1}},
	}
	r.Findings = []finding.Finding{printed(f), printed(w)}
	r.Summary = finding.Summary{Error: 1, Waived: 1, Passed: 1, Unknown: 1, NotEvaluated: 1}
	r.Unknown = []finding.Undecided{{Rule: "mesh/gateway-not-enrolled", Stack: evil, Missing: []string{evil}}}
	r.NotEvaluated = []finding.Unevaluated{{Rule: "own/storage-class", Stack: evil, Needs: []string{evil}}}
	r.Gaps = []finding.Gap{{Source: "dumps/\x1b[2J.json", What: evil, Reason: evil}}
	r.Sources = []finding.Source{{Kind: "juju-status", Name: "dumps/a b:c,d%e\x1b[1m.json"}}
	r.Ignored = []finding.Ignored{{Name: evil, Reason: evil}}
	r.Notes = []string{evil}
	return r
}

// printed gives a finding its fingerprint.
func printed(f finding.Finding) finding.Finding {
	f.Fingerprint = finding.Fingerprint(f.Rule, f.Way, f.Stack, f.Subject)
	return f
}

// long is a text longer than any line, with words longer than any line.
func long() string {
	return strings.Repeat("The gateway answers for all of these and is asked by all of them at once. ", 4) +
		"See namespaces/charmarr-downloads/" + strings.Repeat("a-very-long-name-", 8) + "end"
}
