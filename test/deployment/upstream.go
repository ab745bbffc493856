package deployment

// Upstream returns the deployment that Charmarr's own Terraform module makes
// (terraform/charmarr with istio, mesh, VPN and seerr enabled and overseerr
// not): everything in one model, managers and indexer behind the VPN gateway as
// well, the gateway related to the beacon, three ingress gateways and none for
// administrators.
func Upstream() *Deployment {
	const model = "charmarr"
	d := &Deployment{Controller: "homelab", Cluster: defaultCluster(), Core: model, Downloads: model, Gateway: model}
	d.Cluster.OpenDNS = true
	m := d.AddModel(model)
	d.Deploy(model, "istio", "istio-k8s", nil)
	d.Deploy(model, "beacon", "istio-beacon-k8s", nil)
	for _, name := range []string{"arr-ingress", "plex-ingress", "seerr-ingress"} {
		d.Deploy(model, name, "istio-ingress-k8s", nil)
	}
	d.Deploy(model, "storage", "charmarr-storage-k8s", map[string]any{
		"backend-type": "native-nfs", "nfs-server": "192.168.2.20", "nfs-path": "/tank/media", "size": "8Ti", "cleanup-on-remove": true,
	})
	d.Deploy(model, "gluetun", "gluetun-k8s", d.gatewayOptions(42))
	managers := []string{"radarr", "sonarr"}
	for _, name := range append(managers, "prowlarr", "seerr") {
		d.Deploy(model, name, name+"-k8s", map[string]any{"api-key-rotation": "monthly"})
	}
	for _, name := range []string{"qbittorrent", "sabnzbd"} {
		d.Deploy(model, name, name+"-k8s", map[string]any{"credential-rotation": "monthly"})
	}
	d.Deploy(model, "flaresolverr", "flaresolverr-k8s", nil)
	d.Deploy(model, "plex", "plex-k8s", nil)

	for _, name := range []string{"storage", "flaresolverr", "plex", "prowlarr", "qbittorrent", "sabnzbd", "radarr", "sonarr", "gluetun", "seerr"} {
		m.Relate(name, "service-mesh", "beacon")
	}
	for _, name := range []string{"plex", "qbittorrent", "sabnzbd", "radarr", "sonarr"} {
		m.Relate(name, "media-storage", "storage")
	}
	for _, name := range []string{"prowlarr", "qbittorrent", "sabnzbd", "radarr", "sonarr"} {
		m.Relate(name, "vpn-gateway", "gluetun")
		m.Relate(name, "istio-ingress-route", "arr-ingress")
	}
	m.Relate("plex", "istio-ingress-route", "plex-ingress")
	m.Relate("seerr", "istio-ingress-route", "seerr-ingress")
	m.Relate("prowlarr", "flaresolverr", "flaresolverr")
	m.Relate("seerr", "media-server", "plex")
	for _, name := range managers {
		m.Relate(name, "media-indexer", "prowlarr")
		m.Relate("plex", "media-manager", name)
		m.Relate("seerr", "media-manager", name)
		m.Relate(name, "download-client", "qbittorrent")
		m.Relate(name, "download-client", "sabnzbd")
	}
	return d
}
