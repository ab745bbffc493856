package snapshot

// NetworkPolicy is a networking.k8s.io/v1 NetworkPolicy.
type NetworkPolicy struct {
	Meta
	PodSelector Selector `json:"pod_selector"`
	SelectorAt  Pos      `json:"selector_at,omitzero"`
	PolicyTypes []string `json:"policy_types,omitempty"`
	TypesAt     Pos      `json:"types_at,omitzero"`
	// Egress are the rules of which each lets something out. Where there is none
	// and the policy is of type Egress, nothing goes out.
	Egress []NetworkRule `json:"egress,omitempty"`
}

// NetworkRule lets traffic go to each of its peers on each of its ports: without
// peers to everywhere, without ports on all of them.
type NetworkRule struct {
	Peers []NetworkPeer `json:"peers,omitempty"`
	Ports []NetworkPort `json:"ports,omitempty"`
	At    Pos           `json:"at"`
}

// NetworkPeer is a range of addresses, or pods by their labels and those of
// their namespaces. A selector that is there and empty matches everything.
type NetworkPeer struct {
	CIDR   string   `json:"cidr,omitempty"`
	Except []string `json:"except,omitempty"`

	HasPodSelector       bool     `json:"has_pod_selector,omitempty"`
	PodSelector          Selector `json:"pod_selector"`
	HasNamespaceSelector bool     `json:"has_namespace_selector,omitempty"`
	NamespaceSelector    Selector `json:"namespace_selector"`

	At Pos `json:"at"` // the cidr, else the peer
}

// NetworkPort is a port, or a range of them where EndPort is not 0.
type NetworkPort struct {
	Protocol string `json:"protocol"`       // TCP where it is not said
	Port     string `json:"port,omitempty"` // a number or a name; empty is every port
	EndPort  int    `json:"end_port,omitempty"`
}

// ForeignPolicy is a network policy of another API than Kubernetes' own:
// Calico's, Cilium's or that of the Network Policy API. Its rules are not read:
// that it is there means that NetworkPolicies do not say everything.
type ForeignPolicy struct {
	APIVersion string `json:"api_version"`
	Kind       string `json:"kind"`
	Meta
}

// AuthorizationPolicy is an AuthorizationPolicy of security.istio.io.
type AuthorizationPolicy struct {
	Meta
	Action string `json:"action"` // ALLOW where it is not said
	// HasSelector says that spec.selector is there. Without it and without
	// targets the policy is for its whole namespace.
	HasSelector bool                `json:"has_selector,omitempty"`
	Selector    Selector            `json:"selector"`
	Targets     []TargetRef         `json:"targets,omitempty"` // targetRefs, or targetRef
	Rules       []AuthorizationRule `json:"rules,omitempty"`
}

// TargetRef names an object that an AuthorizationPolicy is for.
type TargetRef struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	At   Pos    `json:"at"`
}

// AuthorizationRule is one rule of an AuthorizationPolicy. A rule without
// sources is for every caller.
type AuthorizationRule struct {
	Principals []Fact   `json:"principals,omitempty"` // the key is empty
	Namespaces []string `json:"namespaces,omitempty"`
	IPBlocks   []Fact   `json:"ip_blocks,omitempty"` // the key is ipBlocks or remoteIpBlocks
	// OtherSource says that it tells callers apart by fields that rules do not
	// read (notPrincipals, requestPrincipals, …).
	OtherSource bool     `json:"other_source,omitempty"`
	Ports       []string `json:"ports,omitempty"`
	// Conditional says that it looks at paths, methods, hosts or `when`.
	Conditional bool `json:"conditional,omitempty"`
	At          Pos  `json:"at"`
}
