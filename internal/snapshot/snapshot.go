// Package snapshot holds what was observed, as plain data.
//
// A snapshot is the meeting point of all sources: a collector reads one source
// into one snapshot, Merge puts snapshots side by side, and topology.Resolve
// joins them. A snapshot says what each source said and where it said so; it
// draws no conclusion. Two sources that speak of the same model or object stay
// two observations here.
//
// Words: a Source is where facts come from. A Pos is the place in a source
// where a fact stands. A Gap is something that was asked for and could not be
// read. Evidence names a kind of fact ("juju.relations") that rules need.
//
// Values that look secret are replaced before they enter a snapshot (see
// Redact), so a snapshot can be saved and sent to somebody else.
//
// The package imports the standard library only.
package snapshot

import "strings"

// Schema identifies the format of a recorded snapshot.
const Schema = "charmarr-lint/snapshot/v1"

// State says how real a fact is.
type State string

// The three states, from intent to reality.
const (
	Planned   State = "planned"   // a bundle or a Terraform plan says it
	Declared  State = "declared"  // Juju says it
	Effective State = "effective" // Kubernetes says it
)

// Evidence names a kind of fact that a source can carry.
type Evidence string

// The kinds of evidence. A rule's needs are written in these words.
const (
	JujuApplications    Evidence = "juju.applications"
	JujuRelations       Evidence = "juju.relations"
	JujuConfig          Evidence = "juju.config"  // options and trust
	JujuOffers          Evidence = "juju.offers"  // offers and SAAS
	JujuUnits           Evidence = "juju.units"   // relation databags
	JujuStatuses        Evidence = "juju.status"  // what applications and units say of themselves
	JujuSecrets         Evidence = "juju.secrets" // who may read which secret, never a value
	KubeNamespaces      Evidence = "kube.namespaces"
	KubeWorkloads       Evidence = "kube.workloads" // StatefulSets, Deployments, DaemonSets
	KubePods            Evidence = "kube.pods"
	KubeServices        Evidence = "kube.services"
	KubeConfigMaps      Evidence = "kube.configmaps"
	KubeNetworkPolicies Evidence = "kube.networkpolicies"
	KubeGateways        Evidence = "kube.gateways"
	KubeRoutes          Evidence = "kube.routes"

	KubeIngresses             Evidence = "kube.ingresses"
	KubeAuthorizationPolicies Evidence = "kube.authorizationpolicies"
	KubeClaims                Evidence = "kube.persistentvolumeclaims"
	KubeVolumes               Evidence = "kube.persistentvolumes" // of the cluster
	KubeNodes                 Evidence = "kube.nodes"             // of the cluster
	// KubeSystem is what namespaces that are no models tell of the cluster: the
	// DaemonSets of its network plugin and the Service of its DNS, mostly in
	// kube-system, and an Istio that no charm installed.
	KubeSystem Evidence = "kube.system"
)

// AllEvidence lists every kind of evidence, in the order of reports.
var AllEvidence = []Evidence{
	JujuApplications, JujuRelations, JujuConfig, JujuOffers, JujuUnits, JujuStatuses, JujuSecrets,
	KubeNamespaces, KubeWorkloads, KubePods, KubeServices, KubeConfigMaps,
	KubeNetworkPolicies, KubeGateways, KubeRoutes, KubeIngresses,
	KubeAuthorizationPolicies, KubeClaims, KubeVolumes, KubeNodes, KubeSystem,
}

// OfJuju says that Juju tells it.
func (e Evidence) OfJuju() bool { return strings.HasPrefix(string(e), "juju.") }

// OfCluster tells whether a kind of evidence is about the cluster and not about
// one namespace or model.
func (e Evidence) OfCluster() bool {
	return e == KubeVolumes || e == KubeNodes || e == KubeSystem
}

// SourceKind says what a source is.
type SourceKind string

// The kinds of source.
const (
	JujuStatus     SourceKind = "juju-status"
	JujuBundle     SourceKind = "juju-bundle"
	JujuShowUnit   SourceKind = "juju-show-unit"
	JujuShowSecret SourceKind = "juju-show-secret"
	JujuOfferSet   SourceKind = "juju-offers"
	Manifest       SourceKind = "kubernetes-manifest"
	KubeCluster    SourceKind = "kubernetes-cluster"

	TerraformPlan  SourceKind = "terraform-plan"
	TerraformState SourceKind = "terraform-state"
	// TerraformModule is a file of the configuration that a plan was made from.
	TerraformModule SourceKind = "terraform-module"

	JujuController SourceKind = "juju-controller" // a live one
)

// State says how real what a source of this kind says is.
func (k SourceKind) State() State {
	switch {
	case k == JujuBundle, k == TerraformPlan, k == TerraformModule:
		return Planned
	case k == TerraformState:
		return Declared
	case strings.HasPrefix(string(k), "juju"):
		return Declared
	case strings.HasPrefix(string(k), "kube"):
		return Effective
	}
	return ""
}

// Live tells whether a source of this kind is asked, and no file is read.
func (k SourceKind) Live() bool { return k == KubeCluster || k == JujuController }

// Source is where facts come from.
type Source struct {
	Kind SourceKind `json:"kind"`
	// Name is a path relative to the working directory with / separators,
	// "-" for standard input, or the name of a live controller or cluster.
	Name string `json:"name"`
	// Address is that of a resource of Terraform: each is a source of its own.
	Address string `json:"address,omitempty"`
	// Recorded is, of a live one, the recorded snapshot that holds what it said,
	// a path as Name has it. A snapshot does not say where it is itself.
	Recorded string `json:"-"`
}

// Pos is the place of a fact: index into Snapshot.Sources, line, column, end
// column. Lines and columns count from 1, columns in UTF-16 code units as SARIF
// wants them; the end column is the first one after the fact. Line 0 means that
// the source has no lines (a live one). It is an array so that a recorded
// snapshot stays small and decodes without a method call a fact.
type Pos [4]int32

// Source returns the index into Snapshot.Sources.
func (p Pos) Source() int { return int(p[0]) }

// Line returns the line, from 1, or 0 where the source has no lines.
func (p Pos) Line() int { return int(p[1]) }

// Column returns the first column of the fact, in UTF-16 code units from 1.
func (p Pos) Column() int { return int(p[2]) }

// EndColumn returns the column after the fact.
func (p Pos) EndColumn() int { return int(p[3]) }

// Known tells whether the place was recorded at all.
func (p Pos) Known() bool { return p[1] > 0 }

// Snapshot is what was observed in one run.
type Snapshot struct {
	Schema  string   `json:"schema"`
	Sources []Source `json:"sources"`

	Models []Model `json:"models"`

	Namespaces      []Namespace     `json:"namespaces"`
	Workloads       []Workload      `json:"workloads"`
	Pods            []Pod           `json:"pods"`
	Services        []Service       `json:"services"`
	ConfigMaps      []ConfigMap     `json:"configmaps"`
	NetworkPolicies []NetworkPolicy `json:"networkpolicies"`
	Gateways        []Gateway       `json:"gateways"`
	Routes          []Route         `json:"routes"`
	Ingresses       []Ingress       `json:"ingresses"`

	AuthorizationPolicies  []AuthorizationPolicy   `json:"authorizationpolicies"`
	ForeignPolicies        []ForeignPolicy         `json:"foreignpolicies"`
	PersistentVolumeClaims []PersistentVolumeClaim `json:"persistentvolumeclaims"`
	PersistentVolumes      []PersistentVolume      `json:"persistentvolumes"`
	Nodes                  []Node                  `json:"nodes"`

	// Coverage says what was read in whole although it may hold nothing.
	Coverage []Coverage `json:"coverage"`

	// Comments are those in the files of Terraform's configuration that waive a
	// finding.
	Comments []Comment `json:"comments,omitempty"`

	Gaps    []Gap     `json:"gaps"`
	Ignored []Ignored `json:"ignored"`
}

// Comment is a comment in a .tf file that waives what is found on a block.
type Comment struct {
	Text string `json:"text"` // what follows the mark
	At   Pos    `json:"at"`
	// Block is what it stands on, resource "juju_application" "gluetun"; empty where
	// it stands on none. From and To are its first and last line.
	Block string `json:"block,omitempty"`
	From  int    `json:"from,omitempty"`
	To    int    `json:"to,omitempty"`
}

// Coverage says that all objects of a kind were read, of one namespace or, where
// Namespace is empty, of the whole cluster. A file shows only what is there; a
// live cluster, asked for a kind, also shows that nothing is.
type Coverage struct {
	Evidence  Evidence `json:"evidence"`
	Namespace string   `json:"namespace,omitempty"`
}

// Gap is something that was asked for and could not be read.
type Gap struct {
	Source string `json:"source"` // path, controller or cluster
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	What   string `json:"what"`   // what was being read, a gerund: "reading the StatefulSet in document 3"
	Reason string `json:"reason"` // why it failed and what to do next
	// Evidence is what might have been in the part that was not read. Empty
	// means that it could have been anything. A rule does not pass on evidence
	// that a gap touches.
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Ignored is a file that was found in a directory and is of no known kind.
type Ignored struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Fact is a key with its value and its place: a label, an annotation, a
// charm option, an entry of a ConfigMap or of a databag.
type Fact struct {
	Key   string `json:"k"`
	Value string `json:"v"`
	At    Pos    `json:"at"`
}

// Lookup returns the fact with the given key.
func Lookup(facts []Fact, key string) (Fact, bool) {
	for _, f := range facts {
		if f.Key == key {
			return f, true
		}
	}
	return Fact{}, false
}
