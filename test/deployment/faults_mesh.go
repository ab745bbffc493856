package deployment

const gatewayNotEnrolled = "mesh/gateway-not-enrolled"

// meshFaults leave applications out of the mesh.
func meshFaults() []Fault {
	return []Fault{
		{
			Name: "core-not-enrolled", Rule: "mesh/core-enrolled", Broken: true, Needs: []string{"flaresolverr"},
			About:  "flaresolverr was never related to the beacon.",
			Change: notEnrolled("mesh/core-enrolled", func(d *Deployment) string { return d.Core }, "flaresolverr"),
		},
		{
			Name: "manager-not-enrolled", Rule: "mesh/core-enrolled", Needs: []string{"radarr"},
			About:  "radarr was never related to the beacon.",
			Change: notEnrolled("mesh/core-enrolled", func(d *Deployment) string { return d.Core }, "radarr"),
		},
		{
			Name: "core-label-removed", Rule: "mesh/core-enrolled", Broken: true, Needs: []string{"plex"},
			About: "The mesh label was taken off plex by hand; Juju still shows the relation.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("plex").templateLabel("istio.io/dataplane-mode", Removed)
				return []Expectation{onApplication("mesh/core-enrolled", d.Core, "plex", Kube)}
			},
		},
		{
			Name: "client-not-enrolled", Rule: "mesh/download-client-enrolled", Broken: true, Needs: []string{"sabnzbd"},
			About:  "sabnzbd was never related to the beacon of its model.",
			Change: notEnrolled("mesh/download-client-enrolled", func(d *Deployment) string { return d.Downloads }, "sabnzbd"),
		},
		{
			Name: "client-label-none", Rule: "mesh/download-client-enrolled", Broken: true, Needs: []string{"qbittorrent"},
			About: "qbittorrent was taken out of the mesh by hand; Juju still shows the relation.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").templateLabel("istio.io/dataplane-mode", "none")
				return []Expectation{onApplication("mesh/download-client-enrolled", d.Downloads, "qbittorrent", Kube)}
			},
		},
	}
}

func notEnrolled(rule string, model func(*Deployment) string, app string) func(*Deployment) []Expectation {
	return func(d *Deployment) []Expectation {
		d.Model(model(d)).Unrelate(app, "service-mesh", "beacon")
		return []Expectation{onApplication(rule, model(d), app, Juju, Kube)}
	}
}

func (a *Application) templateLabel(key, value string) {
	a.Kube.TemplateLabels = merged(a.Kube.TemplateLabels, map[string]string{key: value})
}

// gatewayMeshFaults put the VPN gateway on the mesh, each in another way. They
// are spread over several gateways so that no way hides another.
func gatewayMeshFaults() []Fault {
	return []Fault{
		{
			Name: "gateway-namespace-label", Rule: gatewayNotEnrolled, Way: "namespace-label", Broken: true,
			About: "The gateway's namespace was put on the mesh by hand; its running pods were captured at once.",
			Change: func(d *Deployment) []Expectation {
				model := d.AddExit("ch")
				d.labelNamespace(model, "istio.io/dataplane-mode", "ambient")
				return []Expectation{
					expect(gatewayNotEnrolled, "namespace-label", "namespace", model, model, Kube),
				}
			},
		},
		{
			Name: "gateway-pod-label", Rule: gatewayNotEnrolled, Way: "pod-label", Broken: true,
			About: "The running pod of a gateway was labelled by hand; its StatefulSet was not.",
			Change: func(d *Deployment) []Expectation {
				model := d.AddExit("ch")
				a := d.Model(model).Application("gluetun")
				a.Kube.PodLabels = merged(a.Kube.PodLabels, map[string]string{"istio.io/dataplane-mode": "ambient"})
				return []Expectation{
					expect(gatewayNotEnrolled, "pod-label", "pod", model, "gluetun-0", Kube),
				}
			},
		},
		{
			Name: "gateway-workload-label", Rule: gatewayNotEnrolled, Way: "workload-label", Broken: true,
			About: "The pod template of the gateway carries the mesh label.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Gateway).Application("gluetun").templateLabel("istio.io/dataplane-mode", "ambient")
				return []Expectation{
					expect(gatewayNotEnrolled, "workload-label", "workload", d.Gateway, "gluetun", Kube),
				}
			},
		},
		{
			Name: "gateway-mesh-configmap", Rule: gatewayNotEnrolled, Way: "mesh-configmap", Broken: true,
			About: "A ConfigMap remembers mesh labels of the gateway.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Gateway).Application("gluetun").Kube.MeshLabels = map[string]string{"istio.io/dataplane-mode": "ambient"}
				return []Expectation{
					expect(gatewayNotEnrolled, "mesh-configmap", "configmap", d.Gateway, "juju-service-mesh-gluetun-labels", Kube),
				}
			},
		},
		{
			Name: "gateway-service-waypoint", Rule: gatewayNotEnrolled, Way: "waypoint", Broken: true,
			About: "The gateway's Service sends callers through a waypoint.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Gateway).Application("gluetun").Kube.ServiceLabels = map[string]string{
					"istio.io/use-waypoint":           d.Downloads + "-beacon-waypoint",
					"istio.io/use-waypoint-namespace": d.Downloads,
				}
				return []Expectation{expect(gatewayNotEnrolled, "waypoint", "service", d.Gateway, "gluetun", Kube)}
			},
		},
		{
			Name: "gateway-model-on-mesh", Rule: "mesh/no-model-on-mesh-at-gateway", Broken: true,
			About: "A beacon puts the whole model of a gateway on the mesh.",
			Change: func(d *Deployment) []Expectation {
				model := d.AddExit("eu")
				d.Deploy(model, "beacon", "istio-beacon-k8s", map[string]any{"model-on-mesh": true})
				return []Expectation{
					onApplication("mesh/no-model-on-mesh-at-gateway", model, "beacon", Juju),
					expect(gatewayNotEnrolled, "model-on-mesh", "application", model, "gluetun", Juju),
					expect(gatewayNotEnrolled, "namespace-label", "namespace", model, model, Kube),
					expect(gatewayNotEnrolled, "waypoint", "namespace", model, model, Kube),
					beaconBeside(model),
				}
			},
		},
		{
			Name: "gateway-mesh-relation", Rule: gatewayNotEnrolled, Way: "mesh-relation", Broken: true,
			About: "A gateway was related to a beacon.",
			Change: func(d *Deployment) []Expectation {
				model := d.AddExit("us")
				d.Deploy(model, "beacon", "istio-beacon-k8s", nil)
				d.Model(model).Relate("gluetun", "service-mesh", "beacon")
				return []Expectation{
					expect(gatewayNotEnrolled, "mesh-relation", "application", model, "gluetun", Juju),
					beaconBeside(model),
				}
			},
		},
		{
			Name: "gateway-sidecar-injection", Rule: gatewayNotEnrolled, Way: "sidecar-injection", Broken: true,
			About: "New pods in the namespace of a gateway get a sidecar.",
			Change: func(d *Deployment) []Expectation {
				model := d.AddExit("us")
				d.labelNamespace(model, "istio-injection", "enabled")
				return []Expectation{expect(gatewayNotEnrolled, "sidecar-injection", "namespace", model, model, Kube)}
			},
		},
		{
			Name: "gateway-live-redirection", Rule: gatewayNotEnrolled, Way: "live-redirection", Broken: true,
			About: "A gateway's pod is being captured although no label says so.",
			Change: func(d *Deployment) []Expectation {
				model := d.AddExit("us")
				d.Model(model).Application("gluetun").Kube.PodAnnotations = map[string]string{redirectionOn: "pending"}
				return []Expectation{captured(model)}
			},
		},
	}
}

// beaconBeside expects that a gateway is found to share its namespace with a
// beacon, which enrols itself.
func beaconBeside(model string) Expectation {
	return onApplication("topology/gateway-own-namespace", model, "gluetun", Juju, Kube)
}

// captured expects that the gateway's pod is found on the mesh and that nothing
// else explains it.
func captured(model string) Expectation {
	return expect(gatewayNotEnrolled, "live-redirection", "pod", model, "gluetun-0", Kube)
}
