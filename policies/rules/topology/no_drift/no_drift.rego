# METADATA
# title: What Juju declares runs, and nothing else does
# description: |
#   The records keep the whole topology in Juju, so that a reader of it knows what
#   runs. What Kubernetes holds beside it is neither updated nor removed with the
#   deployment, and what Juju has and Kubernetes lacks serves nobody, whatever the
#   status says.
#
#   Looked at, where both were read: workloads and pods in the models' namespaces
#   that run no application; models without a namespace, applications without a
#   workload, and workloads of applications that Juju does not know; relations to a beacon whose labels were
#   never written, and mesh labels that nothing in Juju accounts for; relations to a
#   gateway without an HTTPRoute. Enrolment of services and download clients is told
#   of by mesh/core-enrolled and mesh/download-client-enrolled, that of the VPN
#   gateway by mesh/gateway-not-enrolled, a relation to a VPN gateway by
#   vpn/client-behind-gateway. Pods that are done, Juju's own, and Istio's are left
#   alone.
# schemas:
#   - input: schema.stack
# custom:
#   id: topology/no-drift
#   level: warning
#   adr: ["networking/adr-003#decision-outcome", "networking/adr-006#decision-outcome"]
#   needs:
#     - [juju.applications, juju.relations, kube.namespaces, kube.workloads, "kube.routes?", "kube.authorizationpolicies?"]
#   subjects: [application, model, namespace, pod, workload]
#   states: [declared, effective]
#   remediation:
#     - juju status -m {model} --relations {name}
#   ways:
#     - id: stray
#       title: Something runs in a model's namespace that is no application of it
#     - id: unknown-to-juju
#       title: The workload of an application runs that Juju does not know
#     - id: no-workload
#       title: Juju has an application of which nothing runs
#     - id: no-namespace
#       title: Juju has a model of which nothing runs
#     - id: mesh-not-effective
#       title: A relation to the beacon did not reach Kubernetes
#     - id: mesh-undeclared
#       title: Mesh labels stand that nothing in Juju accounts for
#     - id: route-not-effective
#       title: A relation to a gateway did not become a route
#     - id: policy-not-effective
#       title: A relation in the mesh did not become a policy that lets the peer in
package rules.topology.no_drift

import data.lib.ingress
import data.lib.mesh
import data.lib.stack
import data.lib.text

violations contains {
	"subject": stray.subject,
	"way": "stray",
	"message": sprintf(
		"%s %q runs in namespace %q, which is a Juju model, and is no application of that model: Juju neither updates nor removes it.",
		[stray.kind, stray.name, stray.namespace],
	),
	"at": stray.at,
	"state": stray.state,
	"evidence": [{"fact": "its labels name no application of the model", "at": stray.at, "object": sprintf("%s %s/%s", [stray.kind, stray.namespace, stray.name])}],
	"remediation": [
		sprintf("kubectl -n %s get %s %s -o yaml  # who made it, and for what?", [stray.namespace, lower(stray.kind), stray.name]),
		sprintf("kubectl -n %s delete %s %s  # where it is left over", [stray.namespace, lower(stray.kind), stray.name]),
	],
} if {
	some stray in input.strays
	stray.part != ""
	not stray.istio
}

violations contains {
	"subject": app.subject,
	"way": "unknown-to-juju",
	"message": sprintf(
		"%s %q in namespace %q is labelled as Juju's, and model %q has no application %q: it is left over, and runs on with what it was given last.",
		[app.workloads[0].kind, app.workloads[0].name, app.namespace, app.model, app.name],
	),
	"at": app.workloads[0].at,
	"state": "effective",
	"evidence": [{
		"fact": sprintf("label app.kubernetes.io/name=%s", [app.name]),
		"at": app.workloads[0].at,
		"object": sprintf("%s %s/%s", [app.workloads[0].kind, app.namespace, app.workloads[0].name]),
	}],
	"remediation": [
		sprintf("juju status -m %s  # is it the right controller?", [app.model]),
		sprintf("kubectl -n %s delete %s %s", [app.namespace, lower(app.workloads[0].kind), app.workloads[0].name]),
	],
} if {
	some app in input.applications
	app.declared == false
	app.workloads != []
	app.model in stack.read["juju.applications"]
}

violations contains {
	"subject": app.subject,
	"way": "no-workload",
	"message": sprintf(
		"Juju shows application %q in model %q (%s), and namespace %q has no workload of that name: nothing of it runs.",
		[app.name, app.model, mesh.place(app.status, "status not read"), app.namespace],
	),
	"at": mesh.place(app.declared_at, app.at),
	"state": "declared",
	"remediation": [
		sprintf("kubectl -n %s get statefulset %s", [app.namespace, app.name]),
		"juju debug-log -m controller --replay --include-module juju.worker.caasapplicationprovisioner  # why Juju did not make it",
		sprintf("juju remove-application -m %s %s --force  # where it is no longer wanted", [app.model, app.name]),
	],
} if {
	some app in input.applications
	app.workloads == []
	app.pods == []
	app.declared
	app.state != "planned"
	not app.life in stack.leaving
	app.model in stack.read["kube.workloads"]
}

violations contains {
	"subject": model.subject,
	"way": "no-namespace",
	"message": sprintf(
		"Juju shows model %q, and the cluster has no namespace of that name: nothing of it runs there.",
		[model.name],
	),
	"at": model.at,
	"state": "declared",
	"remediation": [
		sprintf("juju show-model %s  # is its cloud this cluster?", [model.name]),
		sprintf("juju destroy-model %s --force  # where it is left over", [model.name]),
	],
} if {
	some model in input.models
	not model.name in shown
	model.declared
	model.state != "planned"
	model.name in stack.read["kube.namespaces"]
	not model.name in object.get(stack.read, "kube.workloads", set())
}

shown := {namespace.name | some namespace in input.namespaces}

violations contains {
	"subject": app.subject,
	"way": "mesh-not-effective",
	"message": sprintf(
		"Juju says that %q in model %q is in the mesh (%s), and Kubernetes does not: %s.",
		[app.name, app.model, mesh.reason(app.declared_mesh.fact, app.declared_mesh.way), mesh.reason(app.mesh.fact, app.mesh.way)],
	),
	"at": mesh.place(app.mesh.at, app.at),
	"state": "effective",
	"evidence": [{"fact": mesh.reason(app.declared_mesh.fact, app.declared_mesh.way), "at": app.declared_mesh.at, "object": ""}],
	"remediation": mesh.enrol(app.mesh.way, "yes", app.model, app.name),
} if {
	some app in input.applications
	app.mesh.captured == "no"
	app.declared_mesh.state == "declared"
	app.declared_mesh.way in {"mesh-relation", "waypoint-of-its-own"}
	app.mesh.state == "effective"
	not app.group in {"content", "download", "vpn"}
}

violations contains {
	"subject": app.subject,
	"way": "mesh-undeclared",
	"message": sprintf(
		"Ambient captures %q in namespace %q (%s), and nothing in Juju accounts for it: no relation to a beacon, no model-on-mesh. The label was set by hand or left over.",
		[app.name, app.namespace, mesh.reason(app.mesh.fact, app.mesh.way)],
	),
	"at": mesh.place(app.mesh.at, app.at),
	"state": "effective",
	"remediation": array.concat(mesh.beacon_first(app.model), [
		sprintf("juju integrate -m %s %s:service-mesh %s:service-mesh  # where it belongs in the mesh", [app.model, app.name, mesh.beacon_of(app.model)]),
		sprintf("kubectl -n %s patch statefulset %s --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/template/metadata/labels/istio.io~1dataplane-mode\"}]'  # where it does not", [app.namespace, app.name]),
	]),
} if {
	some app in input.applications
	app.mesh.captured == "yes"
	app.declared_mesh.captured == "no"
	app.mesh.way == "pod-label"
	app.role != "vpn-gateway"
	app.mesh_endpoints == [] # of others mesh/beacon-relation tells
}

violations contains {
	"subject": namespace.subject,
	"way": "mesh-undeclared",
	"message": sprintf(
		"Namespace %q is labelled istio.io/dataplane-mode=ambient, and no beacon of model %q has model-on-mesh=true: the label was set by hand, and every pod in the namespace is captured, those of Juju's own included.",
		[namespace.name, namespace.name],
	),
	"at": label.at,
	"state": namespace.state,
	"remediation": array.concat(
		mesh.beacon_first(namespace.name),
		[
			sprintf("kubectl label namespace %s istio.io/dataplane-mode- istio.io/use-waypoint-", [namespace.name]),
			sprintf("juju config -m %s %s model-on-mesh=true  # where the whole model is meant", [namespace.name, mesh.beacon_of(namespace.name)]),
		],
	),
} if {
	some namespace in input.namespaces
	some label in namespace.labels
	label.key == "istio.io/dataplane-mode"
	label.value == "ambient"
	namespace.name in undeclared
	count([l | some l in namespace.labels; l.key == "charms.canonical.com/istio.io.waypoint.managed-by"]) == 0
}

# undeclared are the models of which it is known that no beacon puts them on the
# mesh as a whole. Of those with a VPN gateway another rule tells.
undeclared contains model.name if {
	some model in input.models
	model.part != ""
	not model.has_gateway
	model.name in stack.read["juju.applications"]
	count([b | some b in stack.beacons; b.model == model.name; unsettled(b.config_known, b.id in meshing)]) == 0
}

meshing := {id | some id, _ in mesh.model_on_mesh}

unsettled(_, true)

unsettled(false, false)

violations contains {
	"subject": app.subject,
	"way": "route-not-effective",
	"message": sprintf(
		"%q in model %q is related to ingress gateway %q (%s), and no HTTPRoute of that gateway leads to it: it is not reachable there.",
		[app.name, app.model, attachment.gateway, attachment.name],
	),
	"at": attachment.at,
	"state": "declared",
	"remediation": [
		sprintf("juju status -m %s %s  # is it active?", [attachment.gateway_model, attachment.gateway]),
		sprintf("juju debug-log -m %s --replay --include %s/0  # why it made no route", [attachment.gateway_model, attachment.gateway]),
	],
} if {
	some app in input.applications
	some attachment in app.attachments
	attachment.via == "relation"
	attachment.state == "declared"
	not [app.id, attachment.gateway_model, attachment.gateway] in routed
	app.group in {"content", "download"}
	app.effective
	not app.id in ingress.losers
	[attachment.gateway_model, attachment.gateway] in working
	app.model in stack.read["kube.routes"]
}

# routed are the applications with the gateways that have a route to them.
routed := {[app.id, attachment.gateway_model, attachment.gateway] |
	some app in input.applications
	some attachment in app.attachments
	attachment.via == "httproute"
}

# working are the gateways that made a route for somebody, or have an address and so
# could: of one that waits for it ingress/gateway-has-address tells.
working contains [model, gateway] if some [_, model, gateway] in routed

working contains [service.namespace, trim_suffix(service.name, "-istio")] if {
	some service in input.services
	endswith(service.name, "-istio")
	service.addresses != []
}

violations contains {
	"subject": target.subject,
	"way": "policy-not-effective",
	"message": sprintf(
		"%q in model %q is related to %s, and no AuthorizationPolicy lets it in: the mesh turns away who is not let in by name, as soon as it lets in anybody.",
		[target.name, target.model, text.listed([sprintf("%s (%s)", [source.name, source.model]) | some [source, _] in unlet])],
	),
	"at": [at | some [_, at] in unlet][0],
	"state": "declared",
	"evidence": [{"fact": sprintf("no policy for %s names account %s of namespace %s", [target.name, source.name, source.namespace]), "at": at, "object": ""} | some [source, at] in unlet],
	"remediation": [
		sprintf("juju status -m %s %s  # is the beacon active?", [target.model, mesh.beacon_of(target.model)]),
		sprintf("juju debug-log -m %s --replay --include %s/0  # why it wrote no policy", [target.model, mesh.beacon_of(target.model)]),
	],
} if {
	some id, unlet in turned_away
	target := stack.application[id]
}

# turned_away are, by the application that they call, the peers that a relation
# between two applications in the mesh should let in, and no policy does. Whom the
# mesh takes for another is the matter of mesh/cross-model-identity.
turned_away[target.id] contains [source, relation.at] if {
	some peer in mesh.peers
	peer.target.model in telling
	relation := peer.relation
	relation.state == "declared"
	target := stack.application[peer.target.id]
	target.mesh.captured == "yes"
	source := stack.application[peer.source.id]
	source.mesh.captured == "yes"
	not [target.id, source.id] in taken_for_another
	not [target.id, source.namespace, source.name] in let_in
}

taken_for_another contains [crossing.target.id, crossing.source.id] if some crossing in mesh.nameless

# telling are the models of which the beacon wrote a policy for somebody: of one that
# wrote none its own status tells.
telling contains policy.namespace if {
	some policy in input.authorization_policies
	policy.namespace in stack.read["kube.authorizationpolicies"]
	[policy.namespace, policy.name] in mesh.managed
	some rule in policy.rules
	rule.principals != []
	not policy.namespace in mesh.unmanaged
}

let_in contains [id, principal.namespace, principal.service_account] if {
	some policy in input.authorization_policies
	policy.action == "ALLOW"
	some rule in policy.rules
	some principal in rule.principals
	some id in policy.selects
}
