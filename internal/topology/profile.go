package topology

// Layouts of a deployment over Juju models.
const (
	ThreeModels = "three-models" // core, downloads and gateway in a model each, as networking/adr-006 has it
	SingleModel = "single-model" // everything in one model, as Charmarr's own Terraform deploys it
)

// Parts that a model can play.
const (
	PartCore      = "core"
	PartDownloads = "downloads"
	PartGateway   = "gateway"
	PartSingle    = "single"
)

// Profile is what a deployment is expected to look like. Package config makes
// it from the built-in profiles and charmarr-lint.yaml.
type Profile struct {
	Name string
	// Chain is the profile's own name, then the names of those it extends, the
	// nearest first. Levels of rules are looked up in this order.
	Chain  []string
	Layout string // ThreeModels or SingleModel
	Mesh   string // ambient or off
	// Models are name globs (as path.Match has them) by part.
	Models   PartNames
	Gateways []GatewayClass
	Routes   []RouteClass
	Offers   []OfferSide
	// Roles are roles by charm name, on top of the built-in table.
	Roles map[string]string
	// Sources name the model of files that do not say it (bundles, show-unit):
	// globs over the path as reported, first match wins.
	Sources []SourceModel
}

// PartNames are model name globs by part.
type PartNames struct {
	Core, Downloads, Gateway []string
}

// SourceModel says which model a file speaks of.
type SourceModel struct {
	Path  string
	Model string
}
