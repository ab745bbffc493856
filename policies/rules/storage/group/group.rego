# METADATA
# title: Everyone writes the media as the same group
# description: |
#   What the clients download the managers move, and the media server reads. That works
#   while all of them have the group that owns the files: fsGroup of their pods, which
#   is option pgid of the storage. One with another group finds files that it may not
#   rename or delete, and imports fail one by one.
#
#   Looked at: fsGroup of the pod templates that have the media, what the storage told
#   their units (pgid), else the storage's option; where neither was read, whether all
#   of a claim have the same. Which user the processes run as stands in no manifest.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/group
#   level: warning
#   adr: ["apps/adr-015", "interfaces/adr-005"]
#   needs:
#     - [kube.workloads@core, kube.workloads@downloads]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} get statefulset {name} -o yaml
#   ways:
#     - id: not-the-storages
#       title: Its group is not the storage's
#     - id: not-alike
#       title: Its group is not that of the others
package rules.storage.group

import data.lib.media

mounted contains {"user": user.id, "object": mount.object, "at": media.place(mount.group_at, mount.at), "group": mount.group, "claim": [user.model, mount.source]} if {
	some user in input.media.users
	not user.leaving
	some mount in user.mounts
	mount.kind != ""
}

said("") := "none"

said(group) := group if group != ""

violations contains {
	"subject": user.subject,
	"way": "not-the-storages",
	"message": sprintf("The pods of %q in namespace %q have fsGroup %s, and the media belong to group %s (%s): it cannot change or delete what the others write, nor they what it writes.", [user.name, user.model, said(found.group), user.group, user.group_by]),
	"at": found.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("fsGroup of %s is %s", [found.object, said(found.group)]), "at": found.at, "object": found.object}],
	"remediation": [media.reconcile(user.model, user.name)],
} if {
	some user in input.media.users
	user.group != ""
	some found in mounted
	found.user == user.id
	found.group != user.group
}

# groups counts, for each claim whose group nobody tells, who has which.
groups[found.claim] contains [found.group, found.user] if {
	some found in mounted
	not told[found.user]
}

told[user.id] if {
	some user in input.media.users
	user.group != ""
}

# usual is the group that most of a claim's users have.
usual[claim] := group if {
	some claim, pairs in groups
	ranked := sort([[count([1 | some [group, _] in pairs; group == own]), own] | some own in {group | some [group, _] in pairs}])
	group := ranked[count(ranked) - 1][1]
}

violations contains {
	"subject": user.subject,
	"way": "not-alike",
	"message": sprintf("The pods of %q in namespace %q have fsGroup %s, and the others that mount the media %s: it cannot change or delete what they write, nor they what it writes.", [user.name, user.model, said(found.group), said(usual[found.claim])]),
	"at": found.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("fsGroup of %s is %s", [found.object, said(found.group)]), "at": found.at, "object": found.object}],
	"remediation": [media.reconcile(user.model, user.name)],
} if {
	some user in input.media.users
	some found in mounted
	found.user == user.id
	not told[user.id]
	found.group != usual[found.claim]
}
