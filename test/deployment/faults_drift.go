package deployment

import "fmt"

const (
	noDrift      = "topology/no-drift"
	ownNamespace = "topology/control-plane-own-namespace"
)

// driftFaults let Kubernetes and Juju drift apart.
func driftFaults() []Fault {
	return []Fault{
		{
			Name: "stray-deployment", Rule: noDrift, Way: "stray", Broken: true,
			About: "Somebody runs a scraper in the namespace of the download clients.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Downloads, deploymentByHand("scraper", "app: scraper", "scraper"))
				return []Expectation{expect(noDrift, "stray", "workload", d.Downloads, "scraper", Kube)}
			},
		},
		{
			Name: "stray-pod", Rule: noDrift, Way: "stray",
			About: "A pod for debugging was left in core.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Core, fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: debug},
spec: {containers: [{name: debug, image: "docker.io/library/busybox:1.37"}]}, status: {phase: Running, podIP: %s}}`, nth(d.Cluster.PodCIDR, 40000)))
				return []Expectation{expect(noDrift, "stray", "pod", d.Core, "debug", Kube)}
			},
		},
		{
			Name: "workload-left-over", Rule: noDrift, Way: "unknown-to-juju", Broken: true,
			About: "The workload of an application that was removed still runs in core.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Core, `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: tandoor, labels: {app.kubernetes.io/managed-by: juju, app.kubernetes.io/name: tandoor}},
spec: {replicas: 1, selector: {matchLabels: {app.kubernetes.io/name: tandoor}}, template: {metadata: {labels: {app.kubernetes.io/name: tandoor}},
spec: {containers: [{name: tandoor, image: "docker.io/vabene1111/recipes:2.3.3"}]}}}}`)
				return []Expectation{expect(noDrift, "unknown-to-juju", "application", d.Core, "tandoor", Both)}
			},
		},
		{
			Name: "workload-deleted", Rule: noDrift, Way: "no-workload",
			About: "The StatefulSet of the storage charm was deleted.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("storage").Kube.NoWorkload = true
				return []Expectation{expect(noDrift, "no-workload", "application", d.Core, "storage", Both)}
			},
		},
		{
			Name: "storage-label-removed", Rule: noDrift, Way: "mesh-not-effective", Broken: true,
			About: "The mesh label was taken off the storage charm by hand.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("storage").Kube.TemplateLabels = map[string]string{"istio.io/dataplane-mode": Removed}
				return []Expectation{expect(noDrift, "mesh-not-effective", "application", d.Core, "storage", Both)}
			},
		},
		{
			Name: "gateway-charm-labelled", Rule: noDrift, Way: "mesh-undeclared", Broken: true,
			About: "The charm of an ingress gateway was put on the mesh by hand.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("admin-gateway").Kube.TemplateLabels = map[string]string{"istio.io/dataplane-mode": "ambient"}
				return []Expectation{expect(noDrift, "mesh-undeclared", "application", d.Core, "admin-gateway", Both)}
			},
		},
		{
			Name: "namespace-labelled", Rule: noDrift, Way: "mesh-undeclared",
			About: "The namespace of core was put on the mesh by hand.",
			Change: func(d *Deployment) []Expectation {
				d.labelNamespace(d.Core, "istio.io/dataplane-mode", "ambient")
				return []Expectation{expect(noDrift, "mesh-undeclared", "namespace", d.Core, d.Core, Both)}
			},
		},
		{
			Name: "routes-deleted", Rule: noDrift, Way: "route-not-effective", Needs: []string{"sonarr"},
			About: "The routes to sonarr were deleted.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("sonarr").Kube.NoRoutes = true
				return []Expectation{expect(noDrift, "route-not-effective", "application", d.Core, "sonarr", Both)}
			},
		},
		{
			Name: "peer-policies-deleted", Rule: noDrift, Way: "policy-not-effective", Needs: []string{"prowlarr"},
			About: "The policies that let radarr and sonarr call prowlarr were deleted.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("prowlarr").Kube.NoPeers = true
				return []Expectation{expect(noDrift, "policy-not-effective", "application", d.Core, "prowlarr", Both)}
			},
		},
		{
			Name: "control-plane-in-core", Rule: ownNamespace,
			About: "Istio's charm was deployed in core.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(d.Core, "istio", "istio-k8s", nil)
				return []Expectation{expect(ownNamespace, "", "model", d.Core, d.Core, Juju, Kube)}
			},
		},
		{
			Name: "istiod-in-core", Rule: ownNamespace, Broken: true,
			About: "Istio was installed into the namespace of core.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Core, deploymentByHand("istiod", "app: istiod", "discovery"))
				return []Expectation{expect(platform, "several", "workload", d.Core, "istiod", Kube), expect(ownNamespace, "", "model", d.Core, d.Core, Kube)}
			},
		},
	}
}

// apply applies objects in the namespace of a model, as by hand.
func (d *Deployment) apply(model string, objects ...string) {
	m := d.Model(model)
	m.ByHand = append(m.ByHand, objects...)
}

func deploymentByHand(name, label, container string) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: %s, labels: {%s}},
spec: {replicas: 1, selector: {matchLabels: {%s}}, template: {metadata: {labels: {%s}}, spec: {containers: [{name: %s, image: "docker.io/example/%s:1"}]}}}}`,
		name, label, label, label, container, name)
}
