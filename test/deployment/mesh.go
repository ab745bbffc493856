package deployment

import (
	"encoding/json"
	"fmt"
	"slices"
)

func waypointName(m *Model, beacon *Application) string {
	return m.Name + "-" + beacon.Name + "-waypoint"
}

// beacons returns the beacons of a model.
func beacons(m *Model) []*Application {
	return slices.DeleteFunc(slices.Clone(m.Applications), func(a *Application) bool { return a.Charm != "istio-beacon-k8s" })
}

// wholeModelBeacon returns the beacon that puts the whole model on the mesh, or
// nil.
func wholeModelBeacon(m *Model) *Application {
	for _, b := range beacons(m) {
		if on, _ := b.Options["model-on-mesh"].(bool); on {
			return b
		}
	}
	return nil
}

// beaconOf returns the beacon an application is related to, or nil. A beacon is
// its own.
func beaconOf(m *Model, a *Application) *Application {
	if a.Charm == "istio-beacon-k8s" {
		return a
	}
	for _, b := range beacons(m) {
		for _, r := range m.Relations {
			if r.has(a.Name) && r.has(b.Name) && r.B.Endpoint == "service-mesh" {
				return b
			}
		}
	}
	return nil
}

// meshLabels returns the labels that the beacon has an application set on its
// pod template and Service. The gluetun charm has the endpoint and does nothing
// with it; with model-on-mesh the namespace carries them instead.
func (v view) meshLabels(m *Model, a *Application) map[string]string {
	b := beaconOf(m, a)
	if b == nil || a.Charm == "gluetun-k8s" {
		return nil
	}
	if a != b && wholeModelBeacon(m) == b {
		return nil
	}
	return map[string]string{
		"istio.io/dataplane-mode": "ambient", "istio.io/use-waypoint": waypointName(m, b),
		"istio.io/use-waypoint-namespace": m.Name,
	}
}

// redirection returns the annotation that istio-cni puts on a running pod that
// it captures.
func (v view) redirection(m *Model, podLabels map[string]string) map[string]string {
	own, whole := podLabels["istio.io/dataplane-mode"], v.namespaceLabels(m)["istio.io/dataplane-mode"]
	if own == "ambient" || whole == "ambient" && own != "none" {
		return map[string]string{redirectionOn: "enabled"}
	}
	return nil
}

// meshObjects returns the ConfigMap in which a charm remembers the labels that
// it set.
func (v view) meshObjects(m *Model, a *Application) []object {
	labels := a.Kube.MeshLabels
	if labels == nil {
		if beaconOf(m, a) == nil || a.Charm == "gluetun-k8s" {
			return nil
		}
		labels = v.meshLabels(m, a)
	}
	if labels == nil {
		labels = map[string]string{}
	}
	text, err := json.Marshal(labels)
	if err != nil {
		panic(fmt.Sprintf("writing the labels of %s: %v", a.Name, err)) // strings always marshal
	}
	return []object{v.new("v1", "ConfigMap", m.Name, "juju-service-mesh-"+a.Name+"-labels", nil, nil,
		object{"data": object{"labels": string(text)}})}
}

// waypoint returns what a beacon makes for its model, and what Istio makes of
// that.
func (v view) waypoint(m *Model, a *Application) []object {
	name := waypointName(m, a)
	labels := map[string]string{
		"app.kubernetes.io/instance": m.Name + "-" + a.Name, "istio.io/waypoint-for": "service",
		"kubernetes-resource-handler-scope": "istio-waypoint",
	}
	gateway := v.new("gateway.networking.k8s.io/v1", "Gateway", m.Name, name, labels, nil, object{
		"spec": object{
			"gatewayClassName": "istio-waypoint",
			"listeners": list{object{
				"name": "mesh", "port": 15008, "protocol": "HBONE",
				"allowedRoutes": object{"namespaces": object{"from": "All"}},
			}},
		},
		"status": programmed(v.serviceIP(a, istioAddress)),
	})
	if v.Lean {
		return []object{gateway}
	}
	proxy := istioProxy{
		gateway: name, name: name, controller: "istio.io-mesh-controller", class: "istio-waypoint",
		ports: []int{15021, 15008},
	}
	return append(v.proxy(m, a, proxy), gateway, v.autoscaler(m, name, name))
}

// istio returns the control plane, the agents on the nodes, and their settings, as
// istio-k8s and istioctl install them in a namespace. The nodes are MicroK8s's.
func (v view) istio(namespace string) []object {
	var all []object
	for _, w := range []struct {
		kind, name, label, image string
		volumes                  list
	}{
		{"Deployment", "istiod", "app", "pilot", nil},
		{"DaemonSet", "istio-cni-node", "k8s-app", "install-cni", list{
			object{"name": "cni-bin-dir", "hostPath": object{"path": "/var/snap/microk8s/current/opt/cni/bin"}},
			object{"name": "cni-net-dir", "hostPath": object{"path": "/var/snap/microk8s/current/args/cni-network"}},
		}},
		{"DaemonSet", "ztunnel", "app", "ztunnel", nil},
	} {
		labels := map[string]string{w.label: w.name, "app.kubernetes.io/part-of": "istio", "istio.io/dataplane-mode": "none"}
		spec := object{
			"serviceAccountName": w.name,
			"containers":         list{object{"name": w.name, "image": "docker.io/istio/" + w.image + ":" + istioVersion}},
		}
		if w.volumes != nil {
			spec["volumes"] = w.volumes
		}
		all = append(all, v.new("apps/v1", w.kind, namespace, w.name, labels, nil, object{"spec": object{
			"selector": object{"matchLabels": map[string]string{w.label: w.name}},
			"template": object{"metadata": object{"labels": labels}, "spec": spec},
		}}))
	}
	return append(all, v.new("v1", "ConfigMap", namespace, "istio-cni-config", nil, nil, object{"data": object{
		"AMBIENT_ENABLED": "true", "CURRENT_AGENT_VERSION": istioVersion, "EXCLUDE_NAMESPACES": systemNs,
	}}))
}

// autoscaler keeps a Deployment made by Istio at the charm's scale.
func (v view) autoscaler(m *Model, name, target string) object {
	return v.new("autoscaling/v2", "HorizontalPodAutoscaler", m.Name, name, nil, nil, object{
		"spec": object{
			"minReplicas": 1, "maxReplicas": 1,
			"scaleTargetRef": object{"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
		},
	})
}

// programmed is the status of a Gateway with an address, or of one that waits for
// it.
func programmed(address string) object {
	condition := func(kind string) object {
		return object{"type": kind, "status": "True", "reason": kind, "message": "", "lastTransitionTime": kubeTime}
	}
	if address == NoAddress {
		waiting := condition("Programmed")
		waiting["status"], waiting["reason"] = "False", "AddressNotAssigned"
		return object{"conditions": list{condition("Accepted"), waiting}}
	}
	return object{
		"addresses":  list{object{"type": "IPAddress", "value": address}},
		"conditions": list{condition("Accepted"), condition("Programmed")},
	}
}

// authorization returns the policies that the model's beacons write for the
// applications related to them: one for each peer that is let in.
func (v view) authorization(m *Model) []object {
	var all []object
	for _, b := range beacons(m) {
		for _, a := range m.Applications {
			if a == b || a.Kube.NoPeers || beaconOf(m, a) != b {
				continue
			}
			for _, l := range v.relations[place{m.Name, a.Name}] {
				if port, ok := charmOf(a.Charm).letsIn(l.endpoint); ok {
					all = append(all, v.peerPolicy(m, b, a, l, port))
				}
			}
		}
		if wholeModelBeacon(m) == b {
			all = append(all, v.operatorPolicy(m, b))
		}
	}
	return all
}

func (v view) peerPolicy(m *Model, b, a *Application, l link, port int) object {
	// A peer of another model is known by its own name only where a relation
	// for the mesh across models says it; else by its alias, in this namespace.
	source, namespace := l.alias, m.Name
	for _, cmr := range v.at(m.Name, a.Name, "provide-cmr-mesh") {
		if cmr.alias == l.alias {
			source, namespace = cmr.peer.Application, cmr.model
		}
	}
	name := fmt.Sprintf("%s-%s-policy-%s-%s-%s-%s", b.Name, m.Name, source, namespace, a.Name,
		hash(8, "policy", m.Name, source, namespace, a.Name, l.endpoint))
	labels := map[string]string{
		"app.kubernetes.io/instance":        m.Name + "-" + b.Name,
		"kubernetes-resource-handler-scope": "istio-authorization-policy",
	}
	return v.new("security.istio.io/v1", "AuthorizationPolicy", m.Name, name, labels, nil, object{
		"spec": object{
			"rules": list{object{
				"from": list{object{"source": object{"principals": list{principal(namespace, source)}}}},
				"to":   list{object{"operation": object{"ports": list{fmt.Sprint(port)}}}},
			}},
			"targetRefs": list{object{"group": "", "kind": "Service", "name": a.Name}},
		},
	})
}

// operatorPolicy lets the controller reach the model operator.
func (v view) operatorPolicy(m *Model, b *Application) object {
	labels := map[string]string{
		"app.kubernetes.io/instance":        m.Name + "-" + b.Name,
		"kubernetes-resource-handler-scope": "modeloperator-authorization-policy",
	}
	return v.new("security.istio.io/v1", "AuthorizationPolicy", m.Name,
		b.Name+"-"+m.Name+"-policy-all-sources-modeloperator", labels, nil, object{
			"spec": object{
				"rules":    list{object{}},
				"selector": object{"matchLabels": object{"juju-modeloperator": "modeloperator"}},
			},
		})
}

func principal(namespace, account string) string {
	return "cluster.local/ns/" + namespace + "/sa/" + account
}
