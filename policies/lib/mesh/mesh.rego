# METADATA
# title: Beacons and what they enrol
# description: |
#   Whether something is enrolled is decided in Go and stands in the `mesh` of
#   each entity; nothing here decides it again.
# schemas:
#   - input: schema.stack
package lib.mesh

import data.lib.stack

# model_on_mesh are the beacons that put their whole model on the mesh, with the
# place of the option.
model_on_mesh[beacon.id] contains option.at if {
	some beacon in stack.beacons
	some option in beacon.config
	option.key == "model-on-mesh"
	lower(option.value) == "true"
}

# beacons_of names the beacons of a model.
beacons_of[beacon.model] contains beacon.name if some beacon in stack.beacons

# beacon_first gives the command that has to come before an application of a
# model can be related to a beacon: none where the model has one.
beacon_first(model) := [] if beacons_of[model]

beacon_first(model) := [sprintf("juju deploy -m %s istio-beacon-k8s beacon --trust", [model])] if not beacons_of[model]

default beacon_of(_) := "beacon"

beacon_of(model) := sort(beacons_of[model])[0]

# related are the applications that are related to a beacon of their own model: of
# those the beacon learns who may call them.
related contains relation.requirer.id if {
	some relation in input.relations
	relation.interface == "service_mesh"
	relation.provider.role == "beacon"
	relation.provider.model == relation.requirer.model
	relation.requirer.id != ""
}

# untold are the applications of which no beacon learns who may call them, although
# its charm would say it: those that are in the mesh are open to everyone, or under
# a hardened Istio to nobody. Where a beacon manages no policies somebody else does.
untold contains app.id if {
	input.profile.mesh != "off"
	some app in input.applications
	app.mesh_endpoints[0]
	not app.id in related
	not app.life in stack.leaving
	app.model in stack.relations_read
	not app.model in unmanaged
}

# unmanaged are the models whose policies are written by hand.
unmanaged contains beacon.model if {
	some beacon in stack.beacons
	some option in beacon.config
	option.key == "manage-authorization-policies"
	lower(option.value) == "false"
}

# denies holds where Istio is known to deny what no policy allows.
denies if input.cluster.hardened.on == "yes"

# place is the first place, where it is known, or else the second.
place("", at) := at

place(at, _) := at if at != ""

# enrol gives the commands that enrol an application; they depend on what keeps the application out.
enrol("none-label", _, model, name) := [sprintf(
	"kubectl -n %s patch statefulset %s --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/template/metadata/labels/istio.io~1dataplane-mode\"}]'",
	[model, name],
)]

enrol("host-network", _, model, name) := [sprintf(
	"kubectl -n %s patch statefulset %s --type=merge -p '{\"spec\":{\"template\":{\"spec\":{\"hostNetwork\":false}}}}'",
	[model, name],
)]

enrol("sidecar", _, model, _) := [sprintf("kubectl label namespace %s istio-injection- istio.io/rev-", [model])]

enrol("ambient-off", _, _, _) := ["juju status -m istio-system  # install Istio with its ambient profile: istio-cni runs without ambient"]

enrol("excluded-namespace", _, model, _) := [sprintf("kubectl -n istio-system get configmap istio-cni-config -o yaml  # take %s out of the excluded namespaces", [model])]

# Juju has the relation and Kubernetes lacks the labels: have the charm write
# them again.
enrol(way, "yes", model, name) := [
	sprintf("juju remove-relation -m %s %s:service-mesh %s:service-mesh", [model, name, beacon_of(model)]),
	sprintf("juju integrate -m %s %s:service-mesh %s:service-mesh", [model, name, beacon_of(model)]),
] if {
	not way in by_other_means
}

enrol(way, declared, model, name) := array.concat(
	beacon_first(model),
	[sprintf("juju integrate -m %s %s:service-mesh %s:service-mesh", [model, name, beacon_of(model)])],
) if {
	not way in by_other_means
	declared != "yes"
}

by_other_means := {"none-label", "host-network", "sidecar", "ambient-off", "excluded-namespace"}

# reason words why something is captured or not.
reason("", way) := sprintf("decided by %s", [way])

reason(fact, _) := fact if fact != ""

# managed are the AuthorizationPolicies that a charm wrote: it will write them again.
managed contains [policy.namespace, policy.name] if {
	some policy in input.authorization_policies
	some label in policy.labels
	label.key == "kubernetes-resource-handler-scope"
}

# crossings are the relations across models at an endpoint whose peers an
# application lets in through the mesh: the application, and the one that calls.
crossings contains {"target": peer.target, "source": peer.source, "model": relation.model, "name": relation.name, "at": relation.at, "state": relation.state} if {
	some peer in peers
	relation := peer.relation
	relation.cross_model
}

# peers are the relations at such an endpoint, of whatever models, of the
# applications that a beacon knows.
peers contains {"target": relation.provider, "source": relation.requirer, "relation": relation} if {
	some relation in input.relations
	relation.provider.lets_in
	relation.provider.id in related
}

peers contains {"target": relation.requirer, "source": relation.provider, "relation": relation} if {
	some relation in input.relations
	relation.requirer.lets_in
	relation.requirer.id in related
}

# introduced are the pairs of which the mesh learns who the caller is: on the
# target's side by the very SAAS that the relation goes through.
introduced contains [relation.model, end.id, other.saas] if {
	some [relation, end, other] in companions
	other.saas != ""
}

introduced contains [relation.model, end.id, other.id] if {
	some [relation, end, other] in companions
	end.saas != ""
	other.id != ""
}

companions contains [relation, end, other] if {
	some relation in input.relations
	relation.interface == "cross_model_mesh"
	some [end, other] in [[relation.provider, relation.requirer], [relation.requirer, relation.provider]]
	end.endpoint != "require-cmr-mesh"
	other.endpoint != "provide-cmr-mesh"
}

# nameless are the crossings without one: there the mesh takes the caller for an
# application of the target's own namespace with the name of the SAAS.
nameless contains crossing if {
	some crossing in crossings
	not [crossing.model, crossing.target.saas] in unsaid
	not [crossing.model, crossing.source.saas] in unsaid
	not [crossing.model, crossing.target.id, key(crossing.target.saas, crossing.source.saas, crossing.source.id)] in introduced
}

# unsaid are the SAAS of which no source says what they consume (a plan, before it is
# applied): two of them may be the same one.
unsaid contains [saas.model, saas.name] if {
	some saas in input.saas
	saas.url == ""
}

# key is what tells a caller apart: the SAAS that it is, or where the target is the
# one that is consumed, its id.
key("", saas, _) := saas

key(target, _, id) := id if target != ""
