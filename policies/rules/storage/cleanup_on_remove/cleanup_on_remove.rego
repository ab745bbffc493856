# METADATA
# title: Removing the storage, or its model, leaves the media where they are
# description: |
#   With cleanup-on-remove, which is on unless it is turned off, the storage deletes its
#   claim when it is removed. What becomes of the data then is for the volume to say:
#   one that a storage class made is deleted with its claim, as a rule, and the whole
#   library with it. Volumes for NFS and hostPath are kept, and their data with them.
#
#   Looked at: the backend and cleanup-on-remove of each storage, and the reclaim policy
#   of the volume. A volume that goes with its claim is told of as a note even where
#   nothing deletes the claim: to destroy the model deletes it as well.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/cleanup-on-remove
#   level: warning
#   adr: ["storage/adr-002", "apps/adr-005"]
#   needs:
#     - [juju.applications@core, juju.config@core]
#     - [kube.persistentvolumeclaims@core, kube.persistentvolumes@core]
#   subjects: [persistentvolumeclaim]
#   states: [planned, declared, effective]
#   remediation:
#     - "kubectl get persistentvolume  # then, for that of {namespace}/{name}: kubectl patch persistentvolume VOLUME -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'"
#   ways:
#     - id: with-charm
#       title: The data go when the charm is removed
#     - id: with-claim
#       title: The data go when the claim is deleted
#   disputed: |
#     The description of the charm's option calls false its default, and the default is
#     true. The rule follows the default. Charmarr's Terraform sets true on purpose, for
#     NFS and hostPath, where nothing is lost.
package rules.storage.cleanup_on_remove

import data.lib.media

# deleted are the claims whose data go with them: as their volume says, else as
# storage classes do unless told otherwise.
deleted contains {"subject": claim.subject, "storage": claim.storage, "at": claim.at, "state": claim.state, "claim": sprintf("%s/%s", [claim.namespace, claim.name]), "policy": sprintf("reclaim policy %s of volume %s", [claim.reclaim, claim.volume]), "policy_at": claim.reclaim_at, "volume": claim.volume} if {
	some claim in input.media.claims
	claim.reclaim in {"Delete", "Recycle"}
}

deleted contains {"subject": claim.subject, "storage": claim.storage, "at": claim.at, "state": claim.state, "claim": sprintf("%s/%s", [claim.namespace, claim.name]), "policy": "a storage class deletes a volume with its claim, unless its own reclaim policy says otherwise", "policy_at": claim.backing.at, "volume": ""} if {
	some claim in input.media.claims
	claim.reclaim == ""
	claim.backing.kind == "storage-class"
}

violations contains {
	"subject": gone.subject,
	"way": "with-charm",
	"message": sprintf("Storage %q in model %q deletes claim %s when it is removed (cleanup-on-remove%s), and the data go with it (%s): the whole library is lost.", [storage.name, storage.model, gone.claim, said(storage.cleanup_said), gone.policy]),
	"at": storage.cleanup_at,
	"state": storage.options_state,
	"evidence": [{"fact": gone.policy, "at": gone.policy_at, "object": ""}],
	"remediation": array.concat([sprintf("juju config -m %s %s cleanup-on-remove=false", [storage.model, storage.name])], keep(gone.volume)),
} if {
	some gone in deleted
	storage := media.storage[gone.storage]
	storage.cleanup == "yes"
	storage.backend == "storage-class"
}

said(true) := "=true"

said(false) := " is true unless it is set"

keep("") := []

keep(volume) := [sprintf("kubectl patch persistentvolume %s -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'", [volume])] if volume != ""

violations contains {
	"subject": gone.subject,
	"way": "with-claim",
	"level": "note",
	"message": sprintf("Whoever deletes claim %s deletes the data with it (%s): to destroy the model, or its namespace, does so.", [gone.claim, gone.policy]),
	"at": gone.policy_at,
	"state": gone.state,
	"remediation": keep(gone.volume),
} if {
	some gone in deleted
	gone.volume != ""
	not gone.storage in sweeping
}

sweeping := {storage.id | some storage in input.media.storages; storage.cleanup == "yes"; storage.backend == "storage-class"}

undecided contains {
	"subject": claim.subject,
	"missing": sprintf("kube.persistentvolumes: what becomes of the data of claim %s/%s when it is deleted", [claim.namespace, claim.name]),
} if {
	some claim in media.used
	claim.part in {"core", "single"}
	claim.reclaim == ""
	claim.backing.kind == ""
}
