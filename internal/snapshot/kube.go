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
}

// Workload is a StatefulSet, a Deployment or a DaemonSet.
type Workload struct {
	Kind string `json:"kind"`
	Meta
	Replicas int     `json:"replicas"` // -1 where it is not said
	Template PodSpec `json:"template"`
}

// Pod is a running pod, or one written by hand.
type Pod struct {
	Meta
	Spec  PodSpec `json:"spec"` // its Labels and Annotations are empty: the pod's own are in Meta
	Phase string  `json:"phase,omitempty"`
	IP    string  `json:"ip,omitempty"`
	Owner string  `json:"owner,omitempty"` // name of the controlling StatefulSet, ReplicaSet or DaemonSet
}

// PodSpec is what rules read of a pod or a pod template.
type PodSpec struct {
	Labels         []Fact      `json:"labels,omitempty"`
	Annotations    []Fact      `json:"annotations,omitempty"`
	HostNetwork    bool        `json:"host_network,omitempty"`
	ServiceAccount string      `json:"service_account,omitempty"`
	InitContainers []Container `json:"init_containers,omitempty"`
	Containers     []Container `json:"containers,omitempty"`
	At             Pos         `json:"at"` // the key "template" of a workload, the key "spec" of a pod
}

// Container is what rules read of a container.
type Container struct {
	Name  string `json:"name"`
	Image string `json:"image,omitempty"`
	// Env holds only the variables that rules read (see collect/manifest).
	Env []Fact `json:"env,omitempty"`
	At  Pos    `json:"at"`
}

// Service is a Kubernetes Service.
type Service struct {
	Meta
	Type     string `json:"type,omitempty"`
	Selector []Fact `json:"selector,omitempty"`
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

// NetworkPolicy is a networking.k8s.io/v1 NetworkPolicy.
type NetworkPolicy struct {
	Meta
	PodSelector Selector `json:"pod_selector"`
	PolicyTypes []string `json:"policy_types,omitempty"`
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

// Route is a gateway.networking.k8s.io HTTPRoute.
type Route struct {
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
