package snapshot

// Node is a node of the cluster.
type Node struct {
	Meta
	Addresses []string `json:"addresses,omitempty"` // of type InternalIP
	PodCIDRs  []string `json:"pod_cidrs,omitempty"`
	Version   string   `json:"version,omitempty"` // of its kubelet: v1.32.1
}

// PersistentVolumeClaim is a claim on a volume.
type PersistentVolumeClaim struct {
	Meta
	Class       string   `json:"class,omitempty"` // storageClassName
	AccessModes []string `json:"access_modes,omitempty"`
	ModesAt     Pos      `json:"modes_at,omitzero"`
	Volume      string   `json:"volume,omitempty"` // spec.volumeName
	Phase       string   `json:"phase,omitempty"`
}

// PersistentVolume is a volume of the cluster.
type PersistentVolume struct {
	Meta
	Class         string   `json:"class,omitempty"`
	AccessModes   []string `json:"access_modes,omitempty"`
	ReclaimPolicy string   `json:"reclaim_policy,omitempty"`
	ReclaimAt     Pos      `json:"reclaim_at,omitzero"`
	Phase         string   `json:"phase,omitempty"`
	// ClaimNamespace and ClaimName are spec.claimRef.
	ClaimNamespace string `json:"claim_namespace,omitempty"`
	ClaimName      string `json:"claim_name,omitempty"`
	// Backing is what holds the data: nfs, hostPath, local, csi, or "" for
	// anything else. Server is the NFS server or the CSI driver, Path the export,
	// the path on the host or the CSI volume's handle.
	Backing   string `json:"backing,omitempty"`
	Server    string `json:"server,omitempty"`
	Path      string `json:"path,omitempty"`
	BackingAt Pos    `json:"backing_at,omitzero"`
}
