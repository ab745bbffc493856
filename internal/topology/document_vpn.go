package topology

// VPNGateway is a VPN gateway, with what is computed of its networks. The
// application itself is in Stack.Applications under the same ID.
type VPNGateway struct {
	Subject   Subject `json:"subject"`
	State     string  `json:"state"`
	At        string  `json:"at"`
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Model     string  `json:"model"`
	Namespace string  `json:"namespace"`
	// Leaving says that Juju is removing it.
	Leaving bool `json:"leaving"`
	// OptionsKnown says that its options were read, and OptionsState in which
	// state they are: declared or planned.
	OptionsKnown bool   `json:"options_known"`
	OptionsState string `json:"options_state"`
	// Networks are what its clients reach without the tunnel, by the best that was
	// read: option cluster-cidrs, else what it told a client, else a client's
	// settings.
	// NetworksFrom is option, databag, settings, or "" where none was, NetworksBy
	// says it in words.
	Networks      CIDRList `json:"networks"`
	NetworksFrom  string   `json:"networks_from"`
	NetworksBy    string   `json:"networks_by"`
	NetworksState string   `json:"networks_state"`
	// Uncovered are addresses of the cluster that lie in none of the networks.
	Uncovered []Uncovered `json:"uncovered"`
	// Unaddressed are the nodes of which no address was read: whether the networks
	// hold them is not known.
	Unaddressed []string `json:"unaddressed"`
	// Suggested are the networks to name instead: those that are private and not a
	// whole block, and what the cluster uses besides, as such networks are usually
	// cut. Empty where nothing of the cluster was read.
	Suggested []string `json:"suggested"`
	// VXLAN are the numbers of its overlay: the option's, and that of its settings
	// where it differs.
	VXLAN []VXLANNumber `json:"vxlan"`
	// VXLANNetwork is the network of its overlay, VXLANOverlaps what else claims an
	// address in it.
	VXLANNetwork  string  `json:"vxlan_network"`
	VXLANOverlaps []Claim `json:"vxlan_overlaps"`
	// Settings are those of its pods.
	Settings  VPNSettings `json:"settings"`
	Overrides Overrides   `json:"overrides"`
	// KeyGranted says whether it may read the secret with its WireGuard key: yes,
	// no, or "" where who may read what was not seen.
	KeyGranted string `json:"key_granted"`
	// Clients are the ids of the applications that use it.
	Clients []string `json:"clients"`
}

// VXLANNumber is a number of a VXLAN as it is said somewhere.
type VXLANNumber struct {
	Value string `json:"value"`
	Valid bool   `json:"valid"`
	By    string `json:"by"` // what says it, in words
	State string `json:"state"`
	At    string `json:"at"`
}

// Uncovered are addresses of a kind that lie in no network of a list.
type Uncovered struct {
	// Kind is pod, service or node, or pod-range for the networks that nodes give
	// addresses to their pods from, where the pods there are have others.
	Kind   string  `json:"kind"`
	Claims []Claim `json:"claims"` // the first of them
	More   int     `json:"more"`   // how many there are besides
}

// Claim is an address or a network that something has.
type Claim struct {
	Address string `json:"address"`
	Object  string `json:"object"`
	At      string `json:"at"`
}

// Overrides is the option custom-overrides of a VPN gateway: variables that are
// set in its container whatever else is configured.
type Overrides struct {
	Set bool   `json:"set"`
	At  string `json:"at"`
	// Problem says why it is not what the charm takes; "" is fine.
	Problem string `json:"problem"`
	Values  []Fact `json:"values"`
	// Widened are the networks of variable FIREWALL_OUTBOUND_SUBNETS, which takes
	// the place of option cluster-cidrs, that are not in that option.
	Widened []string `json:"widened"`
}

// VPNClient is an application that goes through a VPN gateway: one that Juju
// relates to a gateway (a unit of it may show that, too) or that Kubernetes shows with the containers for it. The
// application itself is in Stack.Applications under the same ID.
type VPNClient struct {
	Subject   Subject `json:"subject"`
	State     string  `json:"state"`
	At        string  `json:"at"`
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Model     string  `json:"model"`
	Namespace string  `json:"namespace"`
	Role      string  `json:"role"`
	Leaving   bool    `json:"leaving"` // Juju is removing it
	// Enrolled says whether ambient captures it: yes, no, "".
	Enrolled string `json:"enrolled"`
	// Links are its relations to gateways, Hosts the names under which it looks for
	// one, Gateways the ids of the gateways that either leads to.
	Links    []VPNLink `json:"links"`
	Hosts    []VPNHost `json:"hosts"`
	Gateways []string  `json:"gateways"`
	// SettingsNamed says that a pod or workload of it mounts the ConfigMap of its
	// settings.
	SettingsNamed bool        `json:"settings_named"`
	Settings      VPNSettings `json:"settings"`
	// Data is what gateways told it, as each of its units sees it.
	Data []VPNData `json:"data"`
}

// VPNLink is a relation of a client to a gateway.
type VPNLink struct {
	Gateway  string `json:"gateway"` // the application's name; the SAAS where it is not resolved
	ID       string `json:"id"`      // "" where it is not resolved
	Model    string `json:"model"`   // likewise
	Role     string `json:"role"`    // of the application
	Charm    string `json:"charm"`
	SAAS     string `json:"saas"`
	Resolved string `json:"resolved"` // as in Relation
	Relation string `json:"relation"` // its name
	State    string `json:"state"`
	At       string `json:"at"`
}

// VPNHost is the name under which a client looks for its gateway.
type VPNHost struct {
	Value string `json:"value"`
	By    string `json:"by"` // what says it, in words
	State string `json:"state"`
	At    string `json:"at"`
	// Application and Namespace are what the name says; "" where it is no name of a
	// gateway's Service.
	Application string `json:"application"`
	Namespace   string `json:"namespace"`
	// Found says whether a VPN gateway of that name is there: yes, with its ID, no,
	// also where it cannot be the name of one, or "" where the namespace was not read.
	Found string `json:"found"`
	ID    string `json:"id"`
}

// ClusterDNS is the DNS of the cluster.
type ClusterDNS struct {
	// Addresses are those of Service kube-dns in namespace kube-system, empty where
	// it was not read.
	Addresses []string `json:"addresses"`
	At        string   `json:"at"`
	// CorefileKnown says that CoreDNS's configuration was read, and Upstreams where
	// it sends queries for names that are not the cluster's.
	CorefileKnown bool       `json:"corefile_known"`
	CorefileAt    string     `json:"corefile_at"`
	Upstreams     []Upstream `json:"upstreams"`
}

// Upstream is a resolver that the cluster's DNS asks.
type Upstream struct {
	To string `json:"to"` // as it is written
	// Kind is tls, address, file (the resolvers of the node), or other.
	Kind   string `json:"kind"`
	Public bool   `json:"public"` // an address of the public Internet
}
