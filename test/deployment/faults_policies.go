package deployment

import "fmt"

const (
	foreignPolicy = "mesh/no-foreign-authorization"
	reality       = "mesh/label-matches-reality"
	oneBeacon     = "mesh/one-beacon"
)

// policyFaults leave the mesh without what it has to know, or let somebody else
// tell it.
func policyFaults() []Fault {
	return []Fault{
		{
			Name: "beacon-not-told", Rule: "mesh/beacon-relation", Needs: []string{"sabnzbd"},
			About: "The whole downloads model is on the mesh, and sabnzbd was never related to its beacon.",
			Change: func(d *Deployment) []Expectation {
				m := d.Model(d.Downloads)
				m.Application("beacon").Options = map[string]any{"model-on-mesh": true}
				m.Unrelate("sabnzbd", "service-mesh", "beacon")
				return []Expectation{onApplication("mesh/beacon-relation", d.Downloads, "sabnzbd", Juju)}
			},
		},
		{
			Name: "caller-unknown", Rule: "mesh/cross-model-identity", Needs: []string{"sabnzbd"},
			About: "The mesh is not told who sonarr is.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Unrelate("sabnzbd", "provide-cmr-mesh", "sonarr")
				return []Expectation{onApplication("mesh/cross-model-identity", d.Downloads, "sabnzbd", Juju)}
			},
		},
		{
			Name: "caller-gone", Rule: "mesh/no-dangling-principal", Broken: true, Needs: []string{"prowlarr"},
			About: "A policy of the beacon lets in a manager that was removed.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Core, policyByHand("beacon-"+d.Core+"-policy-lidarr-"+d.Core+"-prowlarr-5e6f7a8b",
					"kubernetes-resource-handler-scope: istio-authorization-policy",
					fmt.Sprintf("targetRefs: [{kind: Service, name: prowlarr}], rules: [{from: [{source: {principals: [%q]}}]}]", principal(d.Core, "lidarr"))))
				return []Expectation{expect("mesh/no-dangling-principal", "", "authorizationpolicy", d.Core, "beacon-"+d.Core+"-policy-lidarr-"+d.Core+"-prowlarr-5e6f7a8b", Kube)}
			},
		},
		{
			Name: "two-beacons", Rule: oneBeacon, Way: "several", Broken: true,
			About: "A second beacon was deployed in the downloads model.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(d.Downloads, "mesh", "istio-beacon-k8s", nil)
				return []Expectation{expect(oneBeacon, "several", "model", d.Downloads, d.Downloads, Juju, Kube)}
			},
		},
		{
			Name: "mark-left-over", Rule: oneBeacon, Way: "owner-gone", Broken: true,
			About: "The namespace of core bears the mark of a beacon that was removed.",
			Change: func(d *Deployment) []Expectation {
				d.labelNamespace(d.Core, "charms.canonical.com/istio.io.waypoint.managed-by", d.Core+".old-beacon")
				return []Expectation{expect(oneBeacon, "owner-gone", "namespace", d.Core, d.Core, Both)}
			},
		},
		{
			Name: "beacon-refuses", Rule: oneBeacon, Way: "refused",
			About: "A beacon is to put core on the mesh, whose namespace somebody labelled before.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("beacon").Options = map[string]any{"model-on-mesh": true}
				d.labelNamespace(d.Core, "charms.canonical.com/istio.io.waypoint.managed-by", Removed)
				return []Expectation{expect(oneBeacon, "refused", "application", d.Core, "beacon", Both)}
			},
		},
		{
			Name: "service-unbound", Rule: "mesh/waypoint-exists", Way: "unbound", Needs: []string{"prowlarr"},
			About: "The label that leads callers of prowlarr to the waypoint was taken off its Service.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("prowlarr").Kube.ServiceLabels = map[string]string{"istio.io/use-waypoint": Removed}
				return []Expectation{expect("mesh/waypoint-exists", "unbound", "service", d.Core, "prowlarr", Kube)}
			},
		},
		{
			Name: "waypoint-deleted", Rule: "mesh/waypoint-exists", Way: "missing", Broken: true,
			About: "The waypoint of core was deleted.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("beacon").Kube.NoWaypoint = true
				return []Expectation{expect("mesh/waypoint-exists", "missing", "model", d.Core, d.Core, Kube)}
			},
		},
		{
			Name: "sidecars-injected", Rule: "mesh/no-sidecar-injection", Broken: true,
			About: "New pods in core get a sidecar.",
			Change: func(d *Deployment) []Expectation {
				d.labelNamespace(d.Core, "istio.io/rev", "default")
				return []Expectation{expect("mesh/no-sidecar-injection", "", "namespace", d.Core, d.Core, Kube)}
			},
		},
		{
			Name: "policy-by-hand", Rule: foreignPolicy, Way: "foreign", Broken: true, Needs: []string{"qbittorrent"},
			About: "Somebody lets plex call qbittorrent.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Downloads, policyByHand("plex-too", "",
					fmt.Sprintf("selector: {matchLabels: {app.kubernetes.io/name: qbittorrent}}, rules: [{from: [{source: {principals: [%q]}}]}]", principal(d.Core, "plex"))))
				return []Expectation{expect(foreignPolicy, "foreign", "authorizationpolicy", d.Downloads, "plex-too", Kube)}
			},
		},
		{
			Name: "policy-allows-all", Rule: foreignPolicy, Way: "allow-all", Broken: true,
			About: "Somebody lets everyone call the download clients.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Downloads, policyByHand("allow-all", "", "rules: [{}]"))
				return []Expectation{expect(foreignPolicy, "allow-all", "authorizationpolicy", d.Downloads, "allow-all", Kube)}
			},
		},
		{
			Name: "policy-mesh-wide", Rule: foreignPolicy, Way: "mesh-wide",
			About: "A policy without selector stands beside Istio's control plane.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Core, deploymentByHand("istiod", "app: istiod", "discovery"), policyByHand("deny-all", "", "rules: []"))
				return []Expectation{
					expect(foreignPolicy, "mesh-wide", "authorizationpolicy", d.Core, "deny-all", Kube),
					expect(ownNamespace, "", "model", d.Core, d.Core, Kube),
				}
			},
		},
		{
			Name: "pod-older-than-cni", Rule: reality, Way: "not-captured", Broken: true, Needs: []string{"sonarr"},
			About:  "sonarr's pod is older than istio-cni on its node.",
			Change: redirected("sonarr", Removed, "not-captured"),
		},
		{
			Name: "pod-captured-unlabelled", Rule: reality, Way: "captured-unlabelled", Broken: true,
			About:  "A pod is captured that no label puts on the mesh.",
			Change: redirected("media-gateway", "enabled", "captured-unlabelled"),
		},
		{
			Name: "pod-pending", Rule: reality, Way: "pending", Broken: true, Needs: []string{"prowlarr"},
			About:  "prowlarr's pod waits for ztunnel.",
			Change: redirected("prowlarr", "pending", "pending"),
		},
	}
}

// redirected sets what istio-cni says of the pod of an application in core.
func redirected(app, value, way string) func(*Deployment) []Expectation {
	return func(d *Deployment) []Expectation {
		d.Model(d.Core).Application(app).Kube.PodAnnotations = map[string]string{redirectionOn: value}
		return []Expectation{expect(reality, way, "pod", d.Core, app+"-0", Kube)}
	}
}

func policyByHand(name, label, spec string) string {
	return fmt.Sprintf(`{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: %s, labels: {%s}}, spec: {%s}}`, name, label, spec)
}
