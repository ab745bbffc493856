# METADATA
# title: Everyone who mounts the media sees the same data
# description: |
#   A manager imports a finished download with a hard link, which takes no space and
#   lets the client go on seeding. That needs one directory of one file system. Where
#   the namespaces have volumes of their own with something else behind them, the
#   managers find no downloads at all, or everything is copied and stands on disk twice.
#
#   Looked at: the claims that applications of the stack mount, the volumes they are
#   bound to and what holds their data; where those were not read, what the options of
#   the storage in that model make. Two servers that bear different names, and volumes
#   of drivers that say no more than a handle, are undecided. How many nodes share a
#   hostPath is told by storage/backend-configured.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/one-filesystem
#   level: error
#   adr: ["storage/adr-001"]
#   needs:
#     - [kube.workloads@core, kube.workloads@downloads, kube.persistentvolumeclaims@core, kube.persistentvolumeclaims@downloads, kube.persistentvolumes@core]
#     - [juju.applications@core, juju.applications@downloads, juju.relations@core, juju.relations@downloads, juju.config@core, juju.config@downloads]
#   subjects: [persistentvolumeclaim]
#   states: [planned, declared, effective]
#   remediation:
#     - kubectl -n {namespace} get persistentvolumeclaim {name}
#   disputed: |
#     storage/adr-001 wants one claim for all, networking/adr-006 two models and so two
#     namespaces with a claim each. The rule asks that both lead to the same data.
package rules.storage.one_filesystem

import data.lib.media
import data.lib.text

violations contains {
	"subject": claim.subject,
	"message": sprintf(
		"Claim %q in namespace %q, for %s, leads to %s, while the others use %s: downloads cannot be imported with hard links, and stand on disk twice or are not found at all.",
		[claim.name, claim.namespace, text.listed(users), claim.backing.words, claim.apart_from],
	),
	"at": media.place(claim.backing.at, claim.at),
	"state": claim.state,
	"evidence": [{"fact": sprintf("the others use claim %s", [claim.apart_from]), "at": claim.apart_at, "object": ""}],
	"remediation": array.concat(
		array.concat(scaled(claim.namespace, users, 0), media.free(claim.namespace)),
		array.concat(
			[sprintf("kubectl -n %s delete persistentvolumeclaim %s  # once what only this volume holds has been copied over", [claim.namespace, claim.name])],
			array.concat(media.second(claim.namespace, claim.name), scaled(claim.namespace, users, 1)),
		),
	),
} if {
	some claim in media.used
	claim.apart == "yes"
	users := media.users[[claim.namespace, claim.name]]
}

scaled(model, names, scale) := [sprintf("juju scale-application -m %s %s %d", [model, name, scale]) | some name in names]

undecided contains {
	"subject": claim.subject,
	"missing": sprintf("kube.persistentvolumes: whether claim %s/%s (%s) leads to the same data as %s", [claim.namespace, claim.name, claim.backing.words, claim.apart_from]),
} if {
	some claim in media.used
	claim.apart == ""
}
