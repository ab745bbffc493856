# METADATA
# title: The media volume may be mounted wherever its users run
# description: |
#   A volume that one node may write to (ReadWriteOnce) holds everyone who mounts it on
#   one node: a pod that is scheduled to another stays Pending. On a cluster of one node
#   that is all right.
#
#   Looked at: the access modes of the claims for the media, or the option of the
#   storage where the claims were not read; the nodes that the pods of its users run
#   on, and how many nodes there are.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/access-mode
#   level: error
#   adr: ["storage/adr-001"]
#   needs:
#     - [kube.persistentvolumeclaims@core, kube.persistentvolumeclaims@downloads]
#     - [juju.applications@core, juju.config@core, juju.relations@core, juju.relations@downloads]
#   subjects: [persistentvolumeclaim]
#   states: [planned, declared, effective]
#   remediation:
#     - kubectl -n {namespace} get persistentvolumeclaim {name}
#   ways:
#     - id: several-nodes
#       title: Its users run on several nodes, and one may write
#     - id: one-pod
#       title: Only one pod may mount it
#     - id: read-only
#       title: Nobody may write
#     - id: pinned
#       title: All its users are held on one of several nodes
package rules.storage.access_mode

import data.lib.media
import data.lib.text

# narrow are the claims that not everyone can write to, wherever they run.
narrow := [claim | some claim in media.used; claim.modes != []; not "ReadWriteMany" in claim.modes]

once := [claim | some claim in narrow; "ReadWriteOnce" in claim.modes]

violations contains {
	"subject": claim.subject,
	"way": "several-nodes",
	"message": sprintf("Claim %q in namespace %q may be mounted by one node (ReadWriteOnce), and the pods of %s are on %s: those on another node than the volume do not start.", [claim.name, claim.namespace, text.listed(media.users[[claim.namespace, claim.name]]), text.joined(claim.nodes)]),
	"at": claim.modes_at,
	"state": claim.state,
	"remediation": wider(claim.storage, claim.namespace, claim.name),
} if {
	some claim in once
	count(claim.nodes) > 1
}

violations contains {
	"subject": claim.subject,
	"way": "pinned",
	"level": "note",
	"message": sprintf("Claim %q in namespace %q may be mounted by one node (ReadWriteOnce): of the %d nodes of the cluster, one has to run all that mount it (%s), and nothing runs when that is down.", [claim.name, claim.namespace, claim.cluster_nodes, text.listed(media.users[[claim.namespace, claim.name]])]),
	"at": claim.modes_at,
	"state": claim.state,
	"remediation": wider(claim.storage, claim.namespace, claim.name),
} if {
	some claim in once
	count(claim.nodes) < 2
	claim.cluster_nodes > 1
}

violations contains {
	"subject": claim.subject,
	"way": "one-pod",
	"message": sprintf("Claim %q in namespace %q may be mounted by one pod alone (ReadWriteOncePod), and %s want it: all but one stay Pending.", [claim.name, claim.namespace, text.listed(media.users[[claim.namespace, claim.name]])]),
	"at": claim.modes_at,
	"state": claim.state,
	"remediation": wider(claim.storage, claim.namespace, claim.name),
} if {
	some claim in narrow
	"ReadWriteOncePod" in claim.modes
	count(claim.users) > 1
}

violations contains {
	"subject": claim.subject,
	"way": "read-only",
	"message": sprintf("Nobody may write to claim %q in namespace %q (ReadOnlyMany): %s can neither download nor import.", [claim.name, claim.namespace, text.listed(media.users[[claim.namespace, claim.name]])]),
	"at": claim.modes_at,
	"state": claim.state,
	"remediation": wider(claim.storage, claim.namespace, claim.name),
} if {
	some claim in narrow
	claim.modes == ["ReadOnlyMany"]
}

wider("", namespace, claim) := [sprintf("kubectl -n %s get persistentvolumeclaim %s -o yaml  # make it anew with accessModes: [ReadWriteMany]; a claim's modes do not change", [namespace, claim])]

wider(id, _, _) := [
	"kubectl get storageclass  # one that can be shared between nodes, such as NFS",
	sprintf("juju config -m %s %s access-mode=ReadWriteMany storage-class=CLASS  # has effect on a claim that is made anew", [media.storage[id].model, media.storage[id].name]),
] if {
	id != ""
}

undecided contains {
	"subject": claim.subject,
	"missing": sprintf("kube.persistentvolumeclaims: how claim %s/%s may be mounted", [claim.namespace, claim.name]),
} if {
	some claim in media.used
	claim.modes == []
}

undecided contains {
	"subject": claim.subject,
	"missing": sprintf("kube.nodes: whether the cluster has one node, which is all that claim %s/%s allows", [claim.namespace, claim.name]),
} if {
	some claim in once
	count(claim.nodes) < 2
	claim.cluster_nodes == 0
}
