# METADATA
# title: The stack by role and by part
# description: |
#   The lists that rules begin with, each made once an evaluation whatever the
#   number of rules that read it. They are comprehensions over `input` and not
#   functions over objects, so that OPA's type checker sees through them.
# schemas:
#   - input: schema.stack
package lib.stack

# three_models holds where the profile wants core, downloads and the gateway in
# a model each; rules of placement judge nothing else.
three_models if input.profile.layout == "three-models"

content := [app | some app in input.applications; app.group == "content"]

download_clients := [app | some app in input.applications; app.role == "download-client"]

media_managers := [app | some app in input.applications; app.role == "media-manager"]

vpn_gateways := [app | some app in input.applications; app.role == "vpn-gateway"]

ingress_gateways := [app | some app in input.applications; app.role == "ingress-gateway"]

beacons := [app | some app in input.applications; app.role == "beacon"]

# application finds an application by its id, "model/name".
application := {app.id: app | some app in input.applications}

# core_models are the models that hold the core services: under a single model,
# that one.
core_models := [model | some model in input.models; model.part in {"core", "single"}]

# core_model and downloads_model name where things belong, for commands.
default core_model := "charmarr-core"

core_model := core_models[0].name

default downloads_model := "charmarr-downloads"

downloads_model := [model.name |
	some model in input.models
	model.part in {"downloads", "single"}
][0]

# core_first and downloads_first are the commands that have to come before the
# first deployment to a model that no source shows.
default core_first := []

core_first := [sprintf("juju add-model %s  # once, where there is none", [core_model])] if core_models == []

default downloads_first := []

downloads_first := [sprintf("juju add-model %s  # once, where there is none", [downloads_model])] if {
	count([model | some model in input.models; model.part in {"downloads", "single"}]) == 0
}

# path names a model for juju consume: with its owner and controller where a SAAS
# says them, since the model of another user is not found without.
path(model) := sort(paths[model])[0] if paths[model]

path(model) := model if not paths[model]

paths[saas.offer_model] contains split(saas.url, ".")[0] if {
	some saas in input.saas
	contains(saas.url, "/")
}

# read are the models of which a kind of evidence was read.
read := {kind: models | some kind, models in read_of}

read_of[evidence.kind] contains evidence.model if some evidence in input.evidence

# relations_read are the models whose relations Juju was asked for.
relations_read := object.get(read, "juju.relations", set())

# ingress_objects are Gateway API Gateways that let traffic in: Istio's, and
# whatever bears a name of the profile; waypoints are not.
ingress_objects := [gateway |
	some gateway in input.gateways
	gateway.waypoint == false
	lets_in(gateway.class, gateway.profile_class)
]

lets_in("istio", _)

lets_in(class, profile_class) if {
	class != "istio"
	profile_class != ""
}

# juju_state is the state of a fact that only Juju can say, of a subject whose own
# state may be effective: that of what Juju predicts for it, where there is one.
juju_state("planned", _) := "planned"

juju_state("declared", _) := "declared"

juju_state(predicted, "planned") := "planned" if not predicted in {"planned", "declared"}

juju_state(predicted, state) := "declared" if {
	not predicted in {"planned", "declared"}
	state != "planned"
}

# leaving are the words by which Juju says that it is removing something.
leaving := {"dying", "dead"}
