package topology

// Namespace is a Kubernetes namespace that was read.
type Namespace struct {
	Subject Subject `json:"subject"`
	State   string  `json:"state"`
	At      string  `json:"at"`
	Name    string  `json:"name"`
	Part    string  `json:"part"`
	// JujuModel is the value of label model.juju.is/name (or the older
	// juju-model), "" where it is absent.
	JujuModel string `json:"juju_model"`
	// JujuManaged says that something in the namespace is managed by Juju.
	JujuManaged bool   `json:"juju_managed"`
	Labels      []Fact `json:"labels"`
	Annotations []Fact `json:"annotations"`
}

// Workload is a StatefulSet, Deployment or DaemonSet.
type Workload struct {
	Subject     Subject `json:"subject"`
	State       string  `json:"state"`
	At          string  `json:"at"`
	Kind        string  `json:"kind"`
	Name        string  `json:"name"`
	Namespace   string  `json:"namespace"`
	Replicas    int     `json:"replicas"` // -1 unknown
	HostNetwork bool    `json:"host_network"`
	HostPID     bool    `json:"host_pid"`
	// SharedProcesses says that its containers see each other's processes.
	SharedProcesses bool   `json:"shared_processes"`
	ServiceAccount  string `json:"service_account"`
	// FSGroup is the group that owns the volumes, "" where it is not said.
	FSGroup        string      `json:"fs_group"`
	FSGroupAt      string      `json:"fs_group_at"`
	Volumes        []Volume    `json:"volumes"`
	Labels         []Fact      `json:"labels"`      // of the pod template
	Annotations    []Fact      `json:"annotations"` // of the pod template
	InitContainers []Container `json:"init_containers"`
	Containers     []Container `json:"containers"`
	// ClaimTemplates are the claims that a StatefulSet makes for each pod.
	ClaimTemplates []ClaimTemplate `json:"claim_templates"`
	// Mesh is the answer for the pods it will make.
	Mesh Enrolment `json:"mesh"`
	// Policies are the names of the NetworkPolicies that select those pods.
	Policies []string `json:"policies"`
}

// Pod is a pod.
type Pod struct {
	Subject     Subject `json:"subject"`
	State       string  `json:"state"`
	At          string  `json:"at"`
	Name        string  `json:"name"`
	Namespace   string  `json:"namespace"`
	Phase       string  `json:"phase"`
	HostNetwork bool    `json:"host_network"`
	HostPID     bool    `json:"host_pid"`
	// SharedProcesses says that its containers see each other's processes.
	SharedProcesses bool        `json:"shared_processes"`
	ServiceAccount  string      `json:"service_account"`
	FSGroup         string      `json:"fs_group"`
	FSGroupAt       string      `json:"fs_group_at"`
	Volumes         []Volume    `json:"volumes"`
	Node            string      `json:"node"` // "" unknown
	Addresses       []string    `json:"addresses"`
	Labels          []Fact      `json:"labels"`
	Annotations     []Fact      `json:"annotations"`
	InitContainers  []Container `json:"init_containers"`
	Containers      []Container `json:"containers"`
	// Mesh is the answer for this pod.
	Mesh Enrolment `json:"mesh"`
	// Redirection is the value of annotation ambient.istio.io/redirection, ""
	// where it is absent, and RedirectionAt its place.
	Redirection   string `json:"redirection"`
	RedirectionAt string `json:"redirection_at"`
	// Policies are the names of the NetworkPolicies that select it.
	Policies []string `json:"policies"`
}

// Container is a container of a pod or of a workload's pods.
type Container struct {
	Name    string `json:"name"`
	Image   string `json:"image"`
	ImageAt string `json:"image_at"`
	// Pinned says that the image is always the same: yes, no, or "" where none is
	// written.
	Pinned  string   `json:"pinned"`
	Command []string `json:"command"` // of the containers that the VPN charms add
	At      string   `json:"at"`
	Env     []Fact   `json:"env"` // the variable "gateway"
	// Privileged is yes, no, or "" where it is not said (which is no).
	Privileged     string   `json:"privileged"`
	PrivilegedAt   string   `json:"privileged_at"`
	Capabilities   []string `json:"capabilities"` // that are added
	CapabilitiesAt string   `json:"capabilities_at"`
	Mounts         []Mount  `json:"mounts"`
	HostPorts      []int    `json:"host_ports"`
}

// Volume is a volume of a pod that is a claim, a ConfigMap or a path of the node.
type Volume struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`   // persistentVolumeClaim, configMap or hostPath
	Source string `json:"source"` // the claim's or ConfigMap's name, or the path
	At     string `json:"at"`
}

// Mount is such a volume in a container.
type Mount struct {
	Volume string `json:"volume"`
	Path   string `json:"path"`
	At     string `json:"at"`
}

// ClaimTemplate is a claim that a StatefulSet makes for each of its pods.
type ClaimTemplate struct {
	Name   string `json:"name"`
	Class  string `json:"class"`
	Labels []Fact `json:"labels"`
	At     string `json:"at"`
}

// Service is a Kubernetes Service.
type Service struct {
	Subject   Subject `json:"subject"`
	State     string  `json:"state"`
	At        string  `json:"at"`
	Name      string  `json:"name"`
	Namespace string  `json:"namespace"`
	// Application is the application whose Service it is (same name, or the
	// headless <app>-endpoints), "" for none.
	Application string `json:"application"`
	Role        string `json:"role"` // of that application
	Type        string `json:"type"`
	TypeAt      string `json:"type_at"`
	Labels      []Fact `json:"labels"`
	Annotations []Fact `json:"annotations"`
	// Selects are the ids of the applications whose pods it leads to.
	Selects     []string `json:"selects"`
	ClusterIPs  []string `json:"cluster_ips"`
	ExternalIPs []string `json:"external_ips"`
	// Outside says that it is reached from outside the cluster: by its type, or by
	// addresses of its own.
	Outside       bool          `json:"outside"`
	BalancerClass string        `json:"balancer_class"`
	Ports         []ServicePort `json:"ports"`
	// Tailscale are the annotations by which Tailscale's operator exposes it:
	// tailscale.com/expose and tailscale.com/funnel, whatever they say.
	Tailscale []Fact `json:"tailscale"`
	// StatusKnown says that the addresses a load balancer gave it were read.
	StatusKnown bool     `json:"status_known"`
	Addresses   []string `json:"addresses"`
}

// ServicePort is a port of a Service.
type ServicePort struct {
	Name     string `json:"name"`
	Protocol string `json:"protocol"`
	Port     int    `json:"port"`
	NodePort int    `json:"node_port"` // 0 for none
}

// ConfigMap is one of the ConfigMaps that rules read.
type ConfigMap struct {
	Subject   Subject `json:"subject"`
	State     string  `json:"state"`
	At        string  `json:"at"`
	Name      string  `json:"name"`
	Namespace string  `json:"namespace"`
	// Purpose is mesh-labels, client-settings, gateway-settings or istio-cni.
	Purpose     string `json:"purpose"`
	Application string `json:"application"` // "" for none
	Role        string `json:"role"`        // of that application
	// MeshLabels are the labels that a mesh-labels ConfigMap holds.
	MeshLabels []Fact `json:"mesh_labels"`
	// Settings are the variables that the settings.sh of a client-settings or
	// gateway-settings ConfigMap sets, and SettingsError says why it could not be
	// taken in whole; "" is fine.
	Settings      []Fact `json:"settings"`
	SettingsError string `json:"settings_error"`
	Data          []Fact `json:"data"`
}

// Ingress is a Kubernetes Ingress.
type Ingress struct {
	Subject   Subject    `json:"subject"`
	State     string     `json:"state"`
	At        string     `json:"at"`
	Name      string     `json:"name"`
	Namespace string     `json:"namespace"`
	Class     string     `json:"class"`
	Backends  []RouteEnd `json:"backends"`

	Annotations []Fact `json:"annotations"`
}

// NetworkPolicy is a Kubernetes NetworkPolicy with what it selects and lets out.
type NetworkPolicy struct {
	Subject     Subject  `json:"subject"`
	State       string   `json:"state"`
	At          string   `json:"at"`
	Name        string   `json:"name"`
	Namespace   string   `json:"namespace"`
	PolicyTypes []string `json:"policy_types"`
	TypesAt     string   `json:"types_at"`
	// KillSwitchOf is the id of the application whose kill switch it is by its
	// name, <application>-vpn-killswitch; "" for none.
	KillSwitchOf string `json:"kill_switch_of"`
	// Selects are the ids of the applications whose pods it selects, Selector says
	// how ("app.kubernetes.io/name=qbittorrent", "" for all), and SelectsAll that
	// it selects every pod of its namespace.
	Selects    []string `json:"selects"`
	Selector   string   `json:"selector"`
	SelectorAt string   `json:"selector_at"`
	SelectsAll bool     `json:"selects_all"`
	// SelectorError says why the selector could not be read; "" is fine.
	SelectorError string `json:"selector_error"`
	// Isolates says that it is of type Egress: what it selects sends only what
	// some such policy lets out.
	Isolates bool         `json:"isolates"`
	Egress   []EgressRule `json:"egress"`
	// AllowsZtunnel says that its ranges hold the address from which Istio's ztunnel
	// speaks to a pod.
	AllowsZtunnel bool `json:"allows_ztunnel"`
	// Compared are, for a kill switch, what its ranges were compared with.
	Compared []Comparison `json:"compared"`
}

// Gateway is a Gateway API Gateway.
type Gateway struct {
	Subject   Subject `json:"subject"`
	State     string  `json:"state"`
	At        string  `json:"at"`
	Name      string  `json:"name"`
	Namespace string  `json:"namespace"`
	Part      string  `json:"part"`
	// Class is the GatewayClass: istio, istio-waypoint, …
	Class string `json:"class"`
	// ProfileClass is the profile's class of this name: arr, media, admin, "".
	ProfileClass string     `json:"profile_class"`
	Waypoint     bool       `json:"waypoint"`
	Labels       []Fact     `json:"labels"`
	Listeners    []Listener `json:"listeners"`
}

// Listener is a listener of a Gateway.
type Listener struct {
	Name     string `json:"name"`
	Port     int    `json:"port"`
	Protocol string `json:"protocol"`
}

// Route is a route of the Gateway API.
type Route struct {
	Subject   Subject    `json:"subject"`
	State     string     `json:"state"`
	At        string     `json:"at"`
	Name      string     `json:"name"`
	Namespace string     `json:"namespace"`
	Kind      string     `json:"kind"` // HTTPRoute, TCPRoute, …
	Parents   []RouteEnd `json:"parents"`
	Backends  []RouteEnd `json:"backends"`
}

// RouteEnd is a Gateway or a Service that a Route refers to.
type RouteEnd struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"` // never empty
	At        string `json:"at"`
}

// ForeignPolicy is a network policy of another API than Kubernetes' own. What it
// allows is not read.
type ForeignPolicy struct {
	Subject    Subject `json:"subject"`
	State      string  `json:"state"`
	At         string  `json:"at"`
	APIVersion string  `json:"api_version"`
	Kind       string  `json:"kind"`
	Name       string  `json:"name"`
	Namespace  string  `json:"namespace"` // "" for one of the whole cluster
}

// AuthorizationPolicy is an AuthorizationPolicy of Istio's.
type AuthorizationPolicy struct {
	Subject     Subject `json:"subject"`
	State       string  `json:"state"`
	At          string  `json:"at"`
	Name        string  `json:"name"`
	Namespace   string  `json:"namespace"`
	Labels      []Fact  `json:"labels"`
	Annotations []Fact  `json:"annotations"`
	Action      string  `json:"action"`
	// WholeNamespace says that it names neither pods nor targets.
	WholeNamespace bool `json:"whole_namespace"`
	// Selects are the ids of the applications it is for: those whose pods its
	// selector matches, and those whose Service or Gateway it names.
	Selects []string            `json:"selects"`
	Targets []TargetRef         `json:"targets"`
	Rules   []AuthorizationRule `json:"rules"`
}

// TargetRef names what an AuthorizationPolicy is for.
type TargetRef struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	At   string `json:"at"`
}

// AuthorizationRule is a rule of an AuthorizationPolicy.
type AuthorizationRule struct {
	At string `json:"at"`
	// AnySource says that it is for every caller.
	AnySource bool `json:"any_source"`
	// Strangers says that it is for callers from addresses that no one owner
	// has.
	Strangers   bool        `json:"strangers"`
	Principals  []Principal `json:"principals"`
	Namespaces  []string    `json:"namespaces"`
	IPBlocks    []Fact      `json:"ip_blocks"` // keys ipBlocks and remoteIpBlocks
	OtherSource bool        `json:"other_source"`
	Ports       []string    `json:"ports"`
	Conditional bool        `json:"conditional"` // by path, method, host or `when`
}

// Principal is a caller that an AuthorizationRule names:
// <trust domain>/ns/<namespace>/sa/<service account>.
type Principal struct {
	Value          string `json:"value"`
	Namespace      string `json:"namespace"`       // "" where the value has another form
	ServiceAccount string `json:"service_account"` // likewise
	At             string `json:"at"`
	// Known says that something runs under that account: yes, no, "" where the
	// workloads of its namespace were not read.
	Known string `json:"known"`
}

// Stray is a workload or a pod that runs no application of its model.
type Stray struct {
	Subject   Subject `json:"subject"`
	State     string  `json:"state"`
	At        string  `json:"at"`
	Kind      string  `json:"kind"`
	Name      string  `json:"name"`
	Namespace string  `json:"namespace"`
	Part      string  `json:"part"` // of its model
	// Role is the one whose container it runs, "" for none.
	Role string `json:"role"`
	// Policies are the names of the NetworkPolicies that select its pods.
	Policies []string `json:"policies"`
	Labels   []Fact   `json:"labels"` // of its pods
	// Istio says that it is a part of Istio's own.
	Istio bool `json:"istio"`
}

// Cluster is what was read of the cluster beside the stack itself.
type Cluster struct {
	Nodes []Node `json:"nodes"`
	// Plugin is its network plugin.
	Plugin NetworkPlugin `json:"plugin"`
	// Namespaces are those that are none of Charmarr's.
	Namespaces []OtherNamespace `json:"namespaces"`
	DNS        ClusterDNS       `json:"dns"`
	// Hardened says whether Istio denies what no policy allows.
	Hardened Hardening `json:"hardened"`
	// Distribution is what the nodes run.
	Distribution Distribution `json:"distribution"`
}

// Hardening answers whether Istio denies what no AuthorizationPolicy allows.
type Hardening struct {
	// On is yes, no, or "" where nothing was read that tells.
	On   string `json:"on"`
	Fact string `json:"fact"` // that tells
	At   string `json:"at"`
}

// Node is a node of the cluster.
type Node struct {
	Subject   Subject  `json:"subject"`
	At        string   `json:"at"`
	Name      string   `json:"name"`
	Addresses []string `json:"addresses"`
	PodCIDRs  []string `json:"pod_cidrs"`
	Version   string   `json:"version"` // of its kubelet
	// Supported says that the charms are made for that version: yes, no, or "".
	Supported string `json:"supported"`
}

// OtherNamespace is a namespace that is no model of Charmarr's.
type OtherNamespace struct {
	Subject Subject `json:"subject"`
	At      string  `json:"at"`
	Name    string  `json:"name"`
	Labels  []Fact  `json:"labels"`
}
