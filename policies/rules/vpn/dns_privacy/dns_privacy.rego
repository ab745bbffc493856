# METADATA
# title: The cluster's DNS tells nobody in the clear what is looked up
# description: |
#   Clients of the VPN look up names by the cluster's DNS, and what that does not know
#   it asks its own resolvers, past the tunnel: whoever runs them, or the line to them,
#   sees which trackers and indexers this household asks for.
#
#   Looked at: where CoreDNS forwards names that are not the cluster's, in ConfigMap
#   coredns of namespace kube-system. Resolvers over TLS and resolvers of one's own
#   network (which may ask others in the clear) are fine; the node's resolvers and
#   public ones are a note. Only with a client behind a VPN gateway.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/dns-privacy
#   level: note
#   adr: ["networking/adr-002#consequences"]
#   needs:
#     - [juju.relations@downloads, kube.system@downloads]
#     - [kube.workloads@downloads, kube.system@downloads]
#   subjects: [configmap]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} edit configmap {name}
package rules.vpn.dns_privacy

import data.lib.text
import data.lib.vpn

subject := {"kind": "configmap", "model": "", "namespace": "kube-system", "name": "coredns"}

# open are the resolvers that are asked in the clear.
open contains sprintf("the node's resolvers (%s)", [upstream.to]) if {
	some upstream in input.cluster.dns.upstreams
	upstream.kind == "file"
}

open contains upstream.to if {
	some upstream in input.cluster.dns.upstreams
	upstream.public
}

violations contains {
	"subject": subject,
	"message": sprintf(
		"CoreDNS asks %s in the clear for what it does not know, past the VPN: who answers there, or listens, sees which trackers and indexers %s look up.",
		[text.joined(open), text.listed([client.name | some client in vpn.clients])],
	),
	"at": input.cluster.dns.corefile_at,
	"state": "effective",
	"remediation": ["kubectl -n kube-system edit configmap coredns  # forward . tls://9.9.9.9 { tls_servername dns.quad9.net }"],
} if {
	vpn.clients != []
	count(open) > 0
}

undecided contains {
	"subject": subject,
	"missing": "kube.system: ConfigMap coredns of namespace kube-system",
} if {
	vpn.clients != []
	not input.cluster.dns.corefile_known
}
