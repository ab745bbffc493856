package deployment

const (
	claimThere  = "storage/claim-in-namespace"
	oneStorage  = "storage/one-storage"
	oneFiles    = "storage/one-filesystem"
	accessMode  = "storage/access-mode"
	mountedAt   = "storage/mounted-at-data"
	mediaGroup  = "storage/group"
	configured  = "storage/backend-configured"
	cleanup     = "storage/cleanup-on-remove"
	loopback    = "storage/no-loopback-nfs"
	configStays = "storage/config-volume"
)

// storageFaults lose the shared media volume, or make it something else for some.
func storageFaults() []Fault {
	onClaim := func(rule, way, model string, forms ...Form) Expectation {
		return expect(rule, way, "persistentvolumeclaim", model, mediaClaim, forms...)
	}
	return []Fault{
		{
			Name: "claim-missing", Rule: claimThere, Way: "missing",
			About: "Nobody made a second claim in the downloads model.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Media.NoClaim = true
				return []Expectation{onClaim(claimThere, "missing", d.Downloads, Kube)}
			},
		},
		{
			Name: "claim-without-volume", Rule: claimThere, Way: "no-volume",
			About: "The volume that the claim in the downloads model names was deleted.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Media.NoVolume, d.Model(d.Downloads).Media.Phase = true, "Pending"
				return []Expectation{onClaim(claimThere, "no-volume", d.Downloads, Kube)}
			},
		},
		{
			Name: "claim-lost", Rule: claimThere, Way: "lost", Broken: true,
			About: "The claim in the downloads model lost its volume.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Media.Phase = "Lost"
				return []Expectation{onClaim(claimThere, "lost", d.Downloads, Kube)}
			},
		},
		{
			Name: "claim-pending", Rule: claimThere, Way: "pending", NeedsKube: true,
			About: "The storage class has no volume for the claim.",
			Change: func(d *Deployment) []Expectation {
				d.useStorageClass()
				d.Model(d.Core).Media.Phase = "Pending"
				return []Expectation{onClaim(claimThere, "pending", d.Core, Kube)}
			},
		},
		{
			Name: "second-storage", Rule: oneStorage, Way: "one-volume", Needs: []string{"sabnzbd"},
			About: "A second storage was deployed for the downloads model, with the same export.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(d.Downloads, "media", "charmarr-storage-k8s", map[string]any{
					"backend-type": "native-nfs", "nfs-server": "192.168.2.20", "nfs-path": "/tank/media", "size": "8Ti", "cleanup-on-remove": false,
				})
				m := d.Model(d.Downloads)
				m.Relate("media", "service-mesh", "beacon")
				for _, client := range []string{"qbittorrent", "sabnzbd"} {
					m.Unrelate(client, "media-storage", "storage")
					m.Relate(client, "media-storage", "media")
				}
				m.dropSAAS("storage")
				d.Model(d.Core).dropOffer("storage")
				return []Expectation{onClaim(oneStorage, "one-volume", d.Downloads, Juju, Kube)}
			},
		},
		{
			Name: "storage-twice", Rule: oneStorage, Way: "one-claim", Broken: true,
			About: "A second storage was deployed in core.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(d.Core, "storage-b", "charmarr-storage-k8s", map[string]any{
					"backend-type": "storage-class", "storage-class": "nfs-csi", "cleanup-on-remove": false,
				})
				d.Model(d.Core).Relate("storage-b", "service-mesh", "beacon")
				return []Expectation{
					expect(oneStorage, "one-claim", "application", d.Core, "storage-b", Juju),
					onApplication("relation/required", d.Core, "storage-b", Juju),
				}
			},
		},
		{
			Name: "other-export", Rule: oneFiles, Broken: true,
			About: "The volume in the downloads model leads to another export.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Media.Path = "/tank/downloads"
				return []Expectation{onClaim(oneFiles, "", d.Downloads, Kube)}
			},
		},
		{
			Name: "two-classes", Rule: oneFiles, Needs: []string{"sabnzbd"},
			About: "Each model has a storage of its own, and a class makes a volume for each.",
			Change: func(d *Deployment) []Expectation {
				d.useStorageClass()
				d.Deploy(d.Downloads, "media", "charmarr-storage-k8s", map[string]any{
					"backend-type": "storage-class", "storage-class": "nfs-csi", "cleanup-on-remove": false,
				})
				m := d.Model(d.Downloads)
				m.Media.Reclaim = "Retain"
				m.Relate("media", "service-mesh", "beacon")
				for _, client := range []string{"qbittorrent", "sabnzbd"} {
					m.Unrelate(client, "media-storage", "storage")
					m.Relate(client, "media-storage", "media")
				}
				m.dropSAAS("storage")
				d.Model(d.Core).dropOffer("storage")
				return []Expectation{onClaim(oneFiles, "", d.Downloads, Juju, Kube)}
			},
		},
		{
			Name: "one-node-may-write", Rule: accessMode, Way: "several-nodes", Needs: []string{"plex"},
			About: "plex runs on a second node, and the claim may be mounted by one.",
			Change: func(d *Deployment) []Expectation {
				d.Cluster.Nodes = 2
				core := d.Model(d.Core)
				core.Media.Mode = "ReadWriteOnce"
				core.Application("plex").Kube.Pods.Node = "node-2"
				return []Expectation{onClaim(accessMode, "several-nodes", d.Core, Kube)}
			},
		},
		{
			Name: "pinned-to-a-node", Rule: accessMode, Way: "pinned",
			About: "Everything that mounts the media is held on one of two nodes.",
			Change: func(d *Deployment) []Expectation {
				d.Cluster.Nodes = 2
				d.Model(d.Core).Media.Mode = "ReadWriteOnce"
				return []Expectation{onClaim(accessMode, "pinned", d.Core, Kube)}
			},
		},
		{
			Name: "one-pod-may-mount", Rule: accessMode, Way: "one-pod",
			About: "The claim in core may be mounted by a single pod.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Media.Mode = "ReadWriteOncePod"
				return []Expectation{onClaim(accessMode, "one-pod", d.Core, Kube)}
			},
		},
		{
			Name: "nobody-may-write", Rule: accessMode, Way: "read-only", Broken: true,
			About: "The claim in the downloads model may only be read.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Media.Mode = "ReadOnlyMany"
				return []Expectation{onClaim(accessMode, "read-only", d.Downloads, Kube)}
			},
		},
		{
			Name: "media-not-mounted", Rule: mountedAt, Way: "not-mounted", Needs: []string{"plex"},
			About: "Somebody took the media out of plex's pods.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("plex").Kube.Pods.NoMedia = true
				return []Expectation{expect(mountedAt, "not-mounted", "application", d.Core, "plex", Both)}
			},
		},
		{
			Name: "media-in-other-container", Rule: mountedAt, Way: "other-container", Broken: true, Needs: []string{"plex"},
			About: "plex's exporter has the media, and plex has not.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("plex").Kube.Pods.MediaContainer = "plex-exporter"
				return []Expectation{expect(mountedAt, "other-container", "application", d.Core, "plex", Kube)}
			},
		},
		{
			Name: "media-at-other-path", Rule: mountedAt, Way: "other-path", Broken: true, Needs: []string{"sonarr"},
			About: "sonarr has the media at another path.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("sonarr").Kube.Pods.MediaPath = "/media"
				return []Expectation{expect(mountedAt, "other-path", "application", d.Core, "sonarr", Kube)}
			},
		},
		{
			Name: "other-group", Rule: mediaGroup, Broken: true, Needs: []string{"sonarr"},
			About: "sonarr's pods have another group than the media.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("sonarr").Kube.Pods.Group = 1001
				return []Expectation{onApplication(mediaGroup, d.Core, "sonarr", Kube)}
			},
		},
		{
			Name: "size-misspelt", Rule: configured, Way: "refused", Broken: true,
			About: "The size of the volume is written as Kubernetes does not take it.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("storage").Options["size"] = "8TB"
				d.Model(d.Core).Media.Size, d.Model(d.Downloads).Media.Size = "8Ti", "8Ti" // Kubernetes refused to change them
				return []Expectation{expect(configured, "refused", "application", d.Core, "storage", Juju)}
			},
		},
		{
			Name: "backend-forgotten", Rule: configured, Way: "unset",
			About: "A storage that nobody configured yet stands in the downloads model.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(d.Downloads, "media", "charmarr-storage-k8s", nil)
				d.Model(d.Downloads).Relate("media", "service-mesh", "beacon")
				return []Expectation{
					expect(configured, "unset", "application", d.Downloads, "media", Juju),
					onApplication("relation/required", d.Downloads, "media", Juju),
				}
			},
		},
		{
			Name: "backend-incomplete", Rule: configured, Way: "incomplete",
			About: "A storage in the downloads model was told the server and not the export.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(d.Downloads, "media", "charmarr-storage-k8s", map[string]any{"backend-type": "native-nfs", "nfs-server": "192.168.2.20"})
				d.Model(d.Downloads).Relate("media", "service-mesh", "beacon")
				return []Expectation{
					expect(configured, "incomplete", "application", d.Downloads, "media", Juju),
					onApplication("relation/required", d.Downloads, "media", Juju),
				}
			},
		},
		{
			Name: "export-changed", Rule: configured, Way: "changed",
			About: "Both volumes are of an export that the storage's options no longer name.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Media.Path, d.Model(d.Downloads).Media.Path = "/tank/old", "/tank/old"
				return []Expectation{expect(configured, "changed", "application", d.Core, "storage", Both)}
			},
		},
		{
			Name: "hostpath-on-two-nodes", Rule: configured, Way: "several-nodes",
			About: "The media are on a path of the node, and the cluster got a second one.",
			Change: func(d *Deployment) []Expectation {
				d.Cluster.Nodes = 2
				d.useHostPath("/srv/media")
				return []Expectation{onClaim(configured, "several-nodes", d.Core, Kube, Both)}
			},
		},
		{
			Name: "library-goes-with-charm", Rule: cleanup,
			About: "The volume of a storage class is deleted with its claim, and the claim with the charm.",
			Change: func(d *Deployment) []Expectation {
				d.useStorageClass()
				delete(d.Model(d.Core).Application("storage").Options, "cleanup-on-remove")
				d.Model(d.Core).Media.Reclaim = "Delete"
				return []Expectation{onClaim(cleanup, "", d.Core, Juju, Kube)}
			},
		},
		{
			Name: "nfs-from-a-node", Rule: loopback,
			About: "The node serves the media itself.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("storage").Options["nfs-server"] = nth(d.Cluster.NodeCIDR, 11)
				return []Expectation{onClaim(loopback, "", d.Core, Kube, Both)}
			},
		},
		{
			Name: "settings-in-the-pod", Rule: configStays, Broken: true, Needs: []string{"prowlarr"},
			About: "prowlarr keeps its settings in no claim.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("prowlarr").Kube.Pods.Forgetful = true
				return []Expectation{onApplication(configStays, d.Core, "prowlarr", Kube)}
			},
		},
	}
}

// useStorageClass gives the storage a class that keeps its volumes.
func (d *Deployment) useStorageClass() {
	storage := d.Model(d.Core).Application("storage")
	storage.Options = map[string]any{"backend-type": "storage-class", "storage-class": "nfs-csi", "size": "8Ti", "cleanup-on-remove": false}
	d.Model(d.Core).Media.Reclaim = "Retain"
}

// useHostPath gives the storage a path of the node.
func (d *Deployment) useHostPath(path string) {
	d.Model(d.Core).Application("storage").Options = map[string]any{"backend-type": "hostpath", "hostpath": path, "size": "8Ti", "cleanup-on-remove": false}
}
