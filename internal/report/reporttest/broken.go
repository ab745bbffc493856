package reporttest

import (
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/rule"
)

// broken has two stacks, every level and state, a rule violated in two ways,
// findings without a file and without a stack, and names that are not ASCII.
func broken() finding.Report {
	r := base()
	r.Stacks = []finding.Stack{
		{
			Name: "家", Models: []string{"heim-core", "werkbank"}, Namespaces: []string{"heim-core", "tailscale"},
			Parts: []finding.Part{{Model: "heim-core", Part: "core", Basis: "inferred from radarr, sonarr and prowlarr"}},
		},
		media(),
	}
	r.Findings = []finding.Finding{
		printed(enrolled("namespace-label", "effective")),
		printed(podLabel()),
		printed(onFamilyGateway()),
		printed(finding.Finding{
			Rule: "ops/channel-coherent", Level: rule.Note, Verdict: finding.Violated, State: "planned", Stack: "家",
			Subject: finding.Subject{Kind: "model", Model: "heim-core", Name: "heim-core"},
			Message: long(), Remediation: []string{"juju refresh -m heim-core sonarr --channel latest/edge"},
		}),
		printed(finding.Finding{
			Rule: "topology/gateway-own-namespace", Level: rule.Warning, Verdict: finding.Violated, State: "declared", Stack: "media",
			Subject:  finding.Subject{Kind: "application", Model: "charmarr-downloads", Name: "gluetun"},
			Message:  "The VPN gateway gluetun shares model charmarr-downloads with qbittorrent",
			Location: finding.Location{File: "dumps/downloads.json", Line: 40, Column: 5, EndColumn: 14},
		}),
		printed(finding.Finding{
			Rule: "config/waiver-expired", Level: rule.Error, Verdict: finding.Violated, State: "declared",
			Subject:     finding.Subject{Kind: "waiver", Name: "topology/gateway-own-namespace application:gluetun"},
			Message:     "The waiver expired on 2026-03-31 and no longer applies.",
			Location:    finding.Location{File: "charmarr-lint.yaml", Line: 9, Column: 5},
			Remediation: []string{"charmarr-lint rules topology/gateway-own-namespace"},
		}),
	}
	r.Summary = finding.Summary{Error: 4, Warning: 1, Note: 1, Passed: 3, Unknown: 1, NotEvaluated: 2}
	r.Unknown = []finding.Undecided{
		{Rule: "topology/gateway-own-namespace", Stack: "家", Missing: []string{"juju.applications of model werkbank"}},
	}
	r.NotEvaluated = []finding.Unevaluated{
		{Rule: "own/storage-class", Stack: "media", Needs: []string{"kube.workloads"}},
		{Rule: "own/storage-class", Stack: "家", Needs: []string{"kube.workloads"}},
	}
	r.Gaps = []finding.Gap{{Source: "dumps/werkbank.json", What: "reading the Juju status", Reason: "the file is empty"}}
	r.Sources = []finding.Source{
		{Kind: "juju-status", Name: "dumps/downloads.json"}, {Kind: "juju-status", Name: "dumps/heim-core.json"},
		{Kind: "kubernetes-manifest", Name: "k8s/Gerät für die Küche.yaml"}, {Kind: "kubernetes-manifest", Name: "k8s/vpn.yaml"},
	}
	r.Ignored = []finding.Ignored{
		{Name: "chart/templates/app.yaml", Reason: "a Helm template"}, {Name: "main.tf", Reason: "no known kind of document"},
	}
	r.Notes = []string{"Model werkbank plays no part and is left alone."}
	finding.Sort(r.Findings)
	return r
}

func enrolled(way, state string) finding.Finding {
	return finding.Finding{
		Rule: "mesh/gateway-not-enrolled", Level: rule.Error, Verdict: finding.Violated, State: state, Stack: "media", Way: way,
		Subject:  finding.Subject{Kind: "workload", Model: "charmarr-vpn", Namespace: "charmarr-vpn", Name: "gluetun"},
		Message:  "StatefulSet gluetun is captured by the mesh, because namespace charmarr-vpn carries istio.io/dataplane-mode=ambient; its tunnel gets no packet and the kill switch no longer holds.",
		Location: finding.Location{File: "k8s/vpn.yaml", Line: 6, Column: 5, EndColumn: 39},
		Evidence: []finding.Evidence{
			{Fact: "namespace charmarr-vpn has label istio.io/dataplane-mode=ambient", File: "k8s/vpn.yaml", Line: 6, Column: 5, Object: "Namespace charmarr-vpn"},
			{Fact: "its pods have no label istio.io/dataplane-mode of their own", File: "k8s/vpn.yaml", Line: 21, Column: 7, Object: "StatefulSet charmarr-vpn/gluetun"},
			{Fact: "container gluetun makes it the VPN gateway"},
		},
		Remediation: []string{
			"kubectl label namespace charmarr-vpn istio.io/dataplane-mode-",
			"kubectl rollout restart statefulset/gluetun -n charmarr-vpn",
		},
		ADR: []string{"networking/adr-006#vpn-gateway", "networking/adr-005#namespace-enrollment"},
	}
}

func podLabel() finding.Finding {
	f := enrolled("pod-label", "declared")
	f.Message = "Application gluetun sets label istio.io/dataplane-mode=ambient on its own pods."
	f.Location = finding.Location{}
	f.Evidence = []finding.Evidence{{Fact: "gluetun is related to beacon over service-mesh", Object: "model charmarr-vpn on controller microk8s"}}
	f.Remediation = []string{"juju remove-relation -m charmarr-vpn gluetun:service-mesh beacon"}
	return f
}

func onFamilyGateway() finding.Finding {
	return finding.Finding{
		Rule: "ingress/app-on-its-gateway", Level: rule.Error, Verdict: finding.Violated, State: "planned", Stack: "家",
		Subject:     finding.Subject{Kind: "route", Namespace: "heim-core", Name: "кубит-größe"},
		Message:     "HTTPRoute кубит-größe hangs on media-gateway. It serves a download client, which belongs on admin-gateway.",
		Location:    finding.Location{File: "k8s/Gerät für die Küche.yaml", Line: 3, Column: 9, EndColumn: 20},
		Evidence:    []finding.Evidence{{Fact: "parent is media-gateway", File: "k8s/Gerät für die Küche.yaml", Line: 8, Column: 5}},
		Remediation: []string{"kubectl patch httproute -n heim-core кубит-größe --type json -p '[{\"op\": \"replace\", \"path\": \"/spec/parentRefs/0/name\", \"value\": \"admin-gateway\"}]'"},
		ADR:         []string{"networking/adr-001-ingress#architecture-details"},
	}
}
