# METADATA
# title: Every user of the media mounts them at /data in the container that works on them
# description: |
#   All of Charmarr's applications speak of the same paths, /data/media and
#   /data/torrents. An application whose container does not have the volume there
#   writes into its own pod instead: downloads are gone at the next restart, and
#   nobody else sees them.
#
#   Looked at: volume charmarr-shared-data in the pod template of each application that
#   Juju relates to a storage or that has the volume, and where its charm's own
#   container mounts it. An application that is not related to a storage is told of by
#   relation/required, whether the claim is there by storage/claim-in-namespace.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/mounted-at-data
#   level: error
#   adr: ["storage/adr-003", "apps/adr-004", "interfaces/adr-005"]
#   needs:
#     - [kube.workloads@core, kube.workloads@downloads]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} get statefulset {name} -o yaml
#   ways:
#     - id: not-mounted
#       title: Its pods do not have the volume
#     - id: other-container
#       title: The container that works on the media does not mount it
#     - id: other-path
#       title: It mounts it at another path
package rules.storage.mounted_at_data

import data.lib.media
import data.lib.stack
import data.lib.text

mounted contains {"user": user.id, "object": mount.object, "at": mount.at, "kind": mount.kind, "path": mount.path, "path_at": mount.path_at, "source_at": mount.source_at, "others": mount.others} if {
	some user in input.media.users
	not user.leaving
	user.container != ""
	some mount in user.mounts
}

violations contains {
	"subject": user.subject,
	"way": "not-mounted",
	"message": sprintf("%q in namespace %q is related to a storage (%s), and its pods do not have the volume: it has no media, and what it writes to %s is gone with its pod.", [user.name, user.model, user.relation, user.path]),
	"at": found.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("no volume charmarr-shared-data in %s", [found.object]), "at": found.at, "object": found.object}],
	"remediation": array.concat(
		[sprintf("juju trust -m %s %s --scope=cluster  # without it the charm cannot change its pods", [user.model, user.name]) | stack.application[user.id].trust != "yes"],
		[media.reconcile(user.model, user.name)],
	),
} if {
	some user in input.media.users
	user.related == "yes"
	some found in mounted
	found.user == user.id
	found.kind == ""
}

violations contains {
	"subject": user.subject,
	"way": "other-container",
	"message": sprintf("Container %q of %q in namespace %q does not mount the media (%s does): what it writes to %s is gone with its pod, and nobody else sees it.", [user.container, user.name, user.model, instead(found.others), user.path]),
	"at": found.source_at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s has volume charmarr-shared-data", [found.object]), "at": found.source_at, "object": found.object}],
	"remediation": [media.reconcile(user.model, user.name)],
} if {
	some user in input.media.users
	some found in mounted
	found.user == user.id
	found.kind != ""
	found.path == ""
}

instead([]) := "none"

instead(others) := text.joined(others) if others != []

violations contains {
	"subject": user.subject,
	"way": "other-path",
	"message": sprintf("Container %q of %q in namespace %q mounts the media at %s, and everyone speaks of %s: it finds nothing that the others name, and they find nothing of its.", [user.container, user.name, user.model, found.path, user.path]),
	"at": found.path_at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s mounts charmarr-shared-data at %s", [found.object, found.path]), "at": found.path_at, "object": found.object}],
	"remediation": [
		sprintf("kubectl -n %s get statefulset %s -o yaml  # take the mount at %s out", [user.model, user.name, found.path]),
		media.reconcile(user.model, user.name),
	],
} if {
	some user in input.media.users
	some found in mounted
	found.user == user.id
	not found.path in {"", user.path}
}

undecided contains {
	"subject": user.subject,
	"missing": sprintf("juju.relations: whether %q in namespace %q, which has no volume for the media, is related to a storage", [user.name, user.model]),
} if {
	some user in input.media.users
	user.related == ""
	some mount in user.mounts
	mount.kind == ""
}
