package deployment

import "fmt"

// charm is what the description needs to know of a charm. Names, endpoints,
// containers and ports are those of the published charms.
type charm struct {
	channel    string
	revision   int
	message    string // status message of a healthy unit
	containers []container
	ports      []int // of the Service, as the charm opens them
	storage    *storage
	provides   map[string]string // endpoint: interface
	requires   map[string]string
	peers      map[string]string
	// policies are the endpoints whose peers the charm lets in through the
	// mesh, with the port.
	policies map[string]int
	// route says how the charm asks for a path on its ingress gateway.
	route *route
	// killSwitch is set on the charms that ask for one when they get a VPN.
	killSwitch bool
	// mediaContainer is the container that mounts the shared media volume.
	mediaContainer string
}

type container struct {
	name, image string
}

// letsIn returns the port at which peers of an endpoint are let in through the
// mesh. Every charm that shows its topology lets Crowsnest read it.
func (c charm) letsIn(endpoint string) (port int, ok bool) {
	if endpoint == "crowsnest" && c.provides[endpoint] != "" {
		return topologyPort, true
	}
	port, ok = c.policies[endpoint]
	return port, ok
}

type storage struct {
	size     int // MiB
	location string
	on       string // container
}

type route struct {
	name     string
	port     int
	rootOnly bool // served at / and nowhere else
	redirect bool // a second route sends the bare path to the one with a slash
}

func (c charm) endpoint(name string) (iface, role string) {
	if i, ok := c.provides[name]; ok {
		return i, "provider"
	}
	if i, ok := c.requires[name]; ok {
		return i, "requirer"
	}
	return c.peers[name], "peer"
}

const (
	charmarrChannel = "latest/edge"
	istioChannel    = "dev/edge"
	topologyPort    = 9099 // every Charmarr charm serves its own relations there
)

// charmOf returns the facts of a charm. A charm that is not in the table is a
// mistake in this package, so it panics.
func charmOf(name string) charm {
	switch name {
	case "radarr-k8s":
		return manager("radarr", 7878, "lscr.io/linuxserver/radarr:6.1.1.10360-ls299", 41)
	case "sonarr-k8s":
		return manager("sonarr", 8989, "lscr.io/linuxserver/sonarr:4.0.17.2952-ls308", 38)
	case "prowlarr-k8s":
		return charm{
			channel: charmarrChannel, revision: 36,
			containers: []container{
				{"prowlarr", "lscr.io/linuxserver/prowlarr:2.3.5.5327-ls141"},
				{"scraparr", "ghcr.io/thecfu/scraparr:3.0.3"},
			},
			ports:    []int{9696, topologyPort},
			storage:  &storage{1024, "/config", "prowlarr"},
			provides: provides("media-indexer", "velero-backup-config"),
			requires: requires("flaresolverr", "vpn-gateway", "istio-ingress-route", "ingress"),
			policies: map[string]int{"media-indexer": 9696},
			route:    &route{name: "prowlarr", port: 9696},
		}
	case "flaresolverr-k8s":
		return charm{
			channel: charmarrChannel, revision: 22,
			containers: []container{{"flaresolverr", "ghcr.io/flaresolverr/flaresolverr:v3.5.0"}},
			ports:      []int{8191, topologyPort},
			provides:   provides("flaresolverr"),
			requires:   requires(),
			policies:   map[string]int{"flaresolverr": 8191},
		}
	case "seerr-k8s":
		c := charm{
			channel: charmarrChannel, revision: 9,
			containers: []container{{"seerr", "ghcr.io/seerr-team/seerr:v3.2.0"}},
			ports:      []int{5055, topologyPort},
			storage:    &storage{1024, "/app/config", "seerr"},
			provides:   provides("velero-backup-config"),
			requires:   requires("media-manager", "media-server", "istio-ingress-route", "ingress"),
			route:      &route{name: "seerr", port: 5055, rootOnly: true},
		}
		for _, endpoint := range []string{"logging", "charm-tracing"} {
			delete(c.requires, endpoint)
		}
		delete(c.provides, "grafana-dashboard")
		return c
	case "overseerr-k8s":
		return charm{
			channel: charmarrChannel, revision: 18,
			containers: []container{{"overseerr", "lscr.io/linuxserver/overseerr:v1.35.0-ls159"}},
			ports:      []int{5055},
			storage:    &storage{1024, "/config", "overseerr"},
			provides:   map[string]string{"provide-cmr-mesh": "cross_model_mesh", "velero-backup-config": "velero_backup_config"},
			requires: map[string]string{
				"require-cmr-mesh": "cross_model_mesh", "service-mesh": "service_mesh", "media-manager": "media-manager",
				"media-server": "media-server", "istio-ingress-route": "istio_ingress_route",
			},
			route: &route{name: "overseerr", port: 5055, rootOnly: true},
		}
	case "velero-operator":
		return charm{
			channel: "latest/stable", revision: 411,
			provides: map[string]string{"metrics-endpoint": "prometheus_scrape", "grafana-dashboard": "grafana_dashboard"},
			requires: map[string]string{
				"s3-credentials": "s3", "azure-storage": "azure_storage", "azure-service-principal": "azure_service_principal",
				"gcs-credentials": "gcs", "velero-backups": "velero_backup_config",
			},
		}
	case "plex-k8s":
		return charm{
			channel: charmarrChannel, revision: 31,
			containers: []container{
				{"plex", "lscr.io/linuxserver/plex:1.43.1.10611-1e34174b1-ls301"},
				{"plex-exporter", "ghcr.io/axsuul/plex-media-server-exporter:2.1.0"},
			},
			ports:          []int{32400, topologyPort},
			storage:        &storage{10240, "/config", "plex"},
			provides:       provides("media-server", "velero-backup-config"),
			requires:       requires("media-storage", "media-manager", "istio-ingress-route", "ingress"),
			policies:       map[string]int{"media-server": 32400},
			route:          &route{name: "plex", port: 32400, rootOnly: true},
			mediaContainer: "plex",
		}
	case "charmarr-storage-k8s":
		return charm{
			channel: charmarrChannel, revision: 27, ports: []int{topologyPort},
			provides: provides("media-storage"), requires: requires(),
		}
	case "qbittorrent-k8s":
		c := downloadClient("qbittorrent", "lscr.io/linuxserver/qbittorrent:5.1.4-r2-ls447",
			container{"qbittorrent-exporter", "ghcr.io/martabal/qbittorrent-exporter:v2.0.1"}, 44)
		c.route.redirect = true
		return c
	case "sabnzbd-k8s":
		return downloadClient("sabnzbd", "lscr.io/linuxserver/sabnzbd:4.5.5-ls240",
			container{"sabnzbd-exporter", "docker.io/msroest/sabnzbd_exporter:0.1.80"}, 40)
	case "gluetun-k8s":
		c := charm{
			channel: charmarrChannel, revision: 33, message: "VPN connected (203.0.113.7)",
			containers: []container{
				{"gluetun", "ghcr.io/qdm12/gluetun:v3.41.1"},
				{"gluetun-exporter", "ghcr.io/thecfu/gluetun-exporter:0.1.1-standalone"},
			},
			ports:    []int{topologyPort},
			provides: provides("vpn-gateway"), requires: requires(),
		}
		delete(c.provides, "provide-cmr-mesh") // gluetun alone takes no part in the mesh across models
		delete(c.requires, "require-cmr-mesh")
		return c
	case "charmarr-crowsnest-k8s":
		c := charm{
			channel: charmarrChannel, revision: 12, ports: []int{topologyPort},
			provides: map[string]string{
				"provide-cmr-mesh": "cross_model_mesh", "metrics-endpoint": "prometheus_scrape", "grafana-dashboard": "grafana_dashboard",
				"grafana-source": "grafana_datasource", "sloth": "sloth",
			},
			requires: requires("istio-ingress-route", "ingress"),
		}
		c.requires["crowsnest"] = "crowsnest"
		return c
	case "opentelemetry-collector-k8s":
		return charm{
			channel: "2/stable", revision: 103,
			containers: []container{{"otelcol", "ghcr.io/canonical/opentelemetry-collector:0.130.1"}},
			provides: map[string]string{
				"receive-loki-logs": "loki_push_api", "receive-traces": "tracing", "grafana-dashboards-provider": "grafana_dashboard",
			},
			requires: map[string]string{
				"metrics-endpoint": "prometheus_scrape", "grafana-dashboards-consumer": "grafana_dashboard", "send-loki-logs": "loki_push_api",
				"send-traces": "tracing", "send-remote-write": "prometheus_remote_write", "service-mesh": "service_mesh",
			},
		}
	case "istio-k8s":
		return charm{
			channel: istioChannel, revision: 64,
			containers: []container{{"metrics-proxy", "docker.io/ubuntu/metrics-proxy:0.1.1-22.04_stable"}},
			provides: map[string]string{
				"istio-metadata": "istio_metadata", "metrics-endpoint": "prometheus_scrape", "grafana-dashboard": "grafana_dashboard",
			},
			requires: map[string]string{
				"istio-ingress-config": "istio_ingress_config", "charm-tracing": "tracing", "workload-tracing": "tracing",
			},
			peers: map[string]string{"peers": "istio_k8s_peers"},
		}
	case "istio-beacon-k8s":
		return charm{
			channel: istioChannel, revision: 58,
			containers: []container{{"metrics-proxy", "docker.io/ubuntu/metrics-proxy:0.1.1-22.04_stable"}},
			provides: map[string]string{
				"service-mesh": "service_mesh", "provide-cmr-mesh": "cross_model_mesh", "metrics-endpoint": "prometheus_scrape",
			},
			requires: map[string]string{"charm-tracing": "tracing"},
			peers:    map[string]string{"peers": "istio_beacon_k8s_peers"},
		}
	case "istio-ingress-k8s":
		return charm{
			channel: istioChannel, revision: 71,
			containers: []container{{"metrics-proxy", "docker.io/ubuntu/metrics-proxy:0.1.1-22.04_stable"}},
			provides: map[string]string{
				"ingress": "ingress", "ingress-unauthenticated": "ingress",
				"istio-ingress-route": "istio_ingress_route", "istio-ingress-route-unauthenticated": "istio_ingress_route",
				"gateway-metadata": "gateway_metadata", "istio-ingress-config": "istio_ingress_config",
				"istio-request-auth": "istio_request_auth", "metrics-endpoint": "prometheus_scrape",
			},
			requires: map[string]string{
				"certificates": "tls-certificates", "forward-auth": "forward_auth",
				"upstream-ingress": "ingress", "charm-tracing": "tracing",
			},
			peers: map[string]string{"peers": "istio_ingress_k8s_peers"},
		}
	}
	panic(fmt.Sprintf("charm %q is not in the table of package deployment", name))
}

func manager(name string, port int, image string, revision int) charm {
	return charm{
		channel: charmarrChannel, revision: revision,
		containers: []container{
			{name, image},
			{"recyclarr", "ghcr.io/recyclarr/recyclarr:7.5.2"},
			{"scraparr", "ghcr.io/thecfu/scraparr:3.0.3"},
		},
		ports:    []int{port, topologyPort},
		storage:  &storage{1024, "/config", name},
		provides: provides("media-manager", "velero-backup-config"),
		requires: requires("media-indexer", "download-client", "media-storage", "vpn-gateway",
			"istio-ingress-route", "ingress"),
		policies:       map[string]int{"media-manager": port, "media-indexer": port},
		route:          &route{name: name, port: port},
		mediaContainer: name,
	}
}

func downloadClient(name, image string, exporter container, revision int) charm {
	return charm{
		channel: charmarrChannel, revision: revision,
		containers: []container{{name, image}, exporter},
		ports:      []int{8080, topologyPort},
		storage:    &storage{1024, "/config", name},
		provides:   provides("download-client", "velero-backup-config"),
		requires:   requires("media-storage", "vpn-gateway", "istio-ingress-route", "ingress"),
		policies:   map[string]int{"download-client": 8080},
		route:      &route{name: name, port: 8080},
		killSwitch: true, mediaContainer: name,
	}
}

// provides returns the given endpoints and those that every Charmarr charm has.
func provides(names ...string) map[string]string {
	all := map[string]string{
		"provide-cmr-mesh": "cross_model_mesh", "crowsnest": "crowsnest",
		"metrics-endpoint": "prometheus_scrape", "grafana-dashboard": "grafana_dashboard",
	}
	for _, n := range names {
		all[n] = interfaceOf(n)
	}
	return all
}

func requires(names ...string) map[string]string {
	all := map[string]string{
		"require-cmr-mesh": "cross_model_mesh", "service-mesh": "service_mesh",
		"logging": "loki_push_api", "charm-tracing": "tracing",
	}
	for _, n := range names {
		all[n] = interfaceOf(n)
	}
	return all
}

// interfaceOf names the interface of an endpoint that all charms call the same.
func interfaceOf(endpoint string) string {
	switch endpoint {
	case "velero-backup-config":
		return "velero_backup_config"
	case "istio-ingress-route":
		return "istio_ingress_route"
	}
	return endpoint
}
