package deployment

const (
	singleUnit    = "ops/single-unit"
	coherent      = "ops/channel-coherent"
	statusHealthy = "ops/status-healthy"
	versions      = "ops/versions"
	platform      = "ops/platform"
	backedUp      = "ops/backup-configured"
)

// operationFaults run the charms as they cannot be run, or leave them alone when
// they ask for something.
func operationFaults() []Fault {
	return []Fault{
		{
			Name: "two-servers", Rule: singleUnit, Broken: true, Needs: []string{"plex"},
			About: "plex was scaled to two units.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("plex").Scale = 2
				return []Expectation{onApplication(singleUnit, d.Core, "plex", Juju, Kube)}
			},
		},
		{
			Name: "two-solver-units", Rule: singleUnit, Needs: []string{"flaresolverr"},
			About: "flaresolverr was scaled to two units, which its charm does not stop.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("flaresolverr").Scale = 2
				return []Expectation{onApplication(singleUnit, d.Core, "flaresolverr", Juju, Kube)}
			},
		},
		{
			Name: "not-trusted", Rule: "ops/trusted", Broken: true, Needs: []string{"prowlarr"},
			About: "prowlarr was deployed without --trust.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("prowlarr").Trust = false
				return []Expectation{onApplication("ops/trusted", d.Core, "prowlarr", Juju)}
			},
		},
		{
			Name: "overseerr-left", Rule: "ops/deprecated-charm", Way: "both", Needs: []string{"seerr", "plex"},
			About: "Overseerr was never removed after the move to Seerr.",
			Change: func(d *Deployment) []Expectation {
				d.addOverseerr()
				return []Expectation{expect("ops/deprecated-charm", "both", "application", d.Core, "overseerr", Juju, Kube)}
			},
		},
		{
			Name: "overseerr-kept", Rule: "ops/deprecated-charm", Way: "replaced", Needs: []string{"seerr", "plex"},
			About: "Requests are still taken by Overseerr.",
			Change: func(d *Deployment) []Expectation {
				d.addOverseerr()
				d.Model(d.Core).remove("seerr")
				return []Expectation{expect("ops/deprecated-charm", "replaced", "application", d.Core, "overseerr", Juju, Kube)}
			},
		},
		{
			Name: "other-channel", Rule: coherent, Way: "mixed", Broken: true, Needs: []string{"flaresolverr"},
			About: "flaresolverr stayed on track 1 when everything else left it.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("flaresolverr").Channel = "1/stable"
				return []Expectation{expect(coherent, "mixed", "application", d.Core, "flaresolverr", Juju)}
			},
		},
		{
			Name: "istio-channel", Rule: coherent, Way: "mixed",
			About: "The beacon of the downloads model follows another channel than the rest of Istio's charms.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("beacon").Channel = "2/stable"
				return []Expectation{expect(coherent, "mixed", "application", d.Downloads, "beacon", Juju)}
			},
		},
		{
			Name: "channel-of-nobody", Rule: coherent, Way: "unpublished", Needs: []string{"sabnzbd"},
			About: "sabnzbd follows a channel that nothing is published on.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("sabnzbd").Channel = "1/edge"
				return []Expectation{expect(coherent, "unpublished", "application", d.Downloads, "sabnzbd", Juju)}
			},
		},
		{
			Name: "old-juju", Rule: versions, Way: "juju",
			About: "The downloads model was never upgraded to Juju 3.6.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Version = "3.5.7"
				return []Expectation{expect(versions, "juju", "model", d.Downloads, d.Downloads, Juju, Kube)}
			},
		},
		{
			Name: "old-kubernetes", Rule: versions, Way: "kubernetes",
			About: "The node runs a Kubernetes that nobody tests any more.",
			Change: func(d *Deployment) []Expectation {
				d.Cluster.Version = "v1.27.16"
				return []Expectation{{Rule: versions, Way: "kubernetes", Subject: Subject{Kind: "node", Name: nodeName}, VisibleIn: []Form{Kube}}}
			},
		},
		{
			Name: "waits-for-operator", Rule: statusHealthy, Way: "blocked", Broken: true,
			About: "The volume of the storage was lost, and its charm waits for somebody.",
			Change: func(d *Deployment) []Expectation {
				a := d.Model(d.Core).Application("storage")
				a.Status, a.Message = "blocked", "PVC lost. Check NFS backend"
				return []Expectation{expect(statusHealthy, "blocked", "application", d.Core, "storage", Juju)}
			},
		},
		{
			Name: "hook-failed", Rule: statusHealthy, Way: "error", Needs: []string{"sabnzbd"},
			About: "A hook of sabnzbd's charm failed.",
			Change: func(d *Deployment) []Expectation {
				a := d.Model(d.Downloads).Application("sabnzbd")
				a.Status, a.Message = "error", `hook failed: "config-changed"`
				return []Expectation{expect(statusHealthy, "error", "application", d.Downloads, "sabnzbd", Juju)}
			},
		},
		{
			Name: "latest-image", Rule: "ops/image-pinned", Broken: true, Needs: []string{"radarr"},
			About: "radarr was given an image without a version.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("radarr").Kube.Image = "lscr.io/linuxserver/radarr:latest"
				return []Expectation{onApplication("ops/image-pinned", d.Core, "radarr", Kube)}
			},
		},
		{
			Name: "other-platform", Rule: platform, Way: "other-platform",
			About: "The nodes run K3s, and Istio was installed for MicroK8s.",
			Change: func(d *Deployment) []Expectation {
				d.Cluster.Version = "v1.31.5+k3s1"
				return []Expectation{{Rule: platform, Way: "other-platform", Subject: Subject{Kind: "workload", Namespace: istioNs, Name: "istiod"}, VisibleIn: []Form{Kube}}}
			},
		},
		{
			Name: "backup-forgotten", Rule: backedUp, Way: "forgotten", Broken: true, Needs: []string{"seerr"},
			About: "Nobody backs up seerr.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Unrelate("seerr", "velero-backup-config", "velero")
				return []Expectation{expect(backedUp, "forgotten", "application", d.Core, "seerr", Juju)}
			},
		},
		{
			Name: "no-backup", Rule: backedUp, Way: "nothing", Needs: []string{"seerr"},
			About: "Nothing is backed up.",
			Change: func(d *Deployment) []Expectation {
				for _, m := range d.Models {
					for _, a := range m.Applications {
						m.Unrelate(a.Name, "velero-backup-config", "velero")
					}
					m.dropSAAS("velero")
				}
				d.Model(backupModel).dropOffer("velero")
				return []Expectation{expect(backedUp, "nothing", "model", d.Core, d.Core, Juju)}
			},
		},
		{
			Name: "hardened-too-early", Rule: "ops/hardened-ready", Needs: []string{"sabnzbd"},
			About: "Istio was hardened before the mesh was told who sonarr is.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(istioNs, "istio", "istio-k8s", map[string]any{"hardened-mode": true})
				d.Model(d.Downloads).Unrelate("sabnzbd", "provide-cmr-mesh", "sonarr")
				return []Expectation{
					{Rule: "ops/hardened-ready", Subject: Subject{Kind: "application", Model: istioNs, Name: "istio"}, VisibleIn: []Form{Juju}},
					onApplication("mesh/cross-model-identity", d.Downloads, "sabnzbd", Juju),
				}
			},
		},
	}
}

// addOverseerr adds the charm that Seerr replaced, as it was related.
func (d *Deployment) addOverseerr() {
	core := d.Model(d.Core)
	d.Deploy(d.Core, "overseerr", "overseerr-k8s", nil)
	core.Relate("overseerr", "service-mesh", "beacon")
	core.Relate("overseerr", "media-server", "plex")
	for _, manager := range d.Managers() {
		core.Relate("overseerr", "media-manager", manager)
	}
}
