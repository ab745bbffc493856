package snapshot

// Meta is what every Kubernetes object says of itself.
type Meta struct {
	Name        string `json:"name"`
	Namespace   string `json:"namespace,omitempty"` // empty for cluster-scoped objects
	Labels      []Fact `json:"labels,omitempty"`
	Annotations []Fact `json:"annotations,omitempty"`
	At          Pos    `json:"at"` // the value of metadata.name
}

// Namespace is a Kubernetes namespace.
type Namespace struct {
	Meta
	// Patch says that it is what somebody sets on the namespace, and not all that is
	// there: it is laid over what another source says of it.
	Patch bool `json:"patch,omitempty"`
}

// Service is a Kubernetes Service.
type Service struct {
	Meta
	Type     string `json:"type,omitempty"`
	TypeAt   Pos    `json:"type_at,omitzero"`
	Selector []Fact `json:"selector,omitempty"`
	// ClusterIPs are its addresses; "None" for a headless one.
	ClusterIPs  []string      `json:"cluster_ips,omitempty"`
	ExternalIPs []string      `json:"external_ips,omitempty"`
	Ports       []ServicePort `json:"ports,omitempty"`
	// BalancerClass is spec.loadBalancerClass.
	BalancerClass string `json:"balancer_class,omitempty"`
	// StatusKnown says that status.loadBalancer was there to read, and Addresses
	// which addresses or host names it says were assigned.
	StatusKnown bool     `json:"status_known,omitempty"`
	Addresses   []string `json:"addresses,omitempty"`
}

// ServicePort is a port of a Service.
type ServicePort struct {
	Name     string `json:"name,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	Port     int    `json:"port"`
	NodePort int    `json:"node_port,omitempty"`
}

// ConfigMap is one of the ConfigMaps that rules read; others are not recorded.
type ConfigMap struct {
	Meta
	Data []Fact `json:"data,omitempty"`
	// Enablement holds the selectors that istio-cni's ConfigMap lists under
	// AMBIENT_ENABLEMENT_SELECTOR (Istio 1.27 and later), decoded from the YAML
	// text inside it; empty for every other ConfigMap.
	Enablement []EnablementSelector `json:"enablement,omitempty"`
}

// EnablementSelector is one of istio-cni's enablement selectors: it captures a
// pod that both selectors match.
type EnablementSelector struct {
	Pod       Selector `json:"pod"`
	Namespace Selector `json:"namespace"`
}

// Selector is a label selector as Kubernetes writes it.
type Selector struct {
	MatchLabels      []Fact        `json:"match_labels,omitempty"`
	MatchExpressions []Requirement `json:"match_expressions,omitempty"`
}

// Requirement is one expression of a Selector.
type Requirement struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"` // In, NotIn, Exists, DoesNotExist
	Values   []string `json:"values,omitempty"`
}

// Gateway is a gateway.networking.k8s.io Gateway.
type Gateway struct {
	Meta
	Class     string     `json:"class"`
	Listeners []Listener `json:"listeners,omitempty"`
}

// Listener is a listener of a Gateway.
type Listener struct {
	Name     string `json:"name"`
	Port     int    `json:"port"`
	Protocol string `json:"protocol,omitempty"`
}

// Route is a route of gateway.networking.k8s.io.
type Route struct {
	Kind string `json:"kind"` // HTTPRoute, GRPCRoute, TLSRoute, TCPRoute or UDPRoute
	Meta
	Parents  []RouteRef `json:"parents,omitempty"`
	Backends []RouteRef `json:"backends,omitempty"`
}

// RouteRef refers to a Gateway or to a Service. An empty namespace means the
// route's own.
type RouteRef struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
	Section   string `json:"section,omitempty"`
	At        Pos    `json:"at"`
}

// Ingress is a networking.k8s.io/v1 Ingress.
type Ingress struct {
	Meta
	Class string `json:"class,omitempty"`
	// Backends are the Services it leads to, in its own namespace.
	Backends []RouteRef `json:"backends,omitempty"`
}
