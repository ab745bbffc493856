package topology

// Egress answers for an application that is to go through a VPN gateway: can a
// packet of its pods reach a public address otherwise? It is decided from what
// can stop such a packet, the policies and the routes of its pods; see egress.go.
//
// What a pod of the cluster forwards for it (the cluster's DNS, a proxy) is not
// asked, nor whether the tunnel of the gateway leaks.
type Egress struct {
	// Asked says that the question is put: it is a download client, or something
	// shows that it is to go through a VPN gateway.
	Asked bool `json:"asked"`
	// Signs are what shows that: relation, containers, settings, kill-switch.
	Signs []string `json:"signs"`
	// Answer is blocked, open or unknown; "" where the question is not put.
	Answer string `json:"answer"`
	// Policies and Routes are the answers of each alone, where the other is taken
	// to stop nothing.
	Policies string `json:"policies"`
	Routes   string `json:"routes"`
	// IPv6 says that its pods have IPv6 addresses: yes, no, "". IPv6Policies is
	// Policies for IPv6 alone.
	IPv6         string `json:"ipv6"`
	IPv6Policies string `json:"ipv6_policies"`
	// Example is one packet that gets out, where the answer is open.
	Example EgressExample `json:"example"`
	// PoliciesUnread says why its namespace may have NetworkPolicies that were not
	// read, beginning with a word of evidence; "" where it has none besides.
	PoliciesUnread string `json:"policies_unread"`
	// Missing is what would have to be known, where the answer is unknown; each
	// begins with a word of evidence.
	Missing []string `json:"missing"`
}

// EgressExample is a packet to a public address that leaves past the VPN gateway.
type EgressExample struct {
	// Object is what sends it: "Pod charmarr-downloads/qbittorrent-0".
	Object   string  `json:"object"`
	Subject  Subject `json:"subject"`
	At       string  `json:"at"`
	Address  string  `json:"address"`
	Protocol string  `json:"protocol"`
	Port     int     `json:"port"`
	// Cause is why no policy stops it: rule, no-policy, not-enforced or
	// host-network. Policy and Rule name the policy and the rule of it, counted
	// from 1, that lets it out; "" and 0 for the other causes.
	Cause      string `json:"cause"`
	Policy     string `json:"policy"`
	Rule       int    `json:"rule"`
	PolicyFact string `json:"policy_fact"` // "rule 2 of NetworkPolicy \"x\" allows 0.0.0.0/0"
	PolicyAt   string `json:"policy_at"`
	// RouteFact is why the routes do not take it to the gateway.
	RouteFact string `json:"route_fact"`
	RouteAt   string `json:"route_at"`
}

// EgressRule is an egress rule of a NetworkPolicy.
type EgressRule struct {
	Number int    `json:"number"` // from 1
	At     string `json:"at"`
	// Problem says why the API server would refuse it; "" is fine.
	Problem string `json:"problem"`
	// Everywhere says that it names no peers.
	Everywhere bool `json:"everywhere"`
	// Public is one public address that it lets packets out to, "" for none, with
	// a protocol and port; Allows is what it says of it: "allows 0.0.0.0/0".
	Public   string `json:"public"`
	Protocol string `json:"protocol"`
	Port     int    `json:"port"`
	Allows   string `json:"allows"`
	PublicAt string `json:"public_at"`
	// Blocks are the networks of its ranges of addresses, written as usual.
	Blocks []string `json:"blocks"`
	// Pods are its peers that are pods.
	Pods []PodPeer `json:"pods"`
	// OnlyDNS says that its ports are those of DNS.
	OnlyDNS bool `json:"only_dns"`
}

// PodPeer is a peer of an EgressRule that is pods.
type PodPeer struct {
	At string `json:"at"`
	// Namespaces and PodLabels are its selectors as a sentence has them; "" where
	// the one of namespaces is absent, which means the policy's own namespace.
	Namespaces string `json:"namespaces"`
	PodLabels  string `json:"pod_labels"`
	// Named are the namespaces, where it selects them by their names.
	Named []string `json:"named"`
}
