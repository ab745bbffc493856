# METADATA
# title: The storage is configured for a backend that can work, and its volume is of that one
# description: |
#   Without a complete backend the storage stays blocked, and everyone who waits for its
#   volume with it. A backend cannot be changed afterwards: the charm then refuses to do
#   anything, or fails on what Kubernetes does not let it change, and the volume stays
#   what it was. A path on the node is another directory on each node.
#
#   Looked at: the options of each storage, as the charm and Kubernetes check them; the
#   claim and volume that are there, against them; and, for a path on the node, how many
#   nodes there are and which of them the media are used on.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/backend-configured
#   level: error
#   adr: ["apps/adr-005", "storage/adr-002"]
#   needs:
#     - [juju.applications@core, juju.config@core]
#     - [kube.persistentvolumeclaims@core, kube.persistentvolumes@core]
#   subjects: [application, persistentvolumeclaim]
#   states: [planned, declared, effective]
#   remediation:
#     - juju config -m {model} {name} backend-type=native-nfs nfs-server=SERVER nfs-path=/EXPORT
#   ways:
#     - id: unset
#       title: It has no backend
#     - id: incomplete
#       title: Its backend lacks an option
#     - id: refused
#       title: An option has a value that is not taken
#     - id: changed
#       title: Its volume is not what the options say
#     - id: several-nodes
#       title: A path on the node is used on a cluster of several nodes
package rules.storage.backend_configured

import data.lib.media
import data.lib.text

judged := [storage | some storage in media.staying; storage.options_known]

violations contains {
	"subject": storage.subject,
	"way": "unset",
	"message": sprintf("Storage %q in model %q has no backend-type: it stays blocked, and so does everyone who waits for its volume.", [storage.name, storage.model]),
	"at": storage.at,
	"state": storage.options_state,
	"remediation": [sprintf("juju config -m %s %s backend-type=native-nfs nfs-server=SERVER nfs-path=/EXPORT  # or hostpath, on a cluster of one node; or storage-class", [storage.model, storage.name])],
} if {
	some storage in judged
	storage.backend == ""
}

violations contains {
	"subject": storage.subject,
	"way": "incomplete",
	"message": sprintf("Storage %q in model %q has backend-type=%s and no %s: it stays blocked, and so does everyone who waits for its volume.", [storage.name, storage.model, storage.backend, text.joined(storage.missing)]),
	"at": storage.backend_at,
	"state": storage.options_state,
	"remediation": [sprintf("juju config -m %s %s %s", [storage.model, storage.name, concat(" ", [sprintf("%s=…", [option]) | some option in storage.missing])])],
} if {
	some storage in judged
	storage.missing != []
}

violations contains {
	"subject": storage.subject,
	"way": "refused",
	"message": sprintf("Option %s=%s of storage %q in model %q is not taken (%s): its volume cannot be made, or made larger.", [refused.option, refused.value, storage.name, storage.model, refused.reason]),
	"at": refused.at,
	"state": storage.options_state,
	"remediation": [sprintf("juju config -m %s %s %s=%s", [storage.model, storage.name, refused.option, object.get(example, refused.option, "…")])],
} if {
	some storage in judged
	some refused in storage.refused
}

example := {
	"backend-type": "native-nfs", "nfs-path": "/tank/media", "nfs-server": "192.168.1.20", "hostpath": "/srv/media",
	"access-mode": "ReadWriteMany", "size": "2Ti",
}

violations contains {
	"subject": storage.subject,
	"way": "changed",
	"message": sprintf("Storage %q in model %q says %s=%s, and what is there has %s (%s): a volume does not change, so the option has no effect or stops the charm.", [storage.name, storage.model, changed.option, changed.value, changed.found, changed.object]),
	"at": changed.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s has %s", [changed.object, changed.found]), "at": changed.found_at, "object": changed.object}],
	"remediation": [sprintf("juju config -m %s %s %s=%s  # or move the data to a new claim and volume", [storage.model, storage.name, changed.option, changed.found])],
} if {
	some storage in judged
	some changed in storage.changed
}

# local is the claim that leads to a path on the node, made by nobody who sees to it
# that pods go to that node.
local := [claim | some claim in media.reference; claim.backing.kind == "hostPath"; claim.class == ""]

violations contains {
	"subject": claim.subject,
	"way": "several-nodes",
	"level": level,
	"message": sprintf("Claim %q in namespace %q leads to %s, and %s: on each node that is another directory, so that not everyone sees the same media.", [claim.name, claim.namespace, claim.backing.words, why]),
	"at": media.place(claim.backing.at, claim.at),
	"state": claim.state,
	"remediation": ["kubectl get nodes  # share the directory by NFS, and make the storage anew with backend-type=native-nfs"],
} if {
	some claim in local
	nodes := {node | some other in media.used; some node in other.nodes}
	some [level, why] in spread(count(nodes), text.joined(nodes), claim.cluster_nodes)
}

spread(used, names, _) := [["error", sprintf("its users run on %s", [names])]] if used > 1

spread(used, _, all) := [["warning", sprintf("the cluster has %d nodes", [all])]] if {
	used < 2
	all > 1
}

spread(used, _, all) := [] if {
	used < 2
	all < 2
}

undecided contains {
	"subject": storage.subject,
	"missing": sprintf("juju.config: how %q in model %q is configured", [storage.name, storage.model]),
} if {
	some storage in media.staying
	not storage.options_known
	count([claim | some claim in input.media.claims; claim.storage == storage.id; claim.found == "yes"]) == 0
}
