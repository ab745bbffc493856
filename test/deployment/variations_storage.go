package deployment

import "maps"

// storageVariations keep the media elsewhere, or run where there is more than one
// node.
func storageVariations() []Variation {
	return []Variation{
		varied("storage-class", "A storage class makes the media volume, and keeps it.", func(d *Deployment) {
			d.useStorageClass()
		}),
		varied("hostpath", "The media are in a directory of the only node.", func(d *Deployment) {
			d.useHostPath("/srv/media")
		}),
		varied("several-nodes", "Three nodes run what mounts the media by NFS.", func(d *Deployment) {
			d.Cluster.Nodes = 3
			d.Model(d.Core).Application("plex").Kube.Pods.Node = "node-2"
			d.Model(d.Downloads).Application("qbittorrent").Kube.Pods.Node = "node-3"
		}),
		varied("server-by-name", "The NFS server is given by its name.", func(d *Deployment) {
			d.Model(d.Core).Application("storage").Options["nfs-server"] = "nas.home.arpa"
		}),
		varied("other-group", "The media belong to another group than usual.", func(d *Deployment) {
			d.Model(d.Core).Application("storage").Options["pgid"] = 2000
		}),
		varied("graphics-card", "plex transcodes on the graphics card.", func(d *Deployment) {
			plex := d.Model(d.Core).Application("plex")
			plex.Options["hardware-transcoding"] = true
			plex.Kube.Pods.HostPath = "/dev/dri"
		}),
		varied("pod-security-privileged", "Every namespace says that it lets in privileged pods.", func(d *Deployment) {
			for _, m := range d.Models {
				d.labelNamespace(m.Name, enforced, "privileged")
			}
		}),
		varied("custom-provider", "The VPN provider is none that the charm knows, and its public key stands in an option.", func(d *Deployment) {
			options := d.Model(d.Gateway).Application("gluetun").Options
			options["vpn-provider"], options["vpn-endpoint-ip"], options["wireguard-addresses"] = "custom", "203.0.113.9", "10.64.222.21/32"
			options["wireguard-public-key"] = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
		}),
		{
			Name: "two-stacks", About: "A second stack stands in the cluster, with a storage class for its media and a VXLAN id of its own.",
			Files: func() (map[string][]byte, error) {
				files, err := Clean().Files()
				if err != nil {
					return nil, err
				}
				cluster := defaultCluster()
				cluster.Offset, cluster.BalancerCIDR = 100, "192.168.3.0/24"
				d := named("attic-core", "attic-downloads", "attic-vpn", cluster)
				d.useStorageClass()
				gluetun := d.Model(d.Gateway).Application("gluetun")
				gluetun.Options = d.gatewayOptions(43)
				more, err := d.Files()
				if err != nil {
					return nil, err
				}
				maps.Copy(files, more) // the cluster is the same
				return files, nil
			},
		},
	}
}
