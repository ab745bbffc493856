// Package graph turns stacks and a report into a picture that no format has
// touched yet: clusters, nodes and edges, with the findings marked on them.
//
// Words: a cluster is a Juju model (on Kubernetes, with its namespace); a node is
// an application, an ingress gateway without one, a SAAS or an offer; an edge
// runs from who uses to what is used, and across models from the consumer to its
// SAAS, from there to the offer and on to the application behind it. A mark is
// what was found about a cluster, a node or an edge.
//
// A picture must not look better than what is known. What no source shows is
// there all the same, as Missing or Unread, and a finding whose subject has no
// place of its own is marked on the nearest thing that has one, or listed only.
//
// The package draws nothing; the formats are the packages below it. Every text in
// a Graph is plain (package plain) and of bounded length: a format escapes its
// own syntax and nothing else.
package graph

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/topology"
)

// Graph is what formats draw.
type Graph struct {
	Profile string
	Stacks  []Stack
	// Findings are all findings, in the order of the report.
	Findings []Finding
	// Undecided are rules that had no verdict in the end, grouped by what they
	// wait for.
	Undecided []Undecided
	// Gaps are what could not be read, a sentence each.
	Gaps []string
	// Totals counts the findings in words: "2 errors, 1 note".
	Totals string
	// Asked is how many rules were asked.
	Asked int
	// Incomplete says that something that was given could not be read in whole.
	Incomplete bool
}

// Stack is one Charmarr deployment.
type Stack struct {
	ID       string
	Name     string
	Clusters []Cluster
	Edges    []Edge
	// Totals counts its findings in words, Verdicts its rules: "14 rules passed,
	// 2 not evaluated".
	Totals   string
	Verdicts string
}

// Cluster is a model.
type Cluster struct {
	ID   string
	Name string
	// Part is core, downloads, gateway or single; "" for none. Basis says how
	// that is known.
	Part  string
	Basis string
	// Foreign says that the model is not part of this stack.
	Foreign bool
	// Unread says that no source shows the model at all.
	Unread bool
	// Missing names what was not read of it: "relations", "Kubernetes".
	Missing []string
	// Facts are what is known of the model and its namespace, short lines.
	Facts []string
	Nodes []Node
	Marks []Mark
}

// Partly tells whether not all that a picture shows was read.
func (c Cluster) Partly() bool { return c.Unread || len(c.Missing) > 0 }

// Is says in words what a model is: "core model", "model not read".
func (c Cluster) Is() string {
	switch {
	case c.Unread:
		return "model not read"
	case c.Foreign:
		return "model outside this stack"
	case c.Part == topology.PartSingle:
		return "model for all parts"
	case c.Part != "":
		return c.Part + " model"
	}
	return "model that plays no part"
}

// Kind says what a node stands for.
type Kind string

// The kinds of node.
const (
	Application Kind = "application"
	Gateway     Kind = "gateway" // a Gateway object without an application
	IngressWay  Kind = "Ingress" // an Ingress object
	SAAS        Kind = "SAAS"
	Offer       Kind = "offer"
)

// Node is something in a model.
type Node struct {
	ID   string
	Kind Kind
	Name string
	// Role is what an application does in Charmarr, "" where it has none. Group
	// gathers roles: content, download, vpn, ingress, mesh, support.
	Role  string
	Group string
	// State is effective, declared or planned; "" where nothing shows it.
	State string
	// Mesh says whether ambient captures it, for applications.
	Mesh Mesh
	// VPN names the VPN gateways of a download client, or says that there is
	// none or that it is not known; "" where the question does not arise.
	VPN string
	// VPNUnknown says that where one of them leads is not known.
	VPNUnknown bool
	// Absent says why nothing shows it: "not read", "no such offer"; "" where
	// something does.
	Absent string
	// Facts are sentences for who looks closer.
	Facts []string
	Marks []Mark
}

// Does says in words what a node does, and in which state it is known where that
// is not effective and the answer about the mesh does not say it.
func (n Node) Does() string {
	does := n.Role
	switch n.Kind {
	case Gateway:
		does = "Gateway object"
	case IngressWay:
		does = "Ingress object"
	}
	if n.Kind == SAAS || n.Kind == Offer || n.State == "" || n.State == "effective" || n.State == n.Mesh.State {
		return does
	}
	if does == "" {
		return n.State
	}
	return does + ", " + n.State
}

// Mesh is an answer to whether Istio ambient captures something.
type Mesh struct {
	Answer Answer
	// State is effective where Kubernetes says it, declared or planned where
	// Juju lets it be expected.
	State string
}

// Answer is yes, no, not known, or not asked ("").
type Answer string

// The answers.
const (
	Yes      Answer = "yes"
	No       Answer = "no"
	NotKnown Answer = "not known"
)

// Words say the answer: "in mesh", "outside mesh (declared)".
func (m Mesh) Words() string {
	var words string
	switch m.Answer {
	case Yes:
		words = "in mesh"
	case No:
		words = "outside mesh"
	case NotKnown:
		return "mesh not known"
	default:
		return ""
	}
	if m.State != "" && m.State != "effective" {
		words += " (" + m.State + ")"
	}
	return words
}

// EdgeKind says what an edge is for.
type EdgeKind string

// The kinds of edge.
const (
	Ingress  EdgeKind = "ingress"
	VPN      EdgeKind = "vpn"
	Storage  EdgeKind = "storage"
	MeshEdge EdgeKind = "mesh"
	Relation EdgeKind = "relation"
)

// Edge joins two nodes.
type Edge struct {
	ID   string
	From string // a node's id: who uses
	To   string // a node's id: what is used
	Kind EdgeKind
	// Interfaces are what it carries, sorted; none for the way from a SAAS to
	// its offer and on, which carries what arrives there.
	Interfaces []string
	// Undirected says that the sides are not known.
	Undirected bool
	// Unknown says that where it leads was not read or does not exist.
	Unknown bool
	// Up says that what is used belongs above who uses it: an ingress gateway, and
	// what is in or leads to a model further up.
	Up bool
	// Facts are the relations and routes it stands for, a line each.
	Facts []string
	Marks []Mark
}

// Carried says what an edge carries, for a label: its interfaces, the mesh's
// companion last, and one word for the interfaces of an ingress gateway.
func (e Edge) Carried() []string {
	var out, last []string
	for _, name := range e.Interfaces {
		switch {
		case e.Kind == Ingress && name != viaRoute && name != viaIngress:
			name = "ingress"
		case name == interfaceCrossMesh:
			last = append(last, name)
			continue
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return append(out, last...)
}

// Mark is what one rule found about one thing.
type Mark struct {
	Rule   string
	Level  string
	Waived bool
	// Findings are the numbers of the findings.
	Findings []int
}

// Words say the mark: "error mesh/core-enrolled".
func (m Mark) Words() string {
	if m.Waived {
		return "waived " + m.Rule
	}
	return m.Level + " " + m.Rule
}

// Finding is a finding of the report.
type Finding struct {
	// Number counts from 1 in the order of the report.
	Number  int
	Rule    string
	Level   string
	Waived  bool
	Stack   string
	State   string
	Subject string // "application charmarr-core/radarr"
	Message string
	Place   string // file:line:column
	// Reason says why it is accepted, where it is.
	Reason string
	// Short is its fingerprint as far as 'charmarr-lint explain' needs it.
	Short string
	// URL is the page of the rule, "" where it has none.
	URL string
	// On are the ids of what is marked with it.
	On []string
}

// Words say level and rule as a Mark does.
func (f Finding) Words() string { return Mark{Rule: f.Rule, Level: f.Level, Waived: f.Waived}.Words() }

// Undecided are rules that wait for something.
type Undecided struct {
	// Verdict is unknown or not-evaluated.
	Verdict string
	What    string
	Rules   []string
	Stacks  []string
}

// Gravest returns the level of the gravest mark that is not waived, "waived"
// where all are, and "" where there is none.
func Gravest(marks []Mark) string {
	found := ""
	for _, m := range marks {
		switch {
		case m.Waived && found == "":
			found = "waived"
		case !m.Waived && rank(m.Level) > rank(found):
			found = m.Level
		}
	}
	return found
}

func rank(level string) int {
	return slices.Index([]string{"", "waived", "note", "warning", "error"}, level)
}

// Short returns at most limit characters of s, with its begin and its end: names
// that are made by machines differ there.
func Short(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit || limit < 3 {
		return s
	}
	tail := (limit - 1) / 2
	return string(runes[:limit-1-tail]) + "…" + string(runes[len(runes)-tail:])
}
