# METADATA
# title: The NFS server is no node of the cluster
# description: |
#   A node that mounts NFS from itself can lock up: to free memory it has to write to a
#   server that waits for memory. Charmarr's own documents warn of it. What is then seen
#   is a node that hangs under load, with all that runs on it.
#
#   Looked at: the NFS server of the media volume, or of the storage's options where the
#   volume was not read, against the addresses and names of the nodes. A server that is
#   given by a name that is no node's is undecided, for the name may be of any address.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/no-loopback-nfs
#   level: warning
#   adr: ["apps/adr-005", "storage/adr-002"]
#   needs:
#     - [kube.nodes@core, kube.persistentvolumeclaims@core, kube.persistentvolumes@core]
#     - [kube.nodes@core, juju.applications@core, juju.config@core]
#   subjects: [persistentvolumeclaim]
#   states: [planned, declared, effective]
#   remediation:
#     - kubectl get nodes -o wide
package rules.storage.no_loopback_nfs

import data.lib.media

# claims are the claims behind which a node is the server, by that node, in order.
claims[node] := sort([[claim.namespace, claim.name] | some claim in media.used; claim.backing.server_node == node]) if {
	some served in media.used
	node := served.backing.server_node
	node != ""
}

violations contains {
	"subject": claim.subject,
	"level": level(on, node),
	"message": sprintf("The media of claim %s/%s are on %s, and that is node %q of the cluster: a node that mounts NFS from itself can lock up, with all that runs on it.", [claim.namespace, claim.name, claim.backing.words, node]),
	"at": media.place(claim.backing.at, claim.at),
	"state": claim.state,
	"remediation": [
		"kubectl get nodes -o wide  # serve the media from a host that is no node",
		sprintf("kubectl -n %s get pods -o wide  # until then keep those who mount them off node %s", [claim.namespace, node]),
	],
} if {
	some claim in media.used
	node := claim.backing.server_node
	claims[node][0] == [claim.namespace, claim.name]
	on := {own | some other in media.used; some own in other.nodes}
}

# Where its users are known to run elsewhere nothing is wrong yet.
level(on, node) := "note" if {
	count(on) > 0
	not node in on
}

level(on, node) := "warning" if node in on

level(on, _) := "warning" if count(on) == 0

undecided contains {
	"subject": claim.subject,
	"missing": sprintf("kube.nodes: whether NFS server %s of claim %s/%s is a node: its name is none's", [claim.backing.server, claim.namespace, claim.name]),
} if {
	some claim in media.used
	claim.backing.server_named
	claim.apart_from == "" # the others are on the same, or told of by storage/one-filesystem
}
