package snapshot

// Tri is a yes or no that may not have been said.
type Tri string

// The values of a Tri.
const (
	Unsaid Tri = ""
	Yes    Tri = "yes"
	No     Tri = "no"
)

// TriOf turns a said bool into a Tri.
func TriOf(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// Model is what one source says of one Juju model. Several sources that speak
// of the same model stay several observations until topology joins them.
type Model struct {
	// Name is empty where the source does not say it (a bundle, show-unit).
	Name string `json:"name"`
	// Hint is a name to fall back on where the source says none: the file's
	// base name, or its folder's when the file is called bundle.
	Hint       string `json:"hint,omitempty"`
	Controller string `json:"controller,omitempty"`
	Cloud      string `json:"cloud,omitempty"`
	UUID       string `json:"uuid,omitempty"`
	Type       string `json:"type,omitempty"` // caas or iaas
	Version    string `json:"version,omitempty"`
	State      State  `json:"state"` // planned or declared
	// Over says that it is laid over what other sources say of the model: what it
	// says of an application takes the place of what they say.
	Over bool `json:"over,omitempty"`
	At   Pos  `json:"at"`
	// Evidence is what this source carries in whole for the model.
	Evidence []Evidence `json:"evidence"`

	Applications []Application `json:"applications,omitempty"`
	Relations    []Relation    `json:"relations,omitempty"`
	SAAS         []SAAS        `json:"saas,omitempty"`
	Offers       []Offer       `json:"offers,omitempty"`
	Units        []Unit        `json:"units,omitempty"`
	Secrets      []Secret      `json:"secrets,omitempty"`
}

// Application is a Juju application.
type Application struct {
	Name string `json:"name"`
	// Charm is the charm's name alone: without "ch:", architecture, owner or
	// revision.
	Charm    string `json:"charm,omitempty"`
	Channel  string `json:"channel,omitempty"`
	Revision int    `json:"revision"` // -1 where it is not said
	Scale    int    `json:"scale"`    // units wanted; -1 where it is not said
	Exposed  Tri    `json:"exposed,omitempty"`
	Trust    Tri    `json:"trust,omitempty"`
	Status   string `json:"status,omitempty"` // application-status.current
	Message  string `json:"message,omitempty"`
	Life     string `json:"life,omitempty"`
	At       Pos    `json:"at"` // the application's name
	CharmAt  Pos    `json:"charm_at"`
	// ExposedAt and TrustAt are where the source says so, where that is known apart.
	ExposedAt Pos `json:"exposed_at,omitzero"`
	TrustAt   Pos `json:"trust_at,omitzero"`
	// Config holds the options that the source says; where the model has
	// evidence juju.config, an option not listed has its charm's default.
	Config []Fact `json:"config,omitempty"`
	// Unsettled are the options of which it is not known whether and to what they
	// are set: a plan knows some values after apply only. "trust" is among them, and
	// "config" stands for all options.
	Unsettled []string `json:"unsettled,omitempty"`
	// Bindings say which space each endpoint is bound to.
	Bindings []Fact `json:"bindings,omitempty"`
}

// Relation is one relation as one source states it. Juju status states each
// from both sides; a bundle states it once.
type Relation struct {
	A         RelationEnd `json:"a"`
	B         RelationEnd `json:"b"`
	Interface string      `json:"interface,omitempty"`
	At        Pos         `json:"at"`
}

// RelationEnd names an application (or SAAS) and, where it is said, its endpoint.
type RelationEnd struct {
	Application string `json:"application"`
	Endpoint    string `json:"endpoint,omitempty"`
}

// Endpoint is an endpoint of an offer or a SAAS.
type Endpoint struct {
	Name      string `json:"name"`
	Interface string `json:"interface,omitempty"`
	Role      string `json:"role,omitempty"` // provider, requirer or peer
}

// SAAS is an offer of another model, consumed under a local name.
type SAAS struct {
	Name      string     `json:"name"`
	URL       string     `json:"url"` // [controller:][owner/]model.offer, as the source writes it
	Status    string     `json:"status,omitempty"`
	Life      string     `json:"life,omitempty"`
	Endpoints []Endpoint `json:"endpoints,omitempty"`
	At        Pos        `json:"at"`
}

// Offer is an application's endpoints offered to other models.
type Offer struct {
	Name        string     `json:"name"`
	URL         string     `json:"url,omitempty"`
	Application string     `json:"application"`
	Endpoints   []Endpoint `json:"endpoints,omitempty"`
	Active      int        `json:"active"` // active connections; -1 where it is not said
	Total       int        `json:"total"`  // all connections; -1 where it is not said
	At          Pos        `json:"at"`
}

// Unit is a unit with the databags it can see.
type Unit struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	// Charm is the name of its charm alone, where the source says it of units.
	Charm  string `json:"charm,omitempty"`
	Leader Tri    `json:"leader,omitempty"`
	// Status and Message are what its charm says (workload-status), Agent what
	// Juju says of its agent (juju-status): idle, executing, error, lost.
	Status    string         `json:"status,omitempty"`
	Message   string         `json:"message,omitempty"`
	Agent     string         `json:"agent,omitempty"`
	Relations []UnitRelation `json:"relations,omitempty"`
	At        Pos            `json:"at"`
}

// UnitRelation is one relation as a unit sees it.
type UnitRelation struct {
	Endpoint        string `json:"endpoint"`
	RelatedEndpoint string `json:"related_endpoint,omitempty"`
	CrossModel      bool   `json:"cross_model"`
	// Unseen says that the source does not show the remote application's databag:
	// Juju 4 shows none of an application of another model.
	Unseen bool `json:"unseen,omitempty"`
	// ApplicationData is the remote application's databag.
	ApplicationData []Fact `json:"application_data,omitempty"`
	// RelatedUnits are the names of the remote units.
	RelatedUnits []string `json:"related_units,omitempty"`
	At           Pos      `json:"at"`
}

// Secret is a Juju secret: who owns it and who may read it, never what it holds.
type Secret struct {
	ID    string `json:"id"`
	Label string `json:"label,omitempty"`
	// Owner is an application, or empty for the model's own (a user secret).
	Owner string `json:"owner,omitempty"`
	// Readers are the applications and units it is granted to.
	Readers []string `json:"readers,omitempty"`
	At      Pos      `json:"at"`
}
