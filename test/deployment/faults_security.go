package deployment

const (
	privileged  = "security/privileged"
	netAdmin    = "security/net-admin"
	hostPath    = "security/host-path"
	credential  = "security/no-credential-in-config"
	enforced    = "pod-security.kubernetes.io/enforce"
	podSecurity = "security/pod-security-compatible"
)

// securityFaults give pods more than they need, and show what ought to be secret.
func securityFaults() []Fault {
	return []Fault{
		{
			Name: "key-in-the-open", Rule: "security/no-secret-in-databag", Broken: true, Needs: []string{"prowlarr"},
			About: "prowlarr publishes its API key itself.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("prowlarr").Kube.Open = map[string]string{"media-indexer": "api_key"}
				return []Expectation{onApplication("security/no-secret-in-databag", d.Core, "prowlarr", Juju)}
			},
		},
		{
			Name: "account-in-overrides", Rule: credential, Way: "credential",
			About: "The account of an OpenVPN provider stands in the gateway's overrides.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Gateway).Application("gluetun").Options["custom-overrides"] = `{"OPENVPN_USER": "somebody", "OPENVPN_PASSWORD": "a-word-nobody-knows"}`
				return []Expectation{expect(credential, "credential", "application", d.Gateway, "gluetun", Juju)}
			},
		},
		{
			Name: "claim-token-left", Rule: credential, Way: "claim-token", Broken: true, Needs: []string{"plex"},
			About: "The token that Plex was claimed with was left in its option.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("plex").Options["claim-token"] = "claim-aBcDeFgHiJkLmNoPqRsT"
				return []Expectation{expect(credential, "claim-token", "application", d.Core, "plex", Juju)}
			},
		},
		{
			Name: "plex-privileged", Rule: privileged, Way: "container", Broken: true, Needs: []string{"plex"},
			About: "plex was made privileged for its graphics card.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("plex").Kube.Pods.Privileged = "plex"
				return []Expectation{expect(privileged, "container", "application", d.Core, "plex", Kube)}
			},
		},
		{
			Name: "host-processes", Rule: privileged, Way: "host-pid", Broken: true, Needs: []string{"seerr"},
			About: "seerr's pods see the processes of the node.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("seerr").Kube.Pods.HostPID = true
				return []Expectation{expect(privileged, "host-pid", "application", d.Core, "seerr", Kube)}
			},
		},
		{
			Name: "client-net-admin", Rule: netAdmin, Broken: true, Needs: []string{"sabnzbd"},
			About: "sabnzbd itself may change its routes.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("sabnzbd").Kube.Pods.Capability = "NET_ADMIN"
				return []Expectation{onApplication(netAdmin, d.Downloads, "sabnzbd", Kube)}
			},
		},
		{
			Name: "every-capability", Rule: netAdmin, Needs: []string{"sonarr"},
			About: "sonarr was given every capability.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("sonarr").Kube.Pods.Capability = "CAP_ALL"
				return []Expectation{onApplication(netAdmin, d.Core, "sonarr", Kube)}
			},
		},
		{
			Name: "files-of-the-node", Rule: hostPath, Way: "pod", Broken: true, Needs: []string{"qbittorrent"},
			About: "qbittorrent sees a folder of the node.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Kube.Pods.HostPath = "/mnt/photos"
				return []Expectation{expect(hostPath, "pod", "application", d.Downloads, "qbittorrent", Kube)}
			},
		},
		{
			Name: "card-left-over", Rule: hostPath, Way: "device-left-over", Broken: true, Needs: []string{"plex"},
			About: "plex has the graphics card, and hardware transcoding was turned off.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("plex").Kube.Pods.HostPath = "/dev/dri"
				return []Expectation{expect(hostPath, "device-left-over", "application", d.Core, "plex", Both)}
			},
		},
		{
			Name: "media-in-etc", Rule: hostPath, Way: "media",
			About: "The media are in a directory of the node's own.",
			Change: func(d *Deployment) []Expectation {
				d.useHostPath("/var/lib")
				return []Expectation{expect(hostPath, "media", "persistentvolumeclaim", d.Core, mediaClaim, Juju, Kube)}
			},
		},
		{
			Name: "pod-security-baseline", Rule: podSecurity, Broken: true, Needs: []string{"qbittorrent"},
			About: "The downloads namespace enforces a level that refuses VPN clients.",
			Change: func(d *Deployment) []Expectation {
				d.labelNamespace(d.Downloads, enforced, "baseline")
				return []Expectation{expect(podSecurity, "", "namespace", d.Downloads, d.Downloads, Kube)}
			},
		},
		{
			Name: "pod-security-restricted", Rule: podSecurity, Needs: []string{"radarr"},
			About: "The core namespace enforces the highest level.",
			Change: func(d *Deployment) []Expectation {
				d.labelNamespace(d.Core, enforced, "restricted")
				return []Expectation{expect(podSecurity, "", "namespace", d.Core, d.Core, Kube)}
			},
		},
		{
			Name: "never-rotated", Rule: "security/rotation", Broken: true, Needs: []string{"sabnzbd"},
			About: "sabnzbd never changes its password.",
			Change: func(d *Deployment) []Expectation {
				delete(d.Model(d.Downloads).Application("sabnzbd").Options, "credential-rotation")
				return []Expectation{onApplication("security/rotation", d.Downloads, "sabnzbd", Juju)}
			},
		},
		{
			Name: "key-shared", Rule: "security/secret-grant", Broken: true,
			About: "Somebody else may read the key of the VPN gateway.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Gateway).Application("gluetun").Kube.KeyReaders = []string{"port-forwarder"}
				return []Expectation{onApplication("security/secret-grant", d.Gateway, "gluetun", Juju)}
			},
		},
	}
}
