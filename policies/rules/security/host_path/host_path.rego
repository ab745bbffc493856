# METADATA
# title: No application sees files of the node that it has no use for
# description: |
#   A path of the node in a pod is a way around everything that keeps the pod to
#   itself. Charmarr has two uses for one: the graphics card of the media server
#   (/dev/dri), and the media themselves, where they are on the node, through a volume
#   of their own.
#
#   Looked at: volumes of type hostPath in the pods of Charmarr's applications; for
#   /dev/dri, whether the option that wants it is on; and whether the path of the media
#   is one that the node itself lives on. Volumes that a storage class makes on the node
#   are its business.
# schemas:
#   - input: schema.stack
# custom:
#   id: security/host-path
#   level: warning
#   adr: ["apps/adr-009", "apps/adr-005"]
#   needs:
#     - [kube.workloads]
#     - [kube.pods]
#   subjects: [application, persistentvolumeclaim]
#   states: [planned, declared, effective]
#   remediation:
#     - kubectl -n {namespace} get statefulset {name} -o yaml
#   ways:
#     - id: pod
#       title: A pod has a path of the node
#     - id: device-left-over
#       title: A pod has the graphics card, and its option is off
#     - id: media
#       title: The media are in a directory of the node's own
#   security: "6.0"
package rules.security.host_path

import data.lib.media
import data.lib.stack

violations contains {
	"subject": app.subject,
	"way": "pod",
	"message": sprintf("The pods of %q in namespace %q have %s of their node, which their charm does not ask for: whoever breaks into one reads, and may change, what the node has there.", [app.name, app.namespace, privilege.value]),
	"at": privilege.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s has a volume for %s", [privilege.object, privilege.value]), "at": privilege.at, "object": privilege.object}],
	"remediation": [
		sprintf("kubectl -n %s get statefulset %s -o yaml --show-managed-fields  # who added it", [app.namespace, app.name]),
		sprintf("kubectl -n %s patch statefulset %s -p '%s'", [app.namespace, app.name, json.marshal({"spec": {"template": {"spec": without}}})]),
	],
} if {
	some app in input.applications
	some privilege in app.privileges
	privilege.kind == "host-path"
	privilege.expected == "no"
	privilege.reason == ""
	without := object.union({"volumes": [{"$patch": "delete", "name": privilege.volume}]}, {list: mounts |
		some list in {mount.list | some mount in privilege.mounts}
		mounts := [{"name": mount.container, "volumeMounts": [{"$patch": "delete", "mountPath": mount.path}]} | some mount in privilege.mounts; mount.list == list]
	})
}

violations contains {
	"subject": app.subject,
	"way": "device-left-over",
	"message": sprintf("The pods of %q in namespace %q have %s of their node, and %s: the charm did not take it away, and whoever breaks into one reaches the device.", [app.name, app.namespace, privilege.value, privilege.reason]),
	"at": privilege.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s has a volume for %s", [privilege.object, privilege.value]), "at": privilege.at, "object": privilege.object}],
	"remediation": [media.reconcile(app.model, app.name)],
} if {
	some app in input.applications
	some privilege in app.privileges
	privilege.kind == "host-path"
	privilege.expected == "no"
	privilege.reason != ""
}

violations contains {
	"subject": claim.subject,
	"way": "media",
	"message": sprintf("Claim %s/%s leads to %s, where the node keeps what it lives on: everyone who mounts the media can change it.", [claim.namespace, claim.name, claim.backing.words]),
	"at": claim.backing.at,
	"state": claim.state,
	"remediation": ["kubectl get persistentvolume  # move the media to a directory of their own, such as /srv/media, and make the volume anew"],
} if {
	some claim in media.reference
	claim.backing.system
	claim.class == ""
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("kube.workloads: whether the charm of %q in namespace %q, which is not known, asks for %s of the node", [app.name, app.namespace, privilege.value]),
} if {
	some app in input.applications
	some privilege in app.privileges
	privilege.kind == "host-path"
	privilege.expected == ""
	not app.life in stack.leaving
}
