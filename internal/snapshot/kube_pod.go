package snapshot

// Workload is a StatefulSet, a Deployment or a DaemonSet.
type Workload struct {
	Kind string `json:"kind"`
	Meta
	Replicas int     `json:"replicas"` // -1 where it is not said
	Template PodSpec `json:"template"`
	// Claims are the claims that a StatefulSet makes for each of its pods.
	Claims []ClaimTemplate `json:"claims,omitempty"`
}

// ClaimTemplate is one of the volumeClaimTemplates of a StatefulSet.
type ClaimTemplate struct {
	Name   string `json:"name"`
	Class  string `json:"class,omitempty"` // storageClassName
	Labels []Fact `json:"labels,omitempty"`
	At     Pos    `json:"at"`
}

// Pod is a running pod, or one written by hand.
type Pod struct {
	Meta
	Spec  PodSpec `json:"spec"` // its Labels and Annotations are empty: the pod's own are in Meta
	Phase string  `json:"phase,omitempty"`
	IP    string  `json:"ip,omitempty"`
	// IPs are all its addresses, IP among them: two on a dual-stack cluster.
	IPs   []string `json:"ips,omitempty"`
	Node  string   `json:"node,omitempty"`  // spec.nodeName
	Owner string   `json:"owner,omitempty"` // name of the controlling StatefulSet, ReplicaSet or DaemonSet
}

// PodSpec is what rules read of a pod or a pod template.
type PodSpec struct {
	Labels      []Fact `json:"labels,omitempty"`
	Annotations []Fact `json:"annotations,omitempty"`
	HostNetwork bool   `json:"host_network,omitempty"`
	HostPID     bool   `json:"host_pid,omitempty"`
	// SharedProcesses is shareProcessNamespace.
	SharedProcesses bool   `json:"shared_processes,omitempty"`
	ServiceAccount  string `json:"service_account,omitempty"`
	// FSGroup is securityContext.fsGroup, empty where it is not said.
	FSGroup        string      `json:"fs_group,omitempty"`
	FSGroupAt      Pos         `json:"fs_group_at,omitzero"`
	Volumes        []Volume    `json:"volumes,omitempty"`
	InitContainers []Container `json:"init_containers,omitempty"`
	Containers     []Container `json:"containers,omitempty"`
	At             Pos         `json:"at"` // the key "template" of a workload, the key "spec" of a pod
}

// VolumeKind says where the content of a volume comes from, in the words of a
// pod's spec.
type VolumeKind string

// The kinds of volume that rules read; no other is recorded.
const (
	VolumeClaim     VolumeKind = "persistentVolumeClaim"
	VolumeConfigMap VolumeKind = "configMap"
	VolumeHostPath  VolumeKind = "hostPath"
)

// Volume is a volume of a pod.
type Volume struct {
	Name string     `json:"name"`
	Kind VolumeKind `json:"kind"`
	// Source is the claim's or the ConfigMap's name, or the path on the host.
	Source string `json:"source,omitempty"`
	At     Pos    `json:"at"` // Source, else the volume's name
}

// Container is what rules read of a container.
type Container struct {
	Name    string `json:"name"`
	Image   string `json:"image,omitempty"`
	ImageAt Pos    `json:"image_at,omitzero"`
	// Command is what runs, the words of command and then those of args, in the
	// containers that the VPN charms add; it is not recorded of others.
	Command []string `json:"command,omitempty"`
	// Env holds only the variables that rules read (see collect/manifest).
	Env []Fact `json:"env,omitempty"`
	// Privileged is securityContext.privileged.
	Privileged   Tri `json:"privileged,omitempty"`
	PrivilegedAt Pos `json:"privileged_at,omitzero"`
	// Capabilities is securityContext.capabilities.add, as it is written.
	Capabilities   []string `json:"capabilities,omitempty"`
	CapabilitiesAt Pos      `json:"capabilities_at,omitzero"`
	// Mounts are those of volumes of the kinds that rules read, and of the claims that
	// a StatefulSet makes.
	Mounts []Mount `json:"mounts,omitempty"`
	// HostPorts are the ports of the node that the container takes.
	HostPorts []int `json:"host_ports,omitempty"`
	At        Pos   `json:"at"`
}

// Mount is a volume mounted in a container.
type Mount struct {
	Volume string `json:"volume"`
	Path   string `json:"path"`
	At     Pos    `json:"at"` // the path
}
