package manifest

import (
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func readService(s *snapshot.Snapshot, n *syntax.Node) {
	spec, balancer := n.Get("spec"), n.Get("status").Get("loadBalancer")
	service := snapshot.Service{
		Meta: readMeta(n), Type: spec.Get("type").Text(), TypeAt: spec.Get("type").Pos(),
		Selector:   spec.Get("selector").Facts(),
		ClusterIPs: spec.Get("clusterIPs").Texts(), ExternalIPs: spec.Get("externalIPs").Texts(),
		BalancerClass: spec.Get("loadBalancerClass").Text(), StatusKnown: balancer != nil,
	}
	if ip := spec.Get("clusterIP").Text(); len(service.ClusterIPs) == 0 && ip != "" {
		service.ClusterIPs = []string{ip}
	}
	for _, p := range spec.Get("ports").List() {
		service.Ports = append(service.Ports, snapshot.ServicePort{
			Name: p.Get("name").Text(), Protocol: p.Get("protocol").Text(), Port: p.Get("port").Int(0), NodePort: p.Get("nodePort").Int(0),
		})
	}
	for _, i := range balancer.Get("ingress").List() {
		for _, key := range []string{"ip", "hostname"} {
			if address := i.Get(key).Text(); address != "" {
				service.Addresses = append(service.Addresses, address)
			}
		}
	}
	s.Services = append(s.Services, service)
}

func readIngress(s *snapshot.Snapshot, n *syntax.Node) {
	spec := n.Get("spec")
	ingress := snapshot.Ingress{Meta: readMeta(n), Class: spec.Get("ingressClassName").Text()}
	add := func(backend *syntax.Node) {
		name := backend.Get("service").Get("name")
		if name.Text() != "" {
			ingress.Backends = append(ingress.Backends, snapshot.RouteRef{Name: name.Text(), At: name.Pos()})
		}
	}
	add(spec.Get("defaultBackend"))
	for _, rule := range spec.Get("rules").List() {
		for _, p := range rule.Get("http").Get("paths").List() {
			add(p.Get("backend"))
		}
	}
	s.Ingresses = append(s.Ingresses, ingress)
}

func readGateway(s *snapshot.Snapshot, n *syntax.Node) {
	spec := n.Get("spec")
	gateway := snapshot.Gateway{Meta: readMeta(n), Class: spec.Get("gatewayClassName").Text()}
	for _, l := range spec.Get("listeners").List() {
		gateway.Listeners = append(gateway.Listeners, snapshot.Listener{
			Name: l.Get("name").Text(), Port: l.Get("port").Int(0), Protocol: l.Get("protocol").Text(),
		})
	}
	s.Gateways = append(s.Gateways, gateway)
}

func readRoute(kind string) func(*snapshot.Snapshot, *syntax.Node) {
	return func(s *snapshot.Snapshot, n *syntax.Node) {
		spec := n.Get("spec")
		route := snapshot.Route{Kind: kind, Meta: readMeta(n)}
		for _, p := range spec.Get("parentRefs").List() {
			if refersTo(p, "Gateway") {
				route.Parents = append(route.Parents, readRef(p))
			}
		}
		for _, rule := range spec.Get("rules").List() {
			for _, b := range rule.Get("backendRefs").List() {
				if refersTo(b, "Service") {
					route.Backends = append(route.Backends, readRef(b))
				}
			}
		}
		s.Routes = append(s.Routes, route)
	}
}

// refersTo tells whether a reference is to a kind, which is what it is to when
// it does not say a kind.
func refersTo(ref *syntax.Node, kind string) bool {
	said := ref.Get("kind").Text()
	return said == "" || said == kind
}

func readRef(ref *syntax.Node) snapshot.RouteRef {
	name := ref.Get("name")
	return snapshot.RouteRef{
		Name: name.Text(), Namespace: ref.Get("namespace").Text(), Section: ref.Get("sectionName").Text(), At: name.Pos(),
	}
}
