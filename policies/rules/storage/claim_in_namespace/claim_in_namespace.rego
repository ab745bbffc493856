# METADATA
# title: The claim that applications mount is there, in their own namespace
# description: |
#   The storage tells its users the name of a claim and nothing else, and a claim is
#   of one namespace. Where another model has none of that name, the pods of those who
#   are related to the storage stay Pending, while Juju shows every relation as it
#   should be. A claim without a volume is of no more use.
#
#   Looked at: the claim of volume charmarr-shared-data, whether it is in the namespace
#   of the pods, and what Kubernetes says of it. That a volume is bound to somebody
#   else's claim is told by storage/one-storage, what is behind the volume by
#   storage/one-filesystem.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/claim-in-namespace
#   level: error
#   adr: ["storage/adr-001", "storage/adr-003"]
#   needs:
#     - [kube.workloads@core, kube.workloads@downloads, kube.persistentvolumeclaims@core, kube.persistentvolumeclaims@downloads]
#   subjects: [persistentvolumeclaim]
#   states: [declared, effective]
#   remediation:
#     - kubectl -n {namespace} get persistentvolumeclaim
#   ways:
#     - id: missing
#       title: The namespace has no such claim
#     - id: no-volume
#       title: The claim names a volume that is not there
#     - id: lost
#       title: The claim has lost its volume
#     - id: pending
#       title: The claim waits for a volume
#   disputed: |
#     networking/adr-006 puts the download clients into another model than the storage;
#     storage/adr-001 wants one claim for all, which is of one namespace. Both are met
#     by a second volume, made by hand in the other namespace, that leads to the same
#     data; the charms cannot make it. The rule asks for that claim.
package rules.storage.claim_in_namespace

import data.lib.media
import data.lib.text

violations contains {
	"subject": claim.subject,
	"way": "missing",
	"message": sprintf(
		"Namespace %q has no claim %q, and %s cannot start without it: their storage passes on a name, and a claim of another namespace is of no use here.",
		[claim.namespace, claim.name, text.listed(users)],
	),
	"at": claim.at,
	"state": claim.state,
	"remediation": made(claim.storage, claim.namespace, claim.name),
} if {
	some claim in media.used
	claim.found == "no"
	users := media.users[[claim.namespace, claim.name]]
}

made("", namespace, claim) := media.second(namespace, claim)

made(id, _, _) := [media.reconcile(media.storage[id].model, media.storage[id].name)] if id != ""

violations contains {
	"subject": claim.subject,
	"way": "no-volume",
	"message": sprintf("Claim %q in namespace %q names volume %q, which does not exist: it waits for it, and %s cannot start.", [claim.name, claim.namespace, claim.volume, text.listed(users)]),
	"at": claim.at,
	"state": "effective",
	"remediation": [
		sprintf("kubectl get persistentvolume  # whether the data are held by one of another name; %s has to be made anew", [claim.volume]),
		sprintf("kubectl -n %s describe persistentvolumeclaim %s", [claim.namespace, claim.name]),
	],
} if {
	some claim in media.used
	claim.volume_found == "no"
	claim.phase != "Lost"
	users := media.users[[claim.namespace, claim.name]]
}

violations contains {
	"subject": claim.subject,
	"way": "lost",
	"message": sprintf("Claim %q in namespace %q has lost its volume %q: what %s wrote there is out of reach, and no pod that mounts it starts again.", [claim.name, claim.namespace, claim.volume, text.listed(users)]),
	"at": claim.at,
	"state": "effective",
	"remediation": [
		"kubectl get persistentvolume  # whether the data is still held by one, and by which",
		sprintf("kubectl -n %s delete persistentvolumeclaim %s  # then make it again for that volume", [claim.namespace, claim.name]),
	],
} if {
	some claim in media.used
	claim.phase == "Lost"
	users := media.users[[claim.namespace, claim.name]]
}

violations contains {
	"subject": claim.subject,
	"way": "pending",
	"level": "warning",
	"message": sprintf("Claim %q in namespace %q has no volume yet (Pending): until it has one, %s cannot start, and the storage says that it is active all the same.", [claim.name, claim.namespace, text.listed(users)]),
	"at": claim.at,
	"state": "effective",
	"remediation": [sprintf("kubectl -n %s describe persistentvolumeclaim %s  # what it waits for", [claim.namespace, claim.name])],
} if {
	some claim in media.used
	claim.phase == "Pending"
	claim.held_by == ""
	claim.volume_found != "no"
	users := media.users[[claim.namespace, claim.name]]
}

undecided contains {
	"subject": claim.subject,
	"missing": sprintf("kube.persistentvolumeclaims: whether namespace %q has claim %q", [claim.namespace, claim.name]),
} if {
	some claim in media.used
	claim.found == ""
	not claim.part in {"core", "downloads", "single"} # of those the needs say it
}
