# METADATA
# title: No two storages want the same claim or the same volume
# description: |
#   The storage charm calls its claim charmarr-shared-media, and for NFS and hostPath
#   its volume charmarr-shared-media-pv, whatever the application is called. A second
#   one in a model works on the first one's claim. One in another model of the cluster
#   wants the first one's volume, which can be bound to one claim: the second claim
#   stays Pending. And whichever is removed takes the volume from the other.
#
#   Looked at: the storages of each model, and the volumes that claims for the media
#   name and storages make, over all models of the cluster.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/one-storage
#   level: error
#   adr: ["storage/adr-002"]
#   needs:
#     - [juju.applications, juju.config]
#     - [kube.persistentvolumeclaims@core, kube.persistentvolumeclaims@downloads]
#   subjects: [application, persistentvolumeclaim]
#   states: [planned, declared, effective]
#   remediation:
#     - juju remove-application -m {model} {name}
#   ways:
#     - id: one-claim
#       title: Two storages of a model work on one claim
#     - id: one-volume
#       title: Two claims want one volume
#   disputed: |
#     networking/adr-006 has media users in two models, and storage/adr-002 one storage
#     with names that never change: a second storage in the other model cannot work with
#     NFS or hostPath. The rule says so; a second volume made by hand can.
package rules.storage.one_storage

import data.lib.media
import data.lib.stack

violations contains {
	"subject": storage.subject,
	"way": "one-claim",
	"message": sprintf("%q and %q in model %q both make claim charmarr-shared-media: the second works on the claim of the first, and the one that is removed may take it away from the other.", [storage.name, first, storage.model]),
	"at": storage.at,
	"state": stack.juju_state(storage.options_state, storage.state),
	"remediation": [
		sprintf("juju config -m %s %s cleanup-on-remove=false  # so that the claim stays", [storage.model, storage.name]),
		sprintf("juju remove-application -m %s %s", [storage.model, storage.name]),
	],
} if {
	some storage in media.staying
	names := sort([other.name | some other in media.staying; other.model == storage.model])
	first := names[0]
	storage.name != first
}

violations contains {
	"subject": clash.holder.subject,
	"way": "one-volume",
	"message": sprintf(
		"Claim %s wants volume %q, and so does %s%s, which has it: a volume is bound to one claim, so this one stays Pending, and so do the pods that mount it.",
		[clash.holder.id, clash.value, clash.others[0].id, elsewhere(clash.holder.stack, clash.others[0].stack)],
	),
	"at": clash.holder.at,
	"state": clash.holder.state,
	"evidence": [{"fact": other.by, "at": other.at, "object": ""} | some other in clash.others],
	"remediation": array.concat(media.free(clash.holder.subject.model), media.second(clash.holder.subject.namespace, "charmarr-shared-media")),
} if {
	some clash in input.clashes
	clash.kind == "volume"
	not clash.first
}

elsewhere(own, own) := ""

elsewhere(own, other) := sprintf(" of stack %s", [other]) if own != other

undecided contains {
	"subject": storage.subject,
	"missing": sprintf("juju.config: which backend %q in model %q has", [storage.name, storage.model]),
} if {
	some storage in media.staying
	not storage.options_known
	count([claim | some claim in input.media.claims; claim.storage == storage.id; claim.found == "yes"]) == 0
}
