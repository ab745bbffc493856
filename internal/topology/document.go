package topology

// Everything below is what Rego sees as `input`, one Stack a time. Three rules
// hold for each type here:
//
//   - Every field is always present: a Rego rule that reads an absent field is
//     silently undefined, and its finding vanishes. Unknown is a value ("").
//   - No maps, only slices of structs in a fixed order: OPA's type checker sees
//     through them, and reports stay byte-for-byte the same.
//   - A place ("at") is an opaque string to Rego: it is handed back in the
//     finding and resolved by Go. "" is no place.
//
// The JSON schema that policies are checked against is generated from these
// types (policies/schemas/stack.json).

// Stack is one Charmarr deployment, joined: the document that rules judge.
type Stack struct {
	Name    string      `json:"name"`
	Profile Expectation `json:"profile"`
	// Minimum is the oldest Juju and Kubernetes that the charms are made for.
	Minimum Minimum `json:"minimum"`
	// Evidence lists what was read, by kind and model.
	Evidence []EvidenceOf `json:"evidence"`
	// Unread are models that facts of this stack refer to and that no source
	// shows.
	Unread []Reference `json:"unread"`

	Models          []Model         `json:"models"`
	Namespaces      []Namespace     `json:"namespaces"`
	Applications    []Application   `json:"applications"`
	Relations       []Relation      `json:"relations"`
	Offers          []Offer         `json:"offers"`
	SAAS            []SAAS          `json:"saas"`
	Services        []Service       `json:"services"`
	ConfigMaps      []ConfigMap     `json:"configmaps"`
	NetworkPolicies []NetworkPolicy `json:"network_policies"`
	Gateways        []Gateway       `json:"gateways"`
	Routes          []Route         `json:"routes"`
	Ingresses       []Ingress       `json:"ingresses"`
	// WaypointUses are what names a waypoint.
	WaypointUses []WaypointUse `json:"waypoint_uses"`

	AuthorizationPolicies []AuthorizationPolicy `json:"authorization_policies"`
	// ForeignPolicies are network policies of another API, in the namespaces of
	// the stack or of the whole cluster.
	ForeignPolicies []ForeignPolicy `json:"foreign_policies"`
	// Strays are workloads and pods in the stack's namespaces that run none of
	// its applications.
	Strays []Stray `json:"strays"`
	// VPNGateways and VPNClients are the applications at either end of a VPN, with
	// what is computed of their networks and settings.
	VPNGateways []VPNGateway `json:"vpn_gateways"`
	VPNClients  []VPNClient  `json:"vpn_clients"`
	// Media is the shared media volume.
	Media Media `json:"media"`
	// Secrets are the Juju secrets of which a source tells.
	Secrets []Secret `json:"secrets"`
	// Clashes are what the stack has and only one in the cluster may have.
	Clashes []Clash `json:"clashes"`
	// Cluster is what was read of the cluster beside the stack.
	Cluster Cluster `json:"cluster"`
	// ControlPlanes are the Istios in the stack's cluster, in whichever model.
	ControlPlanes []ControlPlane `json:"control_planes"`
}

// Expectation is what the profile expects, as far as rules read it.
type Expectation struct {
	Name string `json:"name"`
	// Layout is "three-models" or "single-model".
	Layout string `json:"layout"`
	// Mesh is "ambient" or "off".
	Mesh string `json:"mesh"`
	// Gateways are the ingress gateways that must exist, by class.
	Gateways []GatewayClass `json:"gateways"`
	// Routes say which classes of gateway a role may be reached through.
	Routes []RouteClass `json:"routes"`
	// Offers say which part offers which interface to the other models.
	Offers []OfferSide `json:"offers"`
}

// GatewayClass is a class of ingress gateway: arr, media, admin.
type GatewayClass struct {
	Class string   `json:"class"`
	Names []string `json:"names"` // application names, any one of them
}

// RouteClass says through which classes of gateway a role may be reached.
type RouteClass struct {
	Role    string   `json:"role"`
	Classes []string `json:"classes"`
}

// OfferSide says which part offers an interface across models.
type OfferSide struct {
	Interface string `json:"interface"`
	Part      string `json:"part"`
	Endpoint  string `json:"endpoint"` // the endpoint that part offers
}

// EvidenceOf says that a kind of evidence was read for a model (or, for
// Kubernetes, for the namespace of that name).
type EvidenceOf struct {
	Kind  string `json:"kind"` // as in snapshot.Evidence
	Model string `json:"model"`
}

// Reference is a model that is referred to and not read.
type Reference struct {
	Model string `json:"model"`
	By    string `json:"by"` // what refers to it
	At    string `json:"at"`
}

// Subject names what a finding is about; every entity carries its own.
type Subject struct {
	Kind      string `json:"kind"`
	Model     string `json:"model"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// Fact is a key with its value and place.
type Fact struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	At    string `json:"at"`
}

// Model is a Juju model. A namespace that only Kubernetes shows counts as a
// model too: on Kubernetes the two are one.
type Model struct {
	Subject    Subject `json:"subject"`
	State      string  `json:"state"`
	At         string  `json:"at"`
	Name       string  `json:"name"`
	Controller string  `json:"controller"`
	Namespace  string  `json:"namespace"`
	// Part is core, downloads, gateway, single, or "" for none.
	Part      string `json:"part"`
	PartBasis string `json:"part_basis"`
	// HasGateway says that a VPN gateway lives here.
	HasGateway bool `json:"has_gateway"`
	// Declared says that Juju (a status, a bundle) shows the model.
	Declared bool `json:"declared"`
	// Version is Juju's, "" where it was not read.
	Version string `json:"version"`
	// VersionAt and VersionState say where that is from: Juju, or the image of its
	// agents. Supported says that the charms are made for it: yes, no, or "".
	VersionAt    string `json:"version_at"`
	VersionState string `json:"version_state"`
	Supported    string `json:"supported"`
}

// Application is a Juju application, declared by Juju, effective as a workload,
// or both.
type Application struct {
	Subject   Subject `json:"subject"`
	State     string  `json:"state"` // the strongest: effective, declared, planned
	At        string  `json:"at"`
	ID        string  `json:"id"` // model/name, unique in the stack
	Name      string  `json:"name"`
	Model     string  `json:"model"`
	Namespace string  `json:"namespace"`
	Part      string  `json:"part"` // of its model
	// Role is what the application does in Charmarr: see roles.yaml. "" is none.
	Role      string `json:"role"`
	RoleBasis string `json:"role_basis"` // "charm radarr-k8s", "container gluetun", "profile"
	// Group gathers roles: content, download, vpn, ingress, mesh, support, "".
	Group string `json:"group"`

	// Declared says that Juju shows it, and DeclaredAt where.
	Declared   bool   `json:"declared"`
	DeclaredAt string `json:"declared_at"`
	Charm      string `json:"charm"`
	Channel    string `json:"channel"`
	Revision   int    `json:"revision"` // -1 unknown
	// Status and Message are what the application says of itself, Life is dying or
	// dead where Juju removes it.
	Status  string `json:"status"`
	Message string `json:"message"`
	Life    string `json:"life"`
	Scale   int    `json:"scale"`   // -1 unknown
	Exposed string `json:"exposed"` // yes, no, ""
	// ExposedAt is where that is said.
	ExposedAt string `json:"exposed_at"`
	Trust     string `json:"trust"` // yes, no, ""
	TrustAt   string `json:"trust_at"`
	// ConfigKnown says that Config holds every option that differs from the
	// charm's default.
	ConfigKnown bool   `json:"config_known"`
	Config      []Fact `json:"config"`
	// Units are the units that Juju shows. DatabagsKnown says that the databags
	// of one at least were read.
	Units         []Unit `json:"units"`
	DatabagsKnown bool   `json:"databags_known"`

	// Effective says that Kubernetes shows it.
	Effective bool `json:"effective"`
	// Workloads are the objects that run it: as a rule one StatefulSet.
	Workloads []Workload `json:"workloads"`
	Pods      []Pod      `json:"pods"`
	// Mesh is the best answer to "does ambient capture it": from its pods, else
	// from its workload, else predicted from Juju.
	Mesh Enrolment `json:"mesh"`
	// DeclaredMesh is what Juju's facts alone predict.
	DeclaredMesh Enrolment `json:"declared_mesh"`
	// Attachments are the ingress gateways it is reached through.
	Attachments []Attachment `json:"attachments"`
	// Egress is whether its packets reach the public Internet past its VPN
	// gateway.
	Egress Egress `json:"egress"`
	// Admits is from where an ingress gateway takes traffic, as Juju says it.
	Admits Admission `json:"admits"`
	// MeshEndpoints are the endpoints whose peers its charm lets in through the
	// mesh: for each of them the beacon writes an AuthorizationPolicy.
	MeshEndpoints []string `json:"mesh_endpoints"`
	// Privileges are what its pods may do beyond their own bounds.
	Privileges []Privilege `json:"privileges"`
	// Credentials are secrets that stand in the open in its options.
	Credentials []Credential `json:"credentials"`
	// Rotation are its options that say how often its credentials change: disabled,
	// daily, monthly, yearly, or "" where they were not read.
	Rotation []Fact `json:"rotation"`
	// ConfigVolume is where it keeps its settings.
	ConfigVolume ConfigVolume `json:"config_volume"`
	// Endpoints are those of which the number of relations matters.
	Endpoints []EndpointUse `json:"endpoints"`
	// Telemetry are the interfaces by which its charm can tell of itself:
	// prometheus_scrape, loki_push_api, tracing.
	Telemetry []string `json:"telemetry"`
	// Operation is what is known of running its charm.
	Operation Operation `json:"operation"`
}

// EndpointUse is an endpoint of an application that wants a relation, or has more
// of them than its charm allows.
type EndpointUse struct {
	Name      string `json:"name"`
	Interface string `json:"interface"`
	Side      string `json:"side"`  // provider or requirer
	Limit     int    `json:"limit"` // 0 for none
	// Wanted is the level of a finding where nothing is related to it (error,
	// warning, note), "" where that is fine; Without says what follows.
	Wanted  string `json:"wanted"`
	Without string `json:"without"`
	Related int    `json:"related"`
	// Connected is yes, no, or "" where a model that may use it was not read.
	Connected string `json:"connected"`
}

// Unit is a unit of an application.
type Unit struct {
	Name    string `json:"name"`
	At      string `json:"at"`
	Leader  string `json:"leader"` // yes, no, ""
	Status  string `json:"status"` // of its workload, "" where it was not read
	Message string `json:"message"`
	Agent   string `json:"agent"` // what Juju says of its agent
	// Databags are what it sees in its relations, where that was read.
	Databags []Databag `json:"databags"`
}

// Databag is what the application at the other end of a relation tells a unit.
type Databag struct {
	Endpoint        string   `json:"endpoint"`
	RelatedEndpoint string   `json:"related_endpoint"`
	RelatedUnits    []string `json:"related_units"`
	CrossModel      bool     `json:"cross_model"`
	Data            []Fact   `json:"data"`
	At              string   `json:"at"`
	// Own says that its interface is one of Charmarr's own, Publisher is the id of the
	// application that wrote it: "" where that is not known.
	Own       bool   `json:"own"`
	Publisher string `json:"publisher"`
	// Secrets are the keys under which something stood that looked secret and was
	// replaced; the id of a Juju secret does not.
	Secrets []string `json:"secrets"`
}

// Enrolment answers whether Istio ambient captures something, by which fact,
// and how sure that is. See Enrol.
type Enrolment struct {
	// Captured is yes, no, or "" for unknown.
	Captured string `json:"captured"`
	// Way names the deciding step: namespace-label, pod-label, none-label,
	// no-label, host-network, sidecar, excluded-namespace, ambient-off,
	// custom-selector, redirection, mesh-relation, model-on-mesh, no-relation,
	// waypoint-of-its-own, or "" for unknown.
	Way string `json:"way"`
	// Fact says it in words.
	Fact string `json:"fact"`
	At   string `json:"at"`
	// State is effective where Kubernetes says it, declared or planned where
	// Juju predicts it.
	State string `json:"state"`
	// Sidecar is yes where a sidecar is there or will be injected, with the
	// fact that decides; no otherwise.
	Sidecar     string `json:"sidecar"`
	SidecarFact string `json:"sidecar_fact"`
	SidecarAt   string `json:"sidecar_at"`
	// Assumed lists what had to be assumed.
	Assumed []string `json:"assumed"`
}

// Attachment is an ingress gateway through which an application is reached.
type Attachment struct {
	Gateway      string `json:"gateway"`
	GatewayModel string `json:"gateway_model"` // "" where it could not be resolved
	// Class is the profile's class of that gateway, "" for none.
	Class string `json:"class"`
	// Via is relation or httproute, Name its name.
	Via   string `json:"via"`
	Name  string `json:"name"`
	State string `json:"state"`
	At    string `json:"at"`
	// Endpoint is the application's own end of the relation, Port and Path where
	// it asks to be served: -1 and "" where that is not known.
	Endpoint string `json:"endpoint"`
	Port     int    `json:"port"`
	Path     string `json:"path"`
}

// Admission is from which addresses an ingress gateway takes traffic.
type Admission struct {
	// Known is yes where its option was read or has its charm's default.
	Known  string `json:"known"` // yes or ""
	Ranges []Fact `json:"ranges"`
	// Strangers says that a range holds more public addresses than one owner has.
	Strangers bool   `json:"strangers"`
	At        string `json:"at"`
}

// Relation joins two endpoints. Each relation is here once, whatever the
// number of sources that show it and of sides it is shown from.
type Relation struct {
	Subject   Subject     `json:"subject"`
	State     string      `json:"state"`
	At        string      `json:"at"`
	Name      string      `json:"name"`  // "qbittorrent:vpn-gateway gluetun:vpn-gateway"
	Model     string      `json:"model"` // where it is declared
	Interface string      `json:"interface"`
	Provider  RelationEnd `json:"provider"`
	Requirer  RelationEnd `json:"requirer"`
	// SidesKnown says that Provider and Requirer are really that; otherwise
	// they are the two ends in order of their names.
	SidesKnown bool `json:"sides_known"`
	// CrossModel says that one end is a SAAS.
	CrossModel bool `json:"cross_model"`
	// Resolved is yes where both applications are known, no where the offer
	// behind the SAAS does not exist in a model that was read, "" where that
	// model was not read.
	Resolved string `json:"resolved"`
	// Mismatch says why it cannot be (no such endpoint, other interfaces, two of
	// one side); "" is fine or not known.
	Mismatch string `json:"mismatch"`
	// Stranger is the application that the records give no part in a relation on
	// this interface; "" is none.
	Stranger string `json:"stranger"`
}

// RelationEnd is one end of a Relation, resolved through SAAS and offer.
type RelationEnd struct {
	Application string `json:"application"` // the real one; the SAAS where it is not resolved
	Model       string `json:"model"`       // "" where it is not resolved
	ID          string `json:"id"`          // model/application, "" where it is not resolved
	Role        string `json:"role"`
	Charm       string `json:"charm"`
	Part        string `json:"part"`
	Endpoint    string `json:"endpoint"`
	// EndpointBasis is stated, inferred, or "" for unknown.
	EndpointBasis string `json:"endpoint_basis"`
	SAAS          string `json:"saas"` // the SAAS it goes through, "" for none
	// LetsIn says that the endpoint is among the application's MeshEndpoints.
	LetsIn bool `json:"lets_in"`
}

// Offer offers endpoints of an application to other models.
type Offer struct {
	Subject     Subject    `json:"subject"`
	State       string     `json:"state"`
	At          string     `json:"at"`
	Name        string     `json:"name"`
	Model       string     `json:"model"`
	Part        string     `json:"part"`
	Application string     `json:"application"`
	Role        string     `json:"role"` // of the application
	Endpoints   []Endpoint `json:"endpoints"`
	Active      int        `json:"active"` // -1 unknown
	Total       int        `json:"total"`  // -1 unknown
	// ApplicationKnown says that the application is in the model: yes, no, "".
	ApplicationKnown string `json:"application_known"`
	// Consumers are the SAAS of this stack that consume it: model/saas.
	Consumers []string `json:"consumers"`
}

// Endpoint is an endpoint of an Offer or a SAAS.
type Endpoint struct {
	Name      string `json:"name"`
	Interface string `json:"interface"`
	Role      string `json:"role"` // provider, requirer, ""
}

// SAAS is an offer consumed in a model.
type SAAS struct {
	Subject Subject `json:"subject"`
	State   string  `json:"state"`
	At      string  `json:"at"`
	Name    string  `json:"name"`
	Model   string  `json:"model"`
	Part    string  `json:"part"`
	URL     string  `json:"url"`
	Status  string  `json:"status"`
	// Charmarr says that it carries an interface of Charmarr's own.
	Charmarr bool `json:"charmarr"`
	// OfferModel and OfferName are what the URL names.
	OfferController string     `json:"offer_controller"`
	OfferModel      string     `json:"offer_model"`
	OfferName       string     `json:"offer_name"`
	Endpoints       []Endpoint `json:"endpoints"`
	// ModelRead says that the offering model was read (with its offers).
	ModelRead bool `json:"model_read"`
	// OfferFound says that the offer exists there: yes, no, "" where the model
	// was not read.
	OfferFound string `json:"offer_found"`
	// OfferAt is the place of the offer.
	OfferAt string `json:"offer_at"`
	// MissingEndpoints are endpoints consumed and related here that the offer
	// does not carry.
	MissingEndpoints []string `json:"missing_endpoints"`
	// Relations counts the relations that use it.
	Relations int `json:"relations"`
}
