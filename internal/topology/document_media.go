package topology

// Media is the shared media volume of a stack: who makes it, who mounts it, and
// what is behind it.
type Media struct {
	Storages []MediaStorage `json:"storages"`
	Users    []MediaUser    `json:"users"`
	Claims   []MediaClaim   `json:"claims"`
}

// MediaStorage is an application that makes the shared media volume. The
// application itself is in Stack.Applications under the same ID.
type MediaStorage struct {
	Subject Subject `json:"subject"`
	State   string  `json:"state"`
	At      string  `json:"at"`
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Model   string  `json:"model"`
	Leaving bool    `json:"leaving"` // Juju is removing it
	// OptionsKnown says that its options were read, and OptionsState in which state
	// they are: declared or planned.
	OptionsKnown bool   `json:"options_known"`
	OptionsState string `json:"options_state"`
	// Backend is option backend-type: storage-class, native-nfs or hostpath, ""
	// where it is not set, or any other text.
	Backend   string `json:"backend"`
	BackendAt string `json:"backend_at"`
	// Missing are the options that its backend needs and that are not set, Refused
	// those whose value Kubernetes does not take, with the reason.
	Missing []string  `json:"missing"`
	Refused []Refused `json:"refused"`
	// Changed are options that say otherwise than the volume that is there.
	Changed []Changed `json:"changed"`
	// Cleanup says whether its claim is deleted with it (option cleanup-on-remove):
	// yes, no, "". CleanupSaid says that the option is set.
	Cleanup     string `json:"cleanup"`
	CleanupSaid bool   `json:"cleanup_said"`
	CleanupAt   string `json:"cleanup_at"`
	// Mode is how its claim may be mounted: ReadWriteMany, …, "" unknown.
	Mode   string `json:"mode"`
	ModeAt string `json:"mode_at"`
	// Backing is what its options make of the volume.
	Backing Backing `json:"backing"`
	// Users are the ids of the applications related to it.
	Users []string `json:"users"`
}

// Refused is an option whose value Kubernetes does not take.
type Refused struct {
	Option string `json:"option"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	At     string `json:"at"`
}

// Changed is an option that says otherwise than what was made of it.
type Changed struct {
	Option string `json:"option"`
	Value  string `json:"value"`
	At     string `json:"at"`
	Found  string `json:"found"` // what is there instead
	// FoundAt is its place, Object what it stands in.
	FoundAt string `json:"found_at"`
	Object  string `json:"object"`
}

// Backing is what holds the data of a volume.
type Backing struct {
	// Kind is nfs, hostPath, local, csi, storage-class for a volume that a class has
	// yet to make, or "" for what is not known.
	Kind   string `json:"kind"`
	Server string `json:"server"` // the NFS server or the CSI driver
	Path   string `json:"path"`   // the export, the path on the node or the CSI handle
	// System says that the path holds the node's own files.
	System bool   `json:"system"`
	Words  string `json:"words"` // "NFS 192.168.2.20:/tank/media"
	At     string `json:"at"`
	// ServerNode is the node whose address or name the NFS server's is: "" where it is
	// none that was read. ServerNamed says that the server is given by a name.
	ServerNode  string `json:"server_node"`
	ServerNamed bool   `json:"server_named"`
}

// MediaUser is an application that mounts the shared media volume: one that Juju
// relates to a storage or whose pods have the volume; or, where Juju's relations
// were not read, one whose charm is made to. The application itself is in
// Stack.Applications under the same ID.
type MediaUser struct {
	Subject Subject `json:"subject"`
	State   string  `json:"state"`
	At      string  `json:"at"`
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Model   string  `json:"model"`
	Role    string  `json:"role"`
	Leaving bool    `json:"leaving"`
	// Related says whether Juju relates it to a storage: yes, no, "".
	Related  string `json:"related"`
	Relation string `json:"relation"` // its name
	// Storage is the id of that storage, "" where it is not known.
	Storage string `json:"storage"`
	// Container is the one that has to mount it, Path where: "" unknown.
	Container string `json:"container"`
	Path      string `json:"path"`
	// Group is the group that owns the files: what the storage told it, else the
	// storage's option; "" unknown. GroupBy says it in words.
	Group   string `json:"group"`
	GroupBy string `json:"group_by"`
	// Mounts are how its workloads have the volume, one each; its pods' where no
	// workload was read.
	Mounts []MediaMount `json:"mounts"`
}

// MediaMount is how a workload or a pod has the shared media volume.
type MediaMount struct {
	Object string `json:"object"` // "StatefulSet charmarr-core/radarr"
	At     string `json:"at"`
	// Kind is that of the volume, as in Volume, and Source its claim; "" where it has
	// no such volume.
	Kind     string `json:"kind"`
	Source   string `json:"source"`
	SourceAt string `json:"source_at"`
	// Path is where the container mounts it, "" where it does not; Others are the
	// other containers that do.
	Path   string   `json:"path"`
	PathAt string   `json:"path_at"`
	Others []string `json:"others"`
	// Group is the pods' fsGroup, "" where it is not said.
	Group   string `json:"group"`
	GroupAt string `json:"group_at"`
}

// MediaClaim is a claim for the shared media volume: one that users of its
// namespace name, or that a storage of its namespace makes.
type MediaClaim struct {
	Subject   Subject `json:"subject"`
	State     string  `json:"state"`
	At        string  `json:"at"`
	Name      string  `json:"name"`
	Namespace string  `json:"namespace"`
	Part      string  `json:"part"`
	// Found says whether it is there: yes, no, or "" where the claims of the
	// namespace were not read.
	Found string   `json:"found"`
	Class string   `json:"class"`
	Modes []string `json:"modes"`
	// ModesAt is their place.
	ModesAt string `json:"modes_at"`
	Phase   string `json:"phase"`
	// Volume is the volume that it names, VolumeFound whether that is there: yes, no,
	// "". HeldBy is the claim of another name or namespace that the volume is bound
	// to: "" for none.
	Volume      string `json:"volume"`
	VolumeFound string `json:"volume_found"`
	VolumeAt    string `json:"volume_at"`
	HeldBy      string `json:"held_by"`
	// Reclaim is what becomes of the data when the claim is deleted: Retain, Delete,
	// "" unknown.
	Reclaim   string  `json:"reclaim"`
	ReclaimAt string  `json:"reclaim_at"`
	Backing   Backing `json:"backing"`
	// Storage is the id of the storage that made it, "" where none is known.
	Storage string `json:"storage"`
	// Users are the ids of the applications that name it, Nodes the nodes that their
	// pods run on.
	Users []string `json:"users"`
	Nodes []string `json:"nodes"`
	// ClusterNodes is how many nodes its cluster has, 0 where that was not read.
	ClusterNodes int `json:"cluster_nodes"`
	// Apart says whether it holds other data than the claim that most of the stack
	// uses: yes, no, or "" where that cannot be told. ApartFrom names that claim, with
	// what is behind it.
	Apart     string `json:"apart"`
	ApartFrom string `json:"apart_from"`
	ApartAt   string `json:"apart_at"`
}
