package deployment

import "fmt"

const (
	noSideDoor   = "ingress/no-side-door"
	orphanRoute  = "ingress/no-orphan-route"
	hasAddress   = "ingress/gateway-has-address"
	oneGateway   = "ingress/one-gateway-per-app"
	byTailscale  = "ingress/tailscale-exposure"
	outOfTheMesh = "ingress/tailscale-unmeshed"
)

// doorFaults open ways past the ingress gateways, or close those that lead
// through them.
func doorFaults() []Fault {
	return []Fault{
		{
			Name: "two-gateways", Rule: oneGateway, Way: "several-gateways", Broken: true, Needs: []string{"prowlarr"},
			About: "prowlarr was put on a gateway for guests as well.",
			Change: func(d *Deployment) []Expectation {
				d.Deploy(d.Core, "guest-gateway", "istio-ingress-k8s", map[string]any{admitted: d.Cluster.NodeCIDR})
				d.Model(d.Core).Relate("prowlarr", "ingress", "guest-gateway")
				return []Expectation{
					expect(oneGateway, "several-gateways", "application", d.Core, "prowlarr", Juju, Kube),
					expect("ingress/gateway-only-in-core", "extra", "application", d.Core, "guest-gateway", Juju, Kube),
				}
			},
		},
		{
			Name: "both-endpoints", Rule: oneGateway, Way: "both-endpoints", Broken: true, Needs: []string{"sonarr"},
			About: "sonarr asks its gateway by both endpoints.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Relate("sonarr", "ingress", "arr-gateway")
				return []Expectation{expect(oneGateway, "both-endpoints", "application", d.Core, "sonarr", Juju)}
			},
		},
		{
			Name: "routes-collide", Rule: "ingress/route-unique", Needs: []string{"radarr", "sonarr"},
			About: "sonarr was given radarr's path.",
			Change: func(d *Deployment) []Expectation {
				core := d.Model(d.Core)
				core.Application("sonarr").Options["ingress-path"] = "/radarr"
				gateway := core.Application("arr-gateway")
				gateway.Status, gateway.Message = "blocked", "Route conflict detected. Check the logs for more information."
				return []Expectation{onApplication("ingress/route-unique", d.Core, "arr-gateway", Juju)}
			},
		},
		{
			Name: "roots-collide", Rule: "ingress/route-unique", Needs: []string{"plex", "seerr"},
			About: "plex was put on the gateway and the port at whose root seerr is served.",
			Change: func(d *Deployment) []Expectation {
				core := d.Model(d.Core)
				core.Unrelate("plex", "istio-ingress-route", "media-gateway")
				core.Relate("plex", "istio-ingress-route", "arr-gateway")
				core.Application("plex").Options["ingress-port"] = 8080
				gateway := core.Application("arr-gateway")
				gateway.Status, gateway.Message = "blocked", "Route conflict detected. Check the logs for more information."
				return []Expectation{
					onApplication("ingress/route-unique", d.Core, "arr-gateway", Juju),
					onApplication("ingress/app-on-its-gateway", d.Core, "plex", Juju),
				}
			},
		},
		{
			Name: "gateway-without-address", Rule: hasAddress, Way: "no-address",
			About: "The load balancer has no address left for media-gateway.",
			Change: func(d *Deployment) []Expectation {
				a := d.Model(d.Core).Application("media-gateway")
				a.Kube.Address = NoAddress
				a.Status, a.Message = "blocked", "Gateway load balancer is unable to obtain an IP or hostname from the cluster."
				return []Expectation{expect(hasAddress, "no-address", "application", d.Core, "media-gateway", Juju, Kube)}
			},
		},
		{
			Name: "gateways-share-address", Rule: hasAddress, Way: "shared-address", Broken: true,
			About: "admin-gateway was given the address of arr-gateway.",
			Change: func(d *Deployment) []Expectation {
				core := d.Model(d.Core)
				core.Application("admin-gateway").Kube.Address = d.loadBalancerIP(core.Application("arr-gateway"))
				return []Expectation{expect(hasAddress, "shared-address", "application", d.Core, "arr-gateway", Kube)}
			},
		},
		{
			Name: "node-port", Rule: noSideDoor, Way: "service", Broken: true, Needs: []string{"qbittorrent"},
			About: "qbittorrent's pages were opened on a port of every node.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Downloads, fmt.Sprintf(`{apiVersion: v1, kind: Service, metadata: {name: torrents},
spec: {type: NodePort, clusterIP: %s, selector: {app.kubernetes.io/name: qbittorrent}, ports: [{port: 8080, nodePort: 30080}]}, status: {loadBalancer: {}}}`, nth(d.Cluster.ServiceCIDR, 200)))
				return []Expectation{expect(noSideDoor, "service", "service", d.Downloads, "torrents", Kube)}
			},
		},
		{
			Name: "ingress-beside", Rule: noSideDoor, Way: "ingress", Broken: true, Needs: []string{"radarr"},
			About: "An Ingress leads to radarr past its gateway.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Core, `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: movies}, spec: {ingressClassName: nginx,
rules: [{host: movies.example.net, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: radarr, port: {number: 7878}}}}]}}]}}`)
				return []Expectation{expect(noSideDoor, "ingress", "ingress", d.Core, "movies", Kube)}
			},
		},
		{
			Name: "host-port", Rule: noSideDoor, Way: "host-port", Broken: true, Needs: []string{"qbittorrent"},
			About: "qbittorrent's container takes a port of the host.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Downloads).Application("qbittorrent").Kube.HostPort = 6881
				return []Expectation{expect(noSideDoor, "host-port", "application", d.Downloads, "qbittorrent", Kube)}
			},
		},
		{
			Name: "exposed", Rule: noSideDoor, Way: "exposed", Broken: true, Needs: []string{"plex"},
			About: "plex was exposed.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("plex").Exposed = true
				return []Expectation{expect(noSideDoor, "exposed", "application", d.Core, "plex", Juju)}
			},
		},
		{
			Name: "route-to-vpn-gateway", Rule: noSideDoor, Way: "route-to-vpn-gateway", Broken: true,
			About: "A route leads to the VPN gateway.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Gateway, routeByHand("control", d.Core, "admin-gateway", "gluetun"))
				return []Expectation{expect(noSideDoor, "route-to-vpn-gateway", "httproute", d.Gateway, "control", Kube)}
			},
		},
		{
			Name: "route-to-nowhere", Rule: orphanRoute, Way: "no-gateway", Broken: true,
			About: "A route names a gateway that is gone.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Core, routeByHand("storage", d.Core, "old-gateway", "storage"))
				return []Expectation{expect(orphanRoute, "no-gateway", "httproute", d.Core, "storage", Kube)}
			},
		},
		{
			Name: "route-without-service", Rule: orphanRoute, Way: "no-service", Broken: true,
			About: "A route leads to a Service that is gone.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Core, routeByHand("books", d.Core, "arr-gateway", "readarr"))
				return []Expectation{expect(orphanRoute, "no-service", "httproute", d.Core, "books", Kube)}
			},
		},
		{
			Name: "route-by-hand", Rule: orphanRoute, Way: "no-relation", Broken: true, Needs: []string{"flaresolverr"},
			About: "Somebody made a route to flaresolverr.",
			Change: func(d *Deployment) []Expectation {
				d.apply(d.Core, routeByHand("solver", d.Core, "arr-gateway", "flaresolverr"))
				return []Expectation{expect(orphanRoute, "no-relation", "httproute", d.Core, "solver", Both)}
			},
		},
		{
			Name: "admin-open", Rule: "ingress/admin-restricted", Broken: true,
			About: "admin-gateway was never restricted to the home network.",
			Change: func(d *Deployment) []Expectation {
				delete(d.Model(d.Core).Application("admin-gateway").Options, admitted)
				return []Expectation{onApplication("ingress/admin-restricted", d.Core, "admin-gateway", Juju, Kube)}
			},
		},
		{
			Name: "open-without-tls", Rule: "ingress/gateway-tls", Broken: true,
			About: "arr-gateway takes traffic from everywhere, and has no certificate.",
			Change: func(d *Deployment) []Expectation {
				delete(d.Model(d.Core).Application("arr-gateway").Options, admitted)
				return []Expectation{expect("ingress/gateway-tls", "", "model", d.Core, d.Core, Juju, Kube)}
			},
		},
		{
			Name: "tailscale-admin-gateway", Rule: byTailscale, Way: "admin-gateway", Broken: true,
			About: "Tailscale exposes admin-gateway.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("admin-gateway").Kube.GatewayAnnotations = map[string]string{"tailscale.com/expose": "true"}
				return []Expectation{expect(byTailscale, "admin-gateway", "application", d.Core, "admin-gateway", Kube)}
			},
		},
		{
			Name: "tailscale-application", Rule: byTailscale, Way: "application", Broken: true, Needs: []string{"radarr"},
			About: "Tailscale exposes radarr itself.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("radarr").Kube.ServiceAnnotations = map[string]string{"tailscale.com/expose": "true"}
				return []Expectation{expect(byTailscale, "application", "service", d.Core, "radarr", Kube)}
			},
		},
		{
			Name: "tailscale-funnel", Rule: byTailscale, Way: "funnel", Broken: true,
			About: "Funnel opens media-gateway to the Internet.",
			Change: func(d *Deployment) []Expectation {
				d.Model(d.Core).Application("media-gateway").Kube.GatewayAnnotations = map[string]string{
					"tailscale.com/expose": "true", "tailscale.com/funnel": "true",
				}
				return []Expectation{expect(byTailscale, "funnel", "service", d.Core, "media-gateway-istio", Kube)}
			},
		},
		{
			Name: "tailscale-on-mesh", Rule: outOfTheMesh, Way: "operator",
			About: "The namespace of Tailscale's operator was put on the mesh.",
			Change: func(d *Deployment) []Expectation {
				d.OtherNamespaces = map[string]map[string]string{"tailscale": {"istio.io/dataplane-mode": "ambient"}}
				return []Expectation{{
					Rule: outOfTheMesh, Way: "operator", VisibleIn: []Form{Kube},
					Subject: Subject{Kind: "namespace", Namespace: "tailscale", Name: "tailscale"},
				}}
			},
		},
	}
}

func routeByHand(name, namespace, gateway, backend string) string {
	return fmt.Sprintf(`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: %s},
spec: {parentRefs: [{name: %s, namespace: %s}], rules: [{backendRefs: [{name: %s, port: 80}]}]}}`, name, gateway, namespace, backend)
}
