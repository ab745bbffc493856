# METADATA
# title: Nothing of the cluster is numbered from the network of the VPN's overlay
# description: |
#   Clients and gateway number their overlay from 172.16.0.0/24, which the charms do not
#   let anyone choose. What else has an address there, a node or a Service say, is out
#   of reach of every client, or the client's route to its gateway is.
#
#   Looked at: the addresses of the deployment's pods and Services, of the cluster's
#   DNS and API, of the nodes and their pod networks, and the networks that are kept
#   out of the tunnel.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/vxlan-network-free
#   level: error
#   adr: ["networking/adr-002#architecture"]
#   needs:
#     - [juju.config@gateway, kube.pods, kube.services, kube.nodes]
#     - [kube.configmaps@downloads, kube.pods, kube.services, kube.nodes]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - kubectl get nodes,services,pods -A -o wide
package rules.vpn.vxlan_network_free

import data.lib.text
import data.lib.vpn

violations contains {
	"subject": gateway.subject,
	"message": sprintf(
		"VPN gateway %q in model %q and its clients number their overlay from %s, where %s, too: clients do not reach it, or not their gateway.",
		[gateway.name, gateway.model, gateway.vxlan_network, text.joined({sprintf("%s has %s", [claim.object, claim.address]) | some claim in gateway.vxlan_overlaps})],
	),
	"at": gateway.vxlan_overlaps[0].at,
	"state": state(claimed, gateway.options_state),
	"evidence": [{"fact": sprintf("%s has %s", [claim.object, claim.address]), "at": claim.at, "object": ""} | some claim in gateway.vxlan_overlaps],
	"remediation": [
		sprintf("kubectl get nodes,services,pods -A -o wide  # what has an address in %s; it needs another", [gateway.vxlan_network]),
		sprintf("juju config -m %s %s cluster-cidrs  # and no network here may overlap it", [gateway.model, gateway.name]),
	],
} if {
	some gateway in vpn.gateways
	gateway.vxlan_overlaps != []
	claimed := [claim | some claim in gateway.vxlan_overlaps; claim.object != gateway.networks_by]
}

state([], declared) := declared if declared != ""

state(claimed, _) := "effective" if claimed != []

state([], "") := "effective"
