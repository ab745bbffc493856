// Package deployment makes realistic Charmarr deployments for tests.
//
// A Deployment is a small description in memory: Juju models with their
// applications, relations, offers and SAAS, and the few Kubernetes facts that
// nobody declared in Juju (a label set by hand, an annotation left behind).
// Everything else is derived from it the way the real tools derive it: Status
// and Bundle print what juju prints, and Manifests prints the objects that
// Juju, the charms and Istio make of it, as `kubectl get -o yaml` shows them.
// So one description gives three forms that agree with each other.
//
// Words: a stack is one Deployment. An exit is a VPN gateway in a model of its
// own with the download client that uses it. A Fault is one named mistake made
// in a deployment; an Expectation is what a rule has to say about it.
//
// Clean holds no fault. Broken is Clean with the faults of Faults that can be
// seen side by side. The package knows nothing of the linter: the rules are
// judged against it, so it may not borrow their reasoning.
package deployment

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
	"slices"
)

// Deployment is one Charmarr stack.
type Deployment struct {
	Controller string
	Cluster    Cluster
	// Core, Downloads and Gateway name the models of the three parts.
	Core, Downloads, Gateway string
	Models                   []*Model
	// OtherNamespaces are namespaces of the cluster that are no models, with labels.
	OtherNamespaces map[string]map[string]string
	// Lean leaves out the objects that no rule reads (service accounts, volumes,
	// autoscalers, the model operator, Istio's own Deployments), so that many
	// stacks stay readable and quick to write.
	Lean bool
	// Applications ever added: addresses are handed out by this number, so that
	// a further application changes no address of another.
	Numbered int
}

// Cluster holds the address ranges of the cluster and the place of this
// deployment in them.
type Cluster struct {
	PodCIDR, ServiceCIDR, NodeCIDR string
	BalancerCIDR                   string // addresses of load balancers
	// Nodes is how many there are; 0 is one.
	Nodes int
	// IPv6CIDR gives every pod a second address; empty gives none.
	IPv6CIDR string
	// Plugin is the network plugin: "" is Calico, "flannel" enforces no policy.
	Plugin string
	// Offset is added to every address, so that many stacks share one cluster.
	Offset int
	// OpenDNS says that the cluster's DNS asks the node's resolvers for what it does
	// not know, as most clusters have it, and not others over TLS.
	OpenDNS bool
	// Version is that of the nodes' kubelets; empty is a current one.
	Version string
}

// Model is a Juju model and the namespace of the same name.
type Model struct {
	Name         string
	Version      string // of Juju; empty is a current one
	Applications []*Application
	Relations    []Relation
	SAAS         []*SAAS
	Offers       []*Offer
	// NamespaceLabels are labels that somebody set on the namespace; the value
	// Removed takes a label away.
	NamespaceLabels map[string]string
	// Media is what somebody made of the shared media volume in the namespace.
	Media MediaChange
	// ByHand are objects that somebody applied, each as YAML.
	ByHand []string
}

// NoAddress as the address of a gateway means that it has none.
const NoAddress = "-"

// Removed as the value of a label in the description means that the label
// which Juju or a charm had set was taken away.
const Removed = "-"

// Application is a Juju application.
type Application struct {
	Name     string
	Charm    string // key of the charm table
	Channel  string
	Revision int
	Scale    int
	Trust    bool
	Exposed  bool
	Options  map[string]any
	Status   string // application-status.current
	Message  string
	Number   int // see Deployment.Numbered
	// Silent are endpoints in whose relations it has published nothing yet.
	Silent []string
	Kube   Extra
}

// Extra holds Kubernetes facts of an application that do not follow from Juju.
// The value Removed takes a label away.
type Extra struct {
	TemplateLabels map[string]string // pod template of the StatefulSet, and so its pods
	PodLabels      map[string]string // the running pods only
	PodAnnotations map[string]string
	ServiceLabels  map[string]string
	// MeshLabels are the labels that ConfigMap juju-service-mesh-<app>-labels
	// says were set, where that does not follow from a mesh relation.
	MeshLabels map[string]string
	// NoKillSwitch says that the NetworkPolicy was deleted.
	NoKillSwitch bool
	Switch       SwitchChange
	Containers   ContainerChange
	// NoWorkload, NoRoutes, NoWaypoint and NoPeers say that the StatefulSet with its
	// pods, the HTTPRoutes, the beacon's waypoint and the policies that let peers in
	// were deleted.
	NoWorkload, NoRoutes, NoWaypoint, NoPeers bool
	// HostPort is a port of the host that the first container of the workload
	// takes; 0 is none.
	HostPort int
	// Image is what the first container of the workload runs, where somebody
	// changed that.
	Image              string
	ServiceAnnotations map[string]string
	// GatewayAnnotations are those of the Service that Istio makes for an ingress
	// gateway, Address the address that it got: NoAddress where the load balancer
	// gave it none.
	GatewayAnnotations map[string]string
	Address            string
	// Pods is what somebody made of its pods, Open what it says in the open that
	// ought to be in a secret, KeyReaders who may read its key besides itself.
	Pods       PodChange
	Open       map[string]string // endpoint: key of its databag
	KeyReaders []string
	// Settings are variables of a VPN client's settings.sh that somebody set to
	// something else; ExitHost is what somebody made of the name under which its
	// containers look for the gateway.
	Settings map[string]string
	ExitHost string
}

// End is one end of a relation: an application or SAAS, and its endpoint.
type End struct {
	Application, Endpoint string
}

func (e End) String() string { return e.Application + ":" + e.Endpoint }

// Relation joins two ends in one model.
type Relation struct {
	A, B End
}

func (r Relation) has(app string) bool {
	return r.A.Application == app || r.B.Application == app
}

// SAAS is an offer of another model, consumed under a local name.
type SAAS struct {
	Name         string
	Model, Offer string
	Status       string // application-status.current; empty means active
}

// Offer is an application's endpoints offered to other models.
type Offer struct {
	Name, Application string
	Endpoints         []string
}

// Clone returns a copy that shares nothing with d.
func (d *Deployment) Clone() *Deployment {
	var text bytes.Buffer
	if err := gob.NewEncoder(&text).Encode(d); err != nil {
		panic(fmt.Sprintf("cloning a deployment: %v", err)) // options hold only strings, numbers and booleans
	}
	c := new(Deployment)
	if err := gob.NewDecoder(&text).Decode(c); err != nil {
		panic(fmt.Sprintf("cloning a deployment: %v", err))
	}
	return c
}

// Model returns the model of that name, or nil.
func (d *Deployment) Model(name string) *Model {
	for _, m := range d.Models {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// AddModel adds an empty model, or returns the one that exists.
func (d *Deployment) AddModel(name string) *Model {
	if m := d.Model(name); m != nil {
		return m
	}
	m := &Model{Name: name}
	d.Models = append(d.Models, m)
	return m
}

// Deploy adds an application with its charm's usual channel, revision and
// status.
func (d *Deployment) Deploy(model, name, charm string, options map[string]any) *Application {
	facts := charmOf(charm)
	a := &Application{
		Name: name, Charm: charm, Channel: facts.channel, Revision: facts.revision,
		Scale: 1, Trust: true, Options: options, Status: "active", Message: facts.message,
		Number: d.Numbered,
	}
	d.Numbered++
	m := d.AddModel(model)
	m.Applications = append(m.Applications, a)
	slices.SortFunc(m.Applications, func(a, b *Application) int { return cmp.Compare(a.Name, b.Name) })
	d.backUp(model, name)
	return a
}

// Application returns the application of that name, or nil.
func (m *Model) Application(name string) *Application {
	for _, a := range m.Applications {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Relate joins two applications (or SAAS) of the model. One endpoint name is
// given where both ends call it the same.
func (m *Model) Relate(a, endpoint, b string, endpointB ...string) {
	other := endpoint
	if len(endpointB) > 0 {
		other = endpointB[0]
	}
	m.Relations = append(m.Relations, Relation{End{a, endpoint}, End{b, other}})
}

// Unrelate removes the relations between two ends. An empty endpoint means all.
func (m *Model) Unrelate(a, endpoint, b string) {
	m.Relations = slices.DeleteFunc(m.Relations, func(r Relation) bool {
		if !r.has(a) || !r.has(b) {
			return false
		}
		end := r.A
		if r.B.Application == a {
			end = r.B
		}
		return endpoint == "" || end.Endpoint == endpoint
	})
}

// Offer offers endpoints of an application, or adds them to its offer.
func (m *Model) Offer(name, application string, endpoints ...string) {
	for _, o := range m.Offers {
		if o.Name == name {
			for _, e := range endpoints {
				if !slices.Contains(o.Endpoints, e) {
					o.Endpoints = append(o.Endpoints, e)
				}
			}
			return
		}
	}
	m.Offers = append(m.Offers, &Offer{name, application, endpoints})
}

// Consume makes an offer of another model known under its own name.
func (m *Model) Consume(model, offer string) *SAAS {
	for _, s := range m.SAAS {
		if s.Name == offer {
			return s
		}
	}
	s := &SAAS{Name: offer, Model: model, Offer: offer}
	m.SAAS = append(m.SAAS, s)
	return s
}

// Saas returns the SAAS of that name, or nil.
func (m *Model) Saas(name string) *SAAS {
	for _, s := range m.SAAS {
		if s.Name == name {
			return s
		}
	}
	return nil
}
