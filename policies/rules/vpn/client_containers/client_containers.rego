# METADATA
# title: The pods of a VPN client have the containers that route them, as the charms lay them
# description: |
#   An application goes through the VPN gateway because of two containers in its pods:
#   vpn-route-init lays the routes before anything else runs, vpn-route-sidecar lays
#   them again when the gateway was lost. A pod without the first has the routes that
#   every pod has, and shows this household's address. One without the second loses
#   its connection for good when the gateway restarts.
#
#   Looked at: the pod templates of every application of which some pod or template
#   has one of the two, and its running pods: that both are there, run pod-gateway's
#   scripts, may change routes (NET_ADMIN), know their gateway and read their
#   settings; the version of the image; and whether templates and pods are of the
#   settings that the ConfigMap holds now. A client that has neither container nor
#   kill switch is told of by vpn/client-behind-gateway and
#   vpn/client-waits-for-gateway, which gateway they name by
#   vpn/cross-model-gateway, and what the settings say by vpn/client-settings.
# schemas:
#   - input: schema.stack
# custom:
#   id: vpn/client-containers
#   level: error
#   adr: ["networking/adr-003#what-gets-patched-consumer-side", "networking/adr-003#client-side-requirements"]
#   needs:
#     - [kube.workloads@downloads]
#     - [kube.pods@downloads]
#   subjects: [workload, pod]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} get statefulset {name} -o yaml
#   ways:
#     - id: missing
#       title: One of the containers is missing
#     - id: container
#       title: A container is not as the charm makes it
#     - id: image
#       title: A container is of another version of pod-gateway
#     - id: not-rolled-out
#       title: A running pod is not what its template says
#     - id: old-settings
#       title: Its pods have settings that have changed since
#   security: "7.0"
package rules.vpn.client_containers

import data.lib.egress
import data.lib.text

wanted := {"vpn-route-init": "client_init.sh", "vpn-route-sidecar": "client_sidecar.sh"}

# behind are the applications that go through a gateway, as some pod shows.
behind := [app |
	some app in input.applications
	app.egress.signs[0]
	"containers" in app.egress.signs
	not app.life in egress.leaving
]

# objects are their templates; their pods where there is no template.
objects contains {"id": app.id, "subject": workload.subject, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name]), "at": workload.at, "lists": [workload.init_containers, workload.containers]} if {
	some app in behind
	some workload in app.workloads
}

objects contains {"id": app.id, "subject": pod.subject, "object": sprintf("Pod %s/%s", [pod.namespace, pod.name]), "at": pod.at, "lists": [pod.init_containers, pod.containers]} if {
	some app in behind
	app.workloads == []
	some pod in app.pods
	not pod.phase in {"Succeeded", "Failed"}
}

# laid are the containers in them that lay routes.
laid := [{"id": x.id, "subject": x.subject, "object": x.object, "at": x.at, "container": container} |
	some x in objects
	some list in x.lists
	some container in list
	wanted[container.name]
]

violations contains {
	"subject": x.subject,
	"way": "missing",
	"message": sprintf("%s lacks container %s: %s", [x.object, text.joined(lacking), consequence("vpn-route-init" in lacking)]),
	"at": x.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("application %s goes through a VPN gateway by its other pods or containers", [x.id]), "at": x.at, "object": x.object}],
	"remediation": again(x.subject.model, x.subject.namespace, x.id),
} if {
	some x in objects
	lacking := {name | some name, _ in wanted} - {laying.container.name | some laying in laid; laying.object == x.object}
	lacking != set()
	some list in x.lists
	list != [] # of one without any container it was not read what it runs
}

consequence(true) := "its pods have the routes of any pod, and only a kill switch keeps what they send from showing this household's address."

consequence(false) := "when the gateway restarts, its pods lose their connection and nobody lays their routes again."

again(model, namespace, id) := [
	egress.reconcile(model, application(id)),
	sprintf("kubectl -n %s rollout status statefulset %s", [namespace, application(id)]),
]

application(id) := regex.replace(id, "^.*/", "")

faults := {object: facts | some object, facts in wrong}

# faults are what is not as the charms make it, by object and container.
wrong[x.object] contains {"fact": sprintf("container %s runs %s and not %s", [x.container.name, concat(" ", x.container.command), wanted[x.container.name]]), "at": x.container.at, "object": x.object} if {
	some x in laid
	x.container.command != []
	not contains(concat(" ", x.container.command), wanted[x.container.name])
}

wrong[x.object] contains {"fact": sprintf("container %s may not change routes: it lacks capability NET_ADMIN", [x.container.name]), "at": x.container.at, "object": x.object} if {
	some x in laid
	x.container.privileged != "yes"
	count({c | some c in x.container.capabilities} & {"NET_ADMIN", "CAP_NET_ADMIN", "ALL"}) == 0
}

wrong[x.object] contains {"fact": sprintf("container %s has no variable gateway, which names its VPN gateway", [x.container.name]), "at": x.container.at, "object": x.object} if {
	some x in laid
	not "gateway" in {variable.key | some variable in x.container.env}
}

wrong[x.object] contains {"fact": sprintf("container %s mounts no settings at /config", [x.container.name]), "at": x.container.at, "object": x.object} if {
	some x in laid
	not "/config" in {mount.path | some mount in x.container.mounts}
}

violations contains {
	"subject": x.subject,
	"way": "container",
	"message": sprintf("%s has route containers that cannot do their work: %s. Its pods do not start, or do not go through the gateway.", [x.object, text.joined({fault.fact | some fault in faults[x.object]})]),
	"at": x.at,
	"state": "effective",
	"evidence": sort(faults[x.object]),
	"remediation": again(x.subject.model, x.subject.namespace, x.id),
} if {
	some x in objects
	faults[x.object]
}

violations contains {
	"subject": x.subject,
	"way": "image",
	"level": "warning",
	"message": sprintf("%s has container %s of image %s; the charms were tested with pod-gateway v1.13.0, and what its scripts do differs between versions.", [x.object, text.joined({y.container.name | some y in drifted; y.object == x.object}), x.container.image]),
	"at": x.container.image_at,
	"state": "effective",
	"evidence": [],
	"remediation": [sprintf("juju refresh -m %s %s", [x.subject.model, application(x.id)])],
} if {
	some x in drifted
}

drifted contains x if {
	some x in laid
	not endswith(split(x.container.image, "@")[0], "/pod-gateway:v1.13.0")
}

# made are the settings and containers that a template gives its pods.
hash := "charmarr.io/gateway-client-config-hash"

violations contains {
	"subject": pod.subject,
	"way": "not-rolled-out",
	"message": sprintf("Pod %q runs without what %s %q gives its pods: %s. It goes on as it was until it is made anew.", [pod.name, workload.kind, workload.name, text.joined(lacking)]),
	"at": pod.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s %s has %s", [workload.kind, workload.name, text.joined(lacking)]), "at": workload.at, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name])}],
	"remediation": [
		sprintf("kubectl -n %s delete pod %s  # its %s makes it anew", [pod.namespace, pod.name, workload.kind]),
		sprintf("kubectl -n %s rollout status %s %s", [pod.namespace, lower(workload.kind), workload.name]),
	],
} if {
	some app in behind
	some workload in app.workloads
	some pod in app.pods
	not pod.phase in {"Succeeded", "Failed"}
	runs := {container.name | some container in pod.init_containers} | {container.name | some container in pod.containers}
	given := {container.name | some container in workload.init_containers; wanted[container.name]} | {container.name | some container in workload.containers; wanted[container.name]}
	lacking := given - runs
	lacking != set()
}

violations contains {
	"subject": workload.subject,
	"way": "old-settings",
	"level": "warning",
	"message": sprintf("%s %q makes pods for other settings than ConfigMap %q holds now: they keep routes that the gateway has since changed.", [workload.kind, workload.name, client.settings.name]),
	"at": workload.at,
	"state": "effective",
	"evidence": [{"fact": sprintf("annotation %s is %s, and the settings make %s", [hash, object.get(written, hash, "not there"), client.settings.hash]), "at": workload.at, "object": sprintf("%s %s/%s", [workload.kind, workload.namespace, workload.name])}],
	"remediation": again(workload.subject.model, workload.namespace, app.id),
} if {
	some client in input.vpn_clients
	some app in behind
	app.id == client.id
	client.settings.known
	some workload in app.workloads
	written := {hash: annotation.value | some annotation in workload.annotations; annotation.key == hash}
	object.get(written, hash, "") != client.settings.hash
}

undecided contains {"subject": x.subject, "missing": sprintf("kube.workloads: what container %s of %s runs is not said", [x.container.name, x.object])} if {
	some x in laid
	x.container.command == []
}
