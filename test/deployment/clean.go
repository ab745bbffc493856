package deployment

// Clean returns a deployment that breaks no rule: three models as
// networking/adr-006 wants them, the VPN gateway in a model of its own.
func Clean() *Deployment {
	return named("charmarr-core", "charmarr-downloads", "gluetun", defaultCluster())
}

// defaultCluster has the ranges of MicroK8s.
func defaultCluster() Cluster {
	return Cluster{PodCIDR: "10.1.0.0/16", ServiceCIDR: "10.152.183.0/24", NodeCIDR: "192.168.1.0/24", BalancerCIDR: "192.168.1.192/26"}
}

// named is Clean with models of other names in another cluster.
func named(core, downloads, gateway string, cluster Cluster) *Deployment {
	d := &Deployment{Controller: "homelab", Cluster: cluster, Core: core, Downloads: downloads, Gateway: gateway}
	d.addCore("radarr", "sonarr")
	d.addMediaServing()
	d.addDownloads()
	d.addGateway(d.Gateway, 42)
	d.AddClient("qbittorrent", "qbittorrent-k8s", d.Gateway)
	d.AddClient("sabnzbd", "sabnzbd-k8s", d.Gateway)
	d.addBackup()
	return d
}

// Lean returns a deployment of about fifty Kubernetes objects, one of many
// in a cluster, the index-th of them. Its models are PREFIX-core,
// PREFIX-downloads and PREFIX-vpn. It breaks none of the sixteen rules; it is too
// small for all rules of a full stack (there is no indexer, for one).
func Lean(prefix string, index int) *Deployment {
	d := &Deployment{
		Controller: "homelab", Lean: true,
		// 4 million pod and 1 million service addresses, 64 a stack: 16,000 stacks.
		Cluster: Cluster{
			PodCIDR: "10.64.0.0/10", ServiceCIDR: "10.16.0.0/12", NodeCIDR: "192.168.1.0/24", BalancerCIDR: "10.32.0.0/12",
			Offset: index * 64,
		},
		Core: prefix + "-core", Downloads: prefix + "-downloads", Gateway: prefix + "-vpn",
	}
	d.addLittle(100 + index*4)
	d.useStorageClass() // a cluster has one NFS volume of the charm's name
	return d
}

// Small returns what a stack of Lean is made of, with everything that Juju and
// Kubernetes write for it: an API server takes it.
func Small() *Deployment {
	d := &Deployment{Controller: "homelab", Cluster: defaultCluster(), Core: "charmarr-core", Downloads: "charmarr-downloads", Gateway: "gluetun"}
	d.addLittle(42)
	return d
}

// addLittle makes the three models with one manager and one download client.
func (d *Deployment) addLittle(vxlan int) {
	d.addCore("radarr")
	d.addDownloads()
	d.addGateway(d.Gateway, vxlan)
	d.AddClient("qbittorrent", "qbittorrent-k8s", d.Gateway)
}

// addCore makes the core model with its beacon, storage, gateways and managers.
func (d *Deployment) addCore(managers ...string) {
	core := d.AddModel(d.Core)
	d.Deploy(d.Core, "beacon", "istio-beacon-k8s", nil)
	for _, gateway := range []string{"arr-gateway", "media-gateway", "admin-gateway"} {
		d.Deploy(d.Core, gateway, "istio-ingress-k8s", map[string]any{admitted: d.Cluster.NodeCIDR})
	}
	d.Deploy(d.Core, "storage", "charmarr-storage-k8s", map[string]any{
		"backend-type": "native-nfs", "nfs-server": "192.168.2.20", "nfs-path": "/tank/media",
		"size": "8Ti", "cleanup-on-remove": false,
	})
	core.Relate("storage", "service-mesh", "beacon")
	core.Offer("storage", "storage", "media-storage")
	core.Offer("admin-gateway", "admin-gateway", "istio-ingress-route")
	for _, name := range managers {
		d.Deploy(d.Core, name, name+"-k8s", map[string]any{"api-key-rotation": "monthly"})
		core.Relate(name, "service-mesh", "beacon")
		core.Relate(name, "media-storage", "storage")
		core.Relate(name, "istio-ingress-route", "arr-gateway")
		core.Offer(name, name, "download-client", "require-cmr-mesh")
	}
}

// addMediaServing adds what finds, serves and requests media to the core model.
func (d *Deployment) addMediaServing() {
	core := d.Model(d.Core)
	d.Deploy(d.Core, "prowlarr", "prowlarr-k8s", map[string]any{"api-key-rotation": "monthly"})
	d.Deploy(d.Core, "flaresolverr", "flaresolverr-k8s", nil)
	d.Deploy(d.Core, "plex", "plex-k8s", map[string]any{"timezone": "Europe/Berlin"})
	// seerr serves at / only, so it needs a port of its own on the gateway.
	d.Deploy(d.Core, "seerr", "seerr-k8s", map[string]any{"api-key-rotation": "monthly", "ingress-port": 8080})
	for _, name := range []string{"flaresolverr", "plex", "prowlarr", "seerr"} {
		core.Relate(name, "service-mesh", "beacon")
	}
	core.Relate("prowlarr", "flaresolverr", "flaresolverr")
	core.Relate("prowlarr", "istio-ingress-route", "arr-gateway")
	core.Relate("seerr", "istio-ingress-route", "arr-gateway")
	core.Relate("plex", "istio-ingress-route", "media-gateway")
	core.Relate("plex", "media-storage", "storage")
	core.Relate("seerr", "media-server", "plex")
	for _, manager := range []string{"radarr", "sonarr"} {
		core.Relate(manager, "media-indexer", "prowlarr")
		core.Relate("plex", "media-manager", manager)
		core.Relate("seerr", "media-manager", manager)
	}
}

// addDownloads makes the downloads model, without a client yet.
func (d *Deployment) addDownloads() {
	m := d.AddModel(d.Downloads)
	d.Deploy(d.Downloads, "beacon", "istio-beacon-k8s", nil)
	m.Consume(d.Core, "storage")
	m.Consume(d.Core, "admin-gateway")
	for _, manager := range d.Managers() {
		m.Consume(d.Core, manager)
	}
}

// Managers returns the names of the managers that the core model offers.
func (d *Deployment) Managers() []string {
	var names []string
	for _, a := range d.Model(d.Core).Applications {
		if _, ok := charmOf(a.Charm).provides["media-manager"]; ok {
			names = append(names, a.Name)
		}
	}
	return names
}

// gatewayOptions are the options of a gateway that works in the cluster.
func (d *Deployment) gatewayOptions(vxlan int) map[string]any {
	c := d.Cluster
	return map[string]any{
		"cluster-cidrs": c.PodCIDR + "," + c.ServiceCIDR + "," + c.NodeCIDR,
		"vpn-provider":  "protonvpn", "server-countries": "Switzerland", "vxlan-id": vxlan,
		"wireguard-private-key-secret": "secret:" + keyID(vxlan),
	}
}

// addGateway makes a model with a VPN gateway and offers it under the model's
// name.
func (d *Deployment) addGateway(model string, vxlan int) {
	m := d.AddModel(model)
	d.Deploy(model, "gluetun", "gluetun-k8s", d.gatewayOptions(vxlan))
	m.Offer(model, "gluetun", "vpn-gateway")
}

// AddClient adds a download client to the downloads model, with every relation
// it needs, behind the gateway offered by the given model.
func (d *Deployment) AddClient(name, charm, gateway string) {
	m := d.Model(d.Downloads)
	d.Deploy(d.Downloads, name, charm, map[string]any{"credential-rotation": "monthly"})
	m.Consume(gateway, gateway)
	m.Relate(name, "service-mesh", "beacon")
	m.Relate(name, "media-storage", "storage")
	m.Relate(name, "vpn-gateway", gateway)
	m.Relate(name, "istio-ingress-route", "admin-gateway")
	for _, manager := range d.Managers() {
		m.Relate(name, "download-client", manager)
		m.Relate(name, "provide-cmr-mesh", manager, "require-cmr-mesh")
	}
}

// backupModel holds Velero, which is no part of Charmarr: it has a model of its
// own, so that a backup outlives what it is of.
const backupModel = "velero"

// addBackup adds Velero and has it back up everything that there is.
func (d *Deployment) addBackup() {
	d.Deploy(backupModel, "velero", "velero-operator", nil)
	d.Model(backupModel).Offer("velero", "velero", "velero-backups")
	for _, m := range d.Models {
		for _, a := range m.Applications {
			d.backUp(m.Name, a.Name)
		}
	}
}

// backUp has an application backed up, where there is something that does it and
// the charm asks for it.
func (d *Deployment) backUp(model, name string) {
	const endpoint = "velero-backup-config"
	m := d.Model(model)
	if _, ok := charmOf(m.Application(name).Charm).provides[endpoint]; !ok || d.Model(backupModel) == nil {
		return
	}
	m.Consume(backupModel, "velero")
	m.Relate(name, endpoint, "velero", "velero-backups")
}

// AddExit adds a further VPN gateway in the model GATEWAY-SUFFIX, with a
// download client that uses it, and returns the model's name. The deployment
// stays clean. An exit that exists is left as it is.
func (d *Deployment) AddExit(suffix string) string {
	model := d.Gateway + "-" + suffix
	if d.Model(model) != nil {
		return model
	}
	first := d.Model(d.Gateway).Application("gluetun").Options["vxlan-id"]
	exits := 0
	for _, m := range d.Models {
		if m.Application("gluetun") != nil {
			exits++
		}
	}
	d.addGateway(model, first.(int)+exits)
	d.AddClient("qbittorrent-"+suffix, "qbittorrent-k8s", model)
	return model
}
