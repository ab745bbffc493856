# METADATA
# title: Every container runs an image that stays the same
# description: |
#   An image with the tag latest, or with none, is another one whenever a pod starts
#   on a node that does not have it: an application is upgraded because a node was
#   rebooted, and nothing says from what to what. Charmarr's charms name a version of
#   each image.
#
#   Looked at: the images of the containers of Charmarr's and Istio's workloads, or
#   of the pods where those were not read. One with a digest stays the same whatever
#   its tag. The images of vpn-route-init and vpn-route-sidecar are
#   vpn/client-containers' concern.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/image-pinned
#   level: note
#   adr: ["apps/adr-014#oci-image-strategy"]
#   needs:
#     - [kube.workloads]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - juju attach-resource -m {model} {name} CONTAINER-image=IMAGE:VERSION
package rules.ops.image_pinned

import data.lib.stack
import data.lib.text

loose[app.id] contains {"container": container.name, "image": container.image, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]), "place": container.image_at} if {
	some app in input.applications
	some workload in app.workloads
	some container in workload.containers
	container.pinned == "no"
	not container.name in told
	app.group != ""
}

loose[app.id] contains {"container": container.name, "image": container.image, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]), "place": container.image_at} if {
	some app in input.applications
	some workload in app.workloads
	some container in workload.init_containers
	container.pinned == "no"
	not container.name in told
	app.group != ""
}

loose[app.id] contains {"container": container.name, "image": container.image, "object": sprintf("Pod %s/%s", [pod.namespace, pod.name]), "place": container.image_at} if {
	some app in input.applications
	app.workloads == []
	app.group != ""
	some pod in app.pods
	some containers in [pod.init_containers, pod.containers]
	some container in containers
	container.pinned == "no"
	not container.name in told
}

told := {"vpn-route-init", "vpn-route-sidecar"}

violations contains {
	"subject": app.subject,
	"message": sprintf(
		"%q in namespace %q runs %s: which version that is depends on when and where its pod was started last.",
		[app.name, app.namespace, text.joined({sprintf("%s from image %s", [c.container, c.image]) | some c in found})],
	),
	"at": [c.place | some c in found][0],
	"state": "effective",
	"evidence": [{"fact": sprintf("container %s runs image %s", [c.container, c.image]), "at": c.place, "object": c.object} | some c in found],
	"remediation": array.concat(
		[sprintf("kubectl -n %s get pods -l app.kubernetes.io/name=%s -o jsonpath='{.items[*].status.containerStatuses[*].imageID}'  # what runs now", [app.namespace, app.name])],
		[sprintf("juju attach-resource -m %s %s %s-image=%s:VERSION", [app.model, app.name, name, image]) |
			some [name, image] in {[c.container, regex.replace(c.image, `:latest$`, "")] | some c in found}
		],
	),
} if {
	some id, found in loose
	app := stack.application[id]
}
