package graphtest

import (
	"strings"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/graph"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Names try to leave their place in one format or another.
func Names() []string {
	return []string{
		"\x1b]0;owned\a\x1b[31mred\x00\xff\u202e\u009b2J\uffff",
		"</title></text></svg><script>alert(1)</script>",
		"]]><!-- --><?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
		"' onload='alert(1)\" onload=\"alert(1)",
		`"] --> x["y"]; end`, "end", "subgraph x", "%%{init: {\"securityLevel\": \"loose\"}}%%", "#quot;#35;#x3c;",
		"`**bold** _it_`", "- item", "1. first", "    code", "fa:fa-car", "$$x^2$$", "<img src=x onerror=alert(1)>", "a\nclick n1 href \"javascript:alert(1)\"",
		`\N\L\G\"\\`, `"]; x -> y [label="`, "&amp;&lt;&#60;&nosuch;", "<b>bold</b>", "<TABLE><TR><TD>x</TD></TR></TABLE>",
		"", " ", "größe 家 кубит 🔴 e\u0301", strings.Repeat("long-", 500), strings.Repeat("家", 300), "{{.Totals}}", "*/}</style><script>alert(1)</script>",
	}
}

// Hostile is a graph in which everything that has a name has one of those.
func Hostile() graph.Graph { return graph.Of(Named(Names())) }

// Named returns a stack that has all there can be in one, and findings about all
// of it, with names from a list, in turn.
func Named(names []string) ([]topology.Stack, finding.Report) {
	n := &namer{names: names}
	s := topology.Stack{Name: n.next(), Profile: topology.Expectation{Mesh: "ambient"}}
	core, downloads := n.next(), n.next()
	for _, m := range []struct{ name, part string }{{core, "core"}, {downloads, "downloads"}, {n.next(), n.next()}} {
		s.Models = append(s.Models, topology.Model{Subject: subject("model", m.name, m.name), Name: m.name, Namespace: m.name, Part: m.part, PartBasis: n.next(), Controller: n.next()})
		s.Namespaces = append(s.Namespaces, topology.Namespace{
			Subject: subject("namespace", m.name, m.name), Name: m.name,
			Labels: []topology.Fact{{Key: "istio.io/dataplane-mode", Value: n.next()}},
		})
	}
	s.Unread = []topology.Reference{{Model: n.next(), By: n.next()}}
	var ids []string
	for i := range 8 {
		model, captured := core, []string{"yes", "no", ""}[i%3]
		if i >= 5 {
			model = downloads
		}
		a := topology.Application{
			Name: n.next(), Model: model, Role: n.next(), RoleBasis: n.next(), Group: "content", Charm: n.next(), Channel: n.next(), State: n.next(),
			Mesh: topology.Enrolment{Captured: captured, Fact: n.next(), State: n.next()},
		}
		if i >= 6 {
			a.Role = topology.RoleDownloadClient
		}
		a.ID, a.Subject = model+"/"+a.Name, subject("application", model, a.Name)
		a.Attachments = []topology.Attachment{{Gateway: n.next(), GatewayModel: []string{core, n.next()}[i%2], Via: "httproute", Name: n.next(), State: "effective"}}
		s.Applications = append(s.Applications, a)
		ids = append(ids, a.ID)
	}
	apps := s.Applications
	for i := range apps {
		for j := range i {
			s.Relations = append(s.Relations, n.relation(&apps[i], &apps[j]))
		}
	}
	saas, offer := n.next(), n.next()
	s.Offers = []topology.Offer{{Subject: subject("offer", core, offer), Name: offer, Model: core, Application: apps[0].Name, ApplicationKnown: "yes", Endpoints: []topology.Endpoint{{Name: n.next(), Interface: n.next()}}}}
	s.SAAS = []topology.SAAS{
		{Subject: subject("saas", downloads, saas), Name: saas, Model: downloads, URL: n.next(), OfferModel: core, OfferName: offer, OfferFound: "yes", ModelRead: true},
		{Subject: subject("saas", downloads, saas+"x"), Name: saas + "x", Model: downloads, URL: n.next(), OfferModel: n.next(), OfferName: n.next()},
		{Name: n.next(), Model: downloads},
	}
	across := n.relation(&apps[7], &apps[0])
	across.CrossModel, across.Provider.SAAS, across.Interface, across.Resolved = true, saas, "vpn-gateway", ""
	s.Relations = append(s.Relations, across)
	s.Gateways = []topology.Gateway{{Subject: subject("gateway", core, n.next()), Name: n.next(), Namespace: core}, {Name: n.next(), Namespace: core, Waypoint: true}}
	s.Ingresses = []topology.Ingress{{Name: n.next(), Namespace: core, Class: n.next(), Backends: []topology.RouteEnd{{Name: apps[1].Name, Namespace: core}}}}
	s.NetworkPolicies = []topology.NetworkPolicy{{Subject: subject("networkpolicy", downloads, n.next()), Selects: ids}}
	return []topology.Stack{s}, n.report(&s)
}

// namer hands out names.
type namer struct {
	names []string
	at    int
}

func (n *namer) next() string {
	n.at++
	return n.names[n.at%len(n.names)]
}

func (n *namer) relation(from, to *topology.Application) topology.Relation {
	interfaces := []string{"media-storage", "ingress", "vpn-gateway", "cross_model_mesh", n.next(), n.next()}
	name := n.next()
	return topology.Relation{
		Subject: subject("relation", from.Model, name), Name: name, Model: from.Model, State: "declared",
		Interface: interfaces[n.at%len(interfaces)], SidesKnown: n.at%4 > 0, Resolved: "yes",
		Requirer: topology.RelationEnd{Application: from.Name, Model: from.Model, ID: from.ID},
		Provider: topology.RelationEnd{Application: to.Name, Model: to.Model, ID: to.ID},
	}
}

// report finds something about every subject of a stack.
func (n *namer) report(s *topology.Stack) finding.Report {
	r := finding.Report{
		Profile: n.next(), Stacks: []finding.Stack{{Name: s.Name}},
		Gaps:         []finding.Gap{{Source: n.next(), Line: 1, What: n.next(), Reason: n.next()}},
		Unknown:      []finding.Undecided{{Rule: rule.ID(n.next()), Stack: s.Name, Missing: []string{n.next()}}},
		NotEvaluated: []finding.Unevaluated{{Rule: rule.ID(n.next()), Stack: s.Name, Needs: []string{n.next()}}},
	}
	about := func(subject topology.Subject) {
		f := finding.Finding{
			Rule: rule.ID(n.next()), Level: []rule.Level{rule.Error, rule.Warning, rule.Note}[n.at%3], Verdict: finding.Violated,
			Stack: s.Name, Subject: finding.Subject(subject), Message: n.next(), State: n.next(), Location: finding.Location{File: n.next(), Line: 1},
		}
		if n.at%5 == 0 {
			f.Verdict, f.Waiver = finding.Waived, &finding.Waiver{Reason: n.next(), Expires: n.next()}
		}
		r.Findings = append(r.Findings, f)
	}
	for _, m := range s.Models {
		about(m.Subject)
	}
	for _, a := range s.Applications {
		about(a.Subject)
	}
	for _, x := range s.Relations {
		about(x.Subject)
	}
	for _, o := range s.Offers {
		about(o.Subject)
	}
	for _, x := range s.SAAS {
		about(x.Subject)
	}
	for _, p := range s.NetworkPolicies {
		about(p.Subject)
	}
	about(topology.Subject{Kind: n.next(), Model: n.next(), Namespace: n.next(), Name: n.next()})
	return r
}

func subject(kind, model, name string) topology.Subject {
	return topology.Subject{Kind: kind, Model: model, Namespace: model, Name: name}
}
