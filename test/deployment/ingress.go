package deployment

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// admitted is the option that says from where a gateway takes traffic.
const admitted = "external-traffic-policy-cidrs"

// istioProxy is a Deployment that istiod makes for a Gateway.
type istioProxy struct {
	gateway     string // the Gateway
	name        string // the Deployment, Service and ServiceAccount
	controller  string
	class       string
	ports       []int
	external    string            // address of the load balancer; empty for a waypoint
	annotations map[string]string // of the Service
}

// ingressPort returns the port of its gateway that an application asks for.
func ingressPort(a *Application) int {
	if p, ok := a.Options["ingress-port"].(int); ok {
		return p
	}
	return 80
}

func ingressPath(a *Application) string {
	if charmOf(a.Charm).route.rootOnly {
		return "/"
	}
	if p, ok := a.Options["ingress-path"].(string); ok && p != "" {
		return p
	}
	return "/" + a.Name
}

// ingressGateway returns what an ingress charm makes, and what Istio makes of
// that.
func (v view) ingressGateway(m *Model, a *Application) []object {
	ports := map[int]bool{80: true}
	for _, l := range v.at(m.Name, a.Name, "istio-ingress-route") {
		if client := v.application(l); client != nil {
			ports[ingressPort(client)] = true
		}
	}
	var listeners list
	numbers := slices.Sorted(maps.Keys(ports))
	for _, p := range numbers {
		listeners = append(listeners, object{
			"name": fmt.Sprintf("http-%d", p), "port": p, "protocol": "HTTP",
			"allowedRoutes": object{"namespaces": object{"from": "All"}},
		})
	}
	labels := func(scope string) map[string]string {
		return map[string]string{
			"app.kubernetes.io/instance": m.Name + "-" + a.Name, "kubernetes-resource-handler-scope": scope,
		}
	}
	gateway := v.new("gateway.networking.k8s.io/v1", "Gateway", m.Name, a.Name, labels("istio-gateway"), nil, object{
		"spec":   object{"gatewayClassName": "istio", "listeners": listeners},
		"status": programmed(cmp.Or(a.Kube.Address, v.loadBalancerIP(a))),
	})
	allowed, ok := a.Options[admitted]
	if !ok {
		allowed = "0.0.0.0/0"
	}
	external := v.new("security.istio.io/v1", "AuthorizationPolicy", m.Name, a.Name+"-"+m.Name+"-external-traffic",
		labels("external-traffic-authorization-policy"), nil, object{"spec": object{
			"action":     "ALLOW",
			"rules":      list{object{"from": list{object{"source": object{"ipBlocks": list{allowed}}}}}},
			"targetRefs": list{object{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": a.Name}},
		}})
	proxy := istioProxy{
		gateway: a.Name, name: a.Name + "-istio", controller: "istio.io-gateway-controller", class: "istio",
		ports: append([]int{15021}, numbers...), external: cmp.Or(a.Kube.Address, v.loadBalancerIP(a)), annotations: a.Kube.GatewayAnnotations,
	}
	if v.Lean {
		return []object{gateway, v.proxyService(m, a, proxy)}
	}
	return append(v.proxy(m, a, proxy), gateway, external, v.autoscaler(m, a.Name, proxy.name))
}

// proxy returns the objects that istiod makes for a Gateway. Its pods are not
// captured by the mesh: they are part of it.
func (v view) proxy(m *Model, a *Application, p istioProxy) []object {
	labels, selector := p.labels(), p.selector()
	podLabels := merged(labels, map[string]string{
		"istio.io/dataplane-mode": "none", "sidecar.istio.io/inject": "false",
		"service.istio.io/canonical-name": p.name, "service.istio.io/canonical-revision": "latest",
	})
	annotations := map[string]string{"prometheus.io/path": "/stats/prometheus", "prometheus.io/port": "15020", "prometheus.io/scrape": "true"}
	spec := func() object {
		mode := "router"
		if p.external == "" {
			mode = "waypoint"
		}
		return object{
			"serviceAccountName": p.name,
			"containers": list{object{
				"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.29.0",
				"args": list{"proxy", mode, "--domain", "$(POD_NAMESPACE).svc.cluster.local"},
			}},
		}
	}
	revision := hash(9, "revision", m.Name, p.name)
	podName := p.name + "-" + revision + "-" + hash(5, "pod", m.Name, p.name)
	podSpec := spec()
	podSpec["nodeName"] = nodeName
	pod := v.new("v1", "Pod", m.Name, podName, merged(podLabels, map[string]string{"pod-template-hash": revision}), annotations,
		object{"spec": podSpec, "status": v.podStatus(v.podIP(a, istioAddress, 0))})
	pod["metadata"].(object)["ownerReferences"] = list{object{
		"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": p.name + "-" + revision, "controller": true,
		"blockOwnerDeletion": true, "uid": uuid("ReplicaSet", m.Name, p.name),
	}}
	return []object{
		v.new("apps/v1", "Deployment", m.Name, p.name, labels, nil, object{
			"spec": object{
				"replicas": 1, "selector": object{"matchLabels": selector},
				"template": object{"metadata": object{"annotations": annotations, "labels": podLabels}, "spec": spec()},
			},
			"status": object{"replicas": 1, "readyReplicas": 1, "availableReplicas": 1, "updatedReplicas": 1},
		}),
		pod,
		v.proxyService(m, a, p),
		v.serviceAccount(m, p.name, labels),
	}
}

// labels are what istiod puts on everything that it makes for a Gateway.
func (p istioProxy) labels() map[string]string {
	return map[string]string{
		"gateway.istio.io/managed": p.controller, "gateway.networking.k8s.io/gateway-name": p.gateway,
		"gateway.networking.k8s.io/gateway-class-name": p.class,
	}
}

// selector selects the pods of a Gateway.
func (p istioProxy) selector() map[string]string {
	return map[string]string{"gateway.networking.k8s.io/gateway-name": p.gateway}
}

// proxyService returns the Service that istiod makes for a Gateway.
func (v view) proxyService(m *Model, a *Application, p istioProxy) object {
	var ports list
	for _, n := range p.ports {
		name := fmt.Sprintf("http-%d", n)
		switch n {
		case 15021:
			name = "status-port"
		case 15008:
			name = "mesh"
		}
		ports = append(ports, object{"name": name, "port": n, "protocol": "TCP", "targetPort": n, "appProtocol": "http"})
	}
	ip := v.serviceIP(a, istioAddress)
	kind, balancer := "ClusterIP", object{}
	if p.external != "" {
		kind = "LoadBalancer"
		if p.external != NoAddress {
			balancer["ingress"] = list{object{"ip": p.external, "ipMode": "VIP"}}
		}
	}
	return v.new("v1", "Service", m.Name, p.name, p.labels(), p.annotations, object{
		"spec": object{
			"type": kind, "clusterIP": ip, "clusterIPs": list{ip}, "ports": ports, "selector": p.selector(),
		},
		"status": object{"loadBalancer": balancer},
	})
}

// routes returns what the ingress charms make in the namespace of an
// application that asked for a route.
func (v view) routes(m *Model, a *Application) []object {
	c := charmOf(a.Charm)
	if c.route == nil || a.Kube.NoRoutes {
		return nil
	}
	var all []object
	for _, l := range v.at(m.Name, a.Name, "ingress") {
		if v.application(l) != nil {
			all = append(all, v.plainRoute(m, a, l))
		}
	}
	for _, l := range v.at(m.Name, a.Name, "istio-ingress-route") {
		gateway := v.application(l)
		if gateway == nil || v.collides(a, l) {
			continue
		}
		if c.route.redirect {
			all = append(all, v.route(m, a, l, c.route.name+"-redirect"))
		}
		all = append(all, v.route(m, a, l, c.route.name))
		if !v.Lean {
			all = append(all, v.routePolicy(m, a, l))
		}
	}
	return all
}

// collides tells whether another application asks the same gateway for the same
// path and port: its charm then makes no route for either.
func (v view) collides(a *Application, l link) bool {
	for _, other := range v.at(l.model, l.peer.Application, "istio-ingress-route") {
		peer := v.application(other)
		if peer == nil || peer == a || charmOf(peer.Charm).route == nil {
			continue
		}
		if ingressPort(peer) == ingressPort(a) && ingressPath(peer) == ingressPath(a) {
			return true
		}
	}
	return false
}

// plainRoute returns the HTTPRoute of an application that asks by interface
// ingress: the gateway chooses the path.
func (v view) plainRoute(m *Model, a *Application, l link) object {
	labels := map[string]string{
		"app.kubernetes.io/instance": l.model + "-" + l.peer.Application, "kubernetes-resource-handler-scope": "istio-ingress",
	}
	return v.new("gateway.networking.k8s.io/v1", "HTTPRoute", m.Name, a.Name+"-httproute-http-80-"+l.peer.Application, labels, nil, object{
		"spec": object{
			"parentRefs": list{object{
				"group": "gateway.networking.k8s.io", "kind": "Gateway",
				"name": l.peer.Application, "namespace": l.model, "sectionName": "http-80",
			}},
			"rules": list{object{
				"matches":     list{object{"path": object{"type": "PathPrefix", "value": "/" + m.Name + "-" + a.Name}}},
				"backendRefs": v.backend(m, a),
			}},
		},
	})
}

// route returns an HTTPRoute. The ingress charm names it after the application
// as it sees it: across models that is not the application's own name.
func (v view) route(m *Model, a *Application, l link, name string) object {
	seen := a.Name
	if l.alias != l.peer.Application || l.model != m.Name {
		seen = remoteName(m.Name, a.Name)
	}
	c := charmOf(a.Charm)
	section, path := fmt.Sprintf("http-%d", ingressPort(a)), ingressPath(a)
	match := object{"type": "PathPrefix", "value": path}
	rule := object{"matches": list{object{"path": match}}}
	switch {
	case !c.route.redirect:
		rule["backendRefs"] = v.backend(m, a)
	case name == c.route.name:
		match["value"] = path + "/"
		rule["backendRefs"] = v.backend(m, a)
		rule["filters"] = list{object{"type": "URLRewrite", "urlRewrite": object{
			"path": object{"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"},
		}}}
	default:
		match["type"] = "Exact"
		rule["filters"] = list{object{"type": "RequestRedirect", "requestRedirect": object{
			"path": object{"type": "ReplaceFullPath", "replaceFullPath": path + "/"}, "statusCode": 301,
		}}}
	}
	labels := map[string]string{
		"app.kubernetes.io/instance": l.model + "-" + l.peer.Application, "kubernetes-resource-handler-scope": "istio-ingress",
	}
	full := fmt.Sprintf("%s-%s-httproute-%s-%s", seen, name, section, l.peer.Application)
	return v.new("gateway.networking.k8s.io/v1", "HTTPRoute", m.Name, full, labels, nil, object{
		"spec": object{
			"parentRefs": list{object{
				"group": "gateway.networking.k8s.io", "kind": "Gateway",
				"name": l.peer.Application, "namespace": l.model, "sectionName": section,
			}},
			"rules": list{rule},
		},
	})
}

func (v view) backend(m *Model, a *Application) list {
	return list{object{
		"group": "", "kind": "Service", "name": a.Name, "namespace": m.Name, "port": charmOf(a.Charm).route.port, "weight": 1,
	}}
}

// routePolicy lets the gateway's pods reach the application.
func (v view) routePolicy(m *Model, a *Application, l link) object {
	labels := map[string]string{
		"app.kubernetes.io/instance":        l.model + "-" + l.peer.Application,
		"kubernetes-resource-handler-scope": "istio-ingress-authorization-policy",
	}
	name := fmt.Sprintf("%s-%s-%s-l4", a.Name, l.peer.Application, m.Name)
	return v.new("security.istio.io/v1", "AuthorizationPolicy", m.Name, name, labels, nil, object{
		"spec": object{
			"action": "ALLOW",
			"rules": list{object{
				"from": list{object{"source": object{"principals": list{principal(l.model, l.peer.Application+"-istio")}}}},
				"to":   list{object{"operation": object{"ports": list{fmt.Sprint(charmOf(a.Charm).route.port)}}}},
			}},
			"selector": object{"matchLabels": selectorLabels(a.Name)},
		},
	})
}
