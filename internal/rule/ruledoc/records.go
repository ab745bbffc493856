package ruledoc

import "strings"

// Record is an architecture decision record of Charmarr.
type Record struct {
	Short string // as rules refer to it: networking/adr-006
	File  string // in github.com/charmarr/charmarr
	Title string
	// Clauses are the parts of the record that rules assert.
	Clauses []Clause
}

// Clause is a part of a record.
type Clause struct {
	Anchor string // as rules refer to it, after the #
	Title  string // as the record heads it
	Says   string // what it asks for, in one sentence
	// Heading says that the clause is a heading of its own, so that a link can
	// point at it.
	Heading bool
}

// URL is where the record can be read.
func (r Record) URL() string { return "https://github.com/charmarr/charmarr/blob/main/" + r.File }

// Find looks up a reference like "networking/adr-006#model-1". The clause is
// empty for a reference to a whole record; ok is false where the record or the
// clause is not known.
func Find(ref string) (record Record, clause Clause, ok bool) {
	short, anchor, hasAnchor := strings.Cut(ref, "#")
	for _, r := range Records() {
		if r.Short != short {
			continue
		}
		if !hasAnchor {
			return r, Clause{}, true
		}
		for _, c := range r.Clauses {
			if c.Anchor == anchor {
				return r, c, true
			}
		}
		return r, Clause{}, false
	}
	return Record{}, Clause{}, false
}

// Records lists the decision records that rules refer to.
func Records() []Record {
	return []Record{
		{
			Short: "networking/adr-001", File: "adr/networking/adr-001-ingress.md",
			Title: "Ingress Networking Architecture for Charmarr Stack",
			Clauses: []Clause{
				{Anchor: "decision-outcome", Title: "Decision Outcome", Heading: true,
					Says: "Separate ingress gateways serve separate security domains."},
				{Anchor: "architecture-details", Title: "Architecture Details", Heading: true,
					Says: "Three istio-ingress-k8s gateways: arr for content management, media for streaming, admin for download clients; each service is attached to the one of its class."},
				{Anchor: "consequences", Title: "Consequences", Heading: true,
					Says: "Each gateway is a border of its own; certificates for names of one's own are left to the operator."},
			},
		},
		{
			Short: "networking/adr-002", File: "adr/networking/adr-002-vpn-gateway.md",
			Title: "VPN Gateway Solution for Download Clients",
			Clauses: []Clause{
				{Anchor: "decision-outcome", Title: "Decision Outcome", Heading: true,
					Says: "One gluetun gateway with pod-gateway carries the traffic of the download clients."},
				{Anchor: "architecture", Title: "Architecture", Heading: true,
					Says: "Clients reach the gateway over VXLAN, and the gateway reaches the provider over WireGuard."},
				{Anchor: "gateway-side-requirements", Title: "Gateway-Side Requirements", Heading: true,
					Says: "What the gateway's pod must hold to forward the clients' traffic."},
				{Anchor: "consequences", Title: "Consequences", Heading: true,
					Says: "What the gateway brings with it, such as names that are looked up past the tunnel."},
				{Anchor: "jujupebble-health-probe-gotcha-critical", Title: "Juju/Pebble Health Probe Gotcha (CRITICAL)", Heading: true,
					Says: "cluster-cidrs names the networks of pods, Services and nodes, or the kubelet's probes of the gateway fail."},
			},
		},
		{
			Short: "networking/adr-003", File: "adr/networking/adr-003-download-client-egress.md",
			Title: "Download Client VPN Integration Method",
			Clauses: []Clause{
				{Anchor: "decision-outcome", Title: "Decision Outcome", Heading: true,
					Says: "A download client patches its own StatefulSet so that its traffic leaves through the gateway."},
				{Anchor: "what-gets-patched-consumer-side", Title: "What Gets Patched (Consumer Side)", Heading: true,
					Says: "The client's pod gets the route init container and sidecar and the gateway's settings."},
				{Anchor: "client-side-requirements", Title: "Client-Side Requirements", Heading: true,
					Says: "What the client's pod must hold to use the gateway."},
			},
		},
		{
			Short: "networking/adr-004", File: "adr/networking/adr-004-vpn-kill-switch.md",
			Title: "VPN Kill Switch Implementation Strategy",
			Clauses: []Clause{
				{Anchor: "decision-outcome", Title: "Decision Outcome", Heading: true,
					Says: "A NetworkPolicy blocks what a client would send past the tunnel."},
				{Anchor: "networkpolicy-ownership", Title: "NetworkPolicy Ownership", Heading: true,
					Says: "Each download client owns the NetworkPolicy of its own pods."},
				{Anchor: "networkpolicy-specification", Title: "NetworkPolicy Specification", Heading: true,
					Says: "Egress is allowed to cluster addresses and cluster DNS only."},
			},
		},
		{
			Short: "networking/adr-005", File: "adr/networking/adr-005-istio-mesh-vpn-integration.md",
			Title: "Istio Ambient Mesh Integration Strategy",
			Clauses: []Clause{
				{Anchor: "decision-outcome", Title: "Decision Outcome", Heading: true,
					Says: "Core services and download clients are in the ambient mesh; the VPN gateway is not."},
				{Anchor: "why-this-works-layer-separation", Title: "Why This Works: Layer Separation", Heading: true,
					Says: "Mesh traffic and tunnel traffic stay apart as long as ztunnel leaves the gateway's pod alone."},
				{Anchor: "namespace-enrollment", Title: "Namespace Enrollment", Heading: true,
					Says: "charmarr-core and charmarr-downloads are enrolled in the mesh; the gateway has a namespace of its own that is not."},
				{Anchor: "configuration-requirements", Title: "Configuration Requirements", Heading: true,
					Says: "What mesh and VPN settings must be for both to work together."},
				{Anchor: "cross-namespace-communication", Title: "Cross-Namespace Communication", Heading: true,
					Says: "Clients reach the gateway in another namespace by its full name."},
				{Anchor: "critical-ztunnel-link-local-address-routing", Title: "Critical: ztunnel Link-Local Address Routing", Heading: true,
					Says: "The link-local address of ztunnel's probes is not routed into the tunnel."},
			},
		},
		{
			Short: "networking/adr-006", File: "adr/networking/adr-006-model-topology.md",
			Title: "Multi-Model Deployment Topology",
			Clauses: []Clause{
				{Anchor: "decision-outcome", Title: "Decision Outcome", Heading: true,
					Says: "Content management and VPN-dependent downloads are separate models, so that the VPN's complexity stays with the downloads."},
				{Anchor: "consequences", Title: "Consequences", Heading: true,
					Says: "Ingress gateways stay in core with what they serve, and download clients talk to core through the mesh."},
				{Anchor: "model-1", Title: "Model 1: charmarr-core",
					Says: "The content services and the three ingress gateways are here, and the namespace is enrolled in the ambient mesh."},
				{Anchor: "model-2", Title: "Model 2: charmarr-downloads",
					Says: "The download clients are here and enrolled in the ambient mesh; the VPN gateway is not enrolled and has a namespace of its own."},
				{Anchor: "cross-model-relations", Title: "Cross-model relations",
					Says: "Core offers, downloads consumes, and the two are related through the offer."},
			},
		},
		{Short: "apps/adr-006", File: "adr/apps/adr-006-gluetun-k8s.md", Title: "Gluetun-K8s Charm Implementation",
			Clauses: []Clause{
				{Anchor: "namespace-and-service-mesh", Title: "Namespace and Service Mesh", Heading: true,
					Says: "The gateway is deployed to a namespace of its own that is not enrolled in the mesh."},
				{Anchor: "provider-requirements-matrix", Title: "Provider Requirements Matrix", Heading: true,
					Says: "Which options each provider needs."},
				{Anchor: "multi-unit-deployment", Title: "Multi-Unit Deployment", Heading: true,
					Says: "One unit runs the gateway; others stand by."},
			}},
		{Short: "apps/adr-007", File: "adr/apps/adr-007-qbit-sabnzbd.md", Title: "Download Client Charm Implementation (qBittorrent/SABnzbd)"},
		{Short: "apps/adr-001", File: "adr/apps/adr-001-v1-apps.md", Title: "V1 Application Scope"},
		{Short: "apps/adr-002", File: "adr/apps/adr-002-cross-app-auth.md", Title: "Authentication and Credential Management"},
		{Short: "apps/adr-003", File: "adr/apps/adr-003-recyclarr-integration.md", Title: "Recyclarr Integration in Arr Charms for Automated Quality Profile Management"},
		{Short: "apps/adr-004", File: "adr/apps/adr-004-radarr-sonarr.md", Title: "Media Manager Charm Implementation (Radarr/Sonarr)"},
		{Short: "apps/adr-005", File: "adr/apps/adr-005-charmarr-storage.md", Title: "Charmarr Storage Charm Implementation"},
		{Short: "apps/adr-008", File: "adr/apps/adr-008-prowlarr.md", Title: "Prowlarr Charm Implementation (Indexer Manager)"},
		{Short: "apps/adr-009", File: "adr/apps/adr-009-plex.md", Title: "Plex Media Server Charm Implementation"},
		{Short: "apps/adr-010", File: "adr/apps/adr-010-overseer.md", Title: "Overseerr Charm Implementation"},
		{Short: "apps/adr-011", File: "adr/apps/adr-011-tailscale-connector.md", Title: "Tailscale Connector Charm Implementation"},
		{Short: "apps/adr-012", File: "adr/apps/adr-012-app-scaling-v1.md", Title: "Scaling Constraints for Charmarr v1 Charms",
			Clauses: []Clause{
				{Anchor: "decision-outcome", Title: "Decision Outcome", Heading: true,
					Says: "Of several units the leader's alone runs its workload; the others idle, blocked."},
			}},
		{Short: "apps/adr-013", File: "adr/apps/adr-013-app-scaling-v2.md", Title: "Scaling Constraints and Multi-Unit Architecture",
			Clauses: []Clause{
				{Anchor: "scaling-summary-by-charm-type", Title: "Scaling Summary by Charm Type", Heading: true,
					Says: "Which charms run as one unit, and which may be scaled."},
			}},
		{Short: "apps/adr-014", File: "adr/apps/adr-014-release-flow.md", Title: "Charm and Terraform Release Flow",
			Clauses: []Clause{
				{Anchor: "version-alignment", Title: "Version Alignment", Heading: true,
					Says: "Charms are published on latest/edge and on N/stable, all from one branch each."},
				{Anchor: "oci-image-strategy", Title: "OCI Image Strategy", Heading: true,
					Says: "Every image is pinned to a version."},
				{Anchor: "platform-requirements", Title: "Platform Requirements", Heading: true,
					Says: "Charms are made for Juju 3.6 and Kubernetes 1.28 and newer."},
			}},
		{Short: "apps/adr-015", File: "adr/apps/adr-015-pebble-linuxserver-pattern.md", Title: "Pebble with LinuxServer.io Images"},
		{Short: "apps/adr-016", File: "adr/apps/adr-016-seerr.md", Title: "Seerr Charm Implementation"},
		{Short: "interfaces/adr-001", File: "adr/interfaces/adr-001-charmarr-interfaces.md",
			Title: "Charmarr Interface Architecture - Capability-Based Relation Design",
			Clauses: []Clause{
				{Anchor: "interface-to-application-mapping", Title: "Interface-to-Application Mapping", Heading: true,
					Says: "Which application provides and which requires each interface; vpn-gateway is for download clients only."},
			}},
		{Short: "interfaces/adr-003", File: "adr/interfaces/adr-003-media-indexer.md", Title: "Media Indexer Interface Design"},
		{Short: "interfaces/adr-004", File: "adr/interfaces/adr-004-download-client.md", Title: "Download Client Interface Design"},
		{Short: "interfaces/adr-005", File: "adr/interfaces/adr-005-media-storage.md", Title: "Media Storage Interface Design"},
		{Short: "interfaces/adr-006", File: "adr/interfaces/adr-006-media-manager.md", Title: "Media Manager Interface Design with Quality Profile Integration"},
		{Short: "interfaces/adr-007", File: "adr/interfaces/adr-007-vpn-gateway.md", Title: "VPN Gateway Interface"},
		{Short: "interfaces/adr-002", File: "adr/interfaces/adr-002-secret-management.md", Title: "Secret Management - Juju Secrets for API Key Distribution"},
		{Short: "lib/adr-000", File: "adr/lib/adr-000-charmarr-lib-structure.md", Title: "Charmarr-Lib Monorepo Structure"},
		{Short: "lib/adr-001", File: "adr/lib/adr-001-shared-arr-code.md", Title: "Shared Arr Infrastructure in charmarr-lib"},
		{Short: "lib/adr-002", File: "adr/lib/adr-002-charmarr-vpn.md", Title: "VPN-K8S-Lib: Pod-Gateway Integration Library"},
		{Short: "lib/adr-003", File: "adr/lib/adr-003-reconciliation-philosophy.md", Title: "Reconciliation Philosophy: When to Respect vs Override User Configuration"},
		{Short: "o11y/adr-001", File: "adr/o11y/adr-001-cos-integration-architecture.md", Title: "COS Integration Architecture"},
		{Short: "o11y/adr-002", File: "adr/o11y/adr-002-exporter-strategy.md", Title: "Per-App Exporter Strategy"},
		{Short: "o11y/adr-003", File: "adr/o11y/adr-003-dashboards-and-alerts.md", Title: "Dashboards and Alerts"},
		{Short: "o11y/adr-004", File: "adr/o11y/adr-004-sli-slo-strategy.md", Title: "SLI / SLO Strategy"},
		{Short: "o11y/adr-005", File: "adr/o11y/adr-005-gluetun-metrics-shim.md", Title: "Gluetun Metrics Shim"},
		{Short: "storage/adr-001", File: "adr/storage/adr-001-shared-pvc-architecture.md", Title: "Shared PVC Architecture for Media Storage"},
		{Short: "storage/adr-002", File: "adr/storage/adr-002-charmarr-storage-charm.md", Title: "Storage Charm as PVC Lifecycle Manager"},
		{Short: "storage/adr-003", File: "adr/storage/adr-003-pvc-patching-in-arr-charms.md", Title: "StatefulSet Volume Patching via Lightkube"},
		{Short: "storage/adr-004", File: "adr/storage/adr-004-config-storage.md", Title: "Config Storage Architecture for Charmarr Services"},
		{Short: "storage/adr-005", File: "adr/storage/adr-005-config-backup.md", Title: "Backup and Recovery Strategy for Charmarr Services",
			Clauses: []Clause{
				{Anchor: "decision-outcome", Title: "Decision Outcome", Heading: true,
					Says: "Velero backs up each service's configuration, as the service asks over relation velero-backup-config."},
			}},
	}
}
