# METADATA
# title: The mesh knows who calls from another model
# description: |
#   An application lets its peers in by their identity, which is namespace and
#   account. Of a peer in another model Juju tells it the SAAS's name alone, so the
#   policy names an account that does not exist, and the real caller is turned away
#   without a word: managers cannot add downloads, indexers cannot be synced. A second
#   relation, provide-cmr-mesh to require-cmr-mesh between the same two, tells it.
#
#   Looked at: relations across models at endpoints that let a peer in through the
#   mesh, of applications that are related to a beacon: whether such a second
#   relation goes through the same SAAS. The rule is an error where Istio is hardened
#   or the application has an ingress, for then all else is denied; else a warning.
#   The policies themselves are the matter of mesh/no-dangling-principal.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/cross-model-identity
#   level: error
#   adr: ["networking/adr-006#cross-model-relations", "networking/adr-005#cross-namespace-communication"]
#   needs:
#     - [juju.applications, juju.relations, juju.offers]
#   subjects: [application]
#   states: [planned, declared]
#   remediation:
#     - juju integrate -m {model} {name}:provide-cmr-mesh radarr:require-cmr-mesh
#   disputed: |
#     networking/adr-006 offers radarr:download-client alone, which is legal in Juju
#     and leaves the mesh without the caller's identity. The rule wants the second
#     endpoint in the offer.
package rules.mesh.cross_model_identity

import data.lib.mesh
import data.lib.stack
import data.lib.text

callers[crossing.target.id] contains [
	crossing.source.application,
	crossing.name,
	crossing.at,
	crossing.state,
	commands(crossing.model, crossing.target.saas, crossing.source.saas, crossing.target.application, crossing.source.application),
] if {
	input.profile.mesh != "off"
	some crossing in mesh.nameless
	stack.application[crossing.target.id].mesh.captured != "no"
}

violations contains {
	"subject": app.subject,
	"level": level[app.id in strict],
	"message": sprintf(
		"%q in model %q lets in %s from another model, and the mesh is not told who that is: it takes a caller for an application of namespace %q, and turns the real one away.",
		[app.name, app.model, text.listed([caller | some [caller, _, _, _, _] in found]), app.namespace],
	),
	"at": first.at,
	"state": first.state,
	"evidence": [{"fact": sprintf("relation %s, and no relation of provide-cmr-mesh with require-cmr-mesh beside it", [shown]), "at": at, "object": ""} | some [_, shown, at, _, _] in found],
	"remediation": [command | some [_, _, _, _, made] in found; some command in made],
} if {
	some id, found in callers
	app := stack.application[id]
	first := [{"at": at, "state": state} | some [_, _, at, state, _] in found][0]
}

level := {true: "error", false: "warning"}

# strict holds where whoever no policy names is denied: under a hardened Istio, and
# where the policy for an ingress gateway already restricts the callers.
strict contains app.id if {
	some app in input.applications
	mesh.denies
}

strict contains app.id if {
	some app in input.applications
	app.attachments != []
}

# commands make the second relation; where the offer lacks its endpoint, they add it.
commands(model, "", saas, target, source) := array.concat(
	widen(model, saas, source, "require-cmr-mesh"),
	[sprintf("juju integrate -m %s %s:provide-cmr-mesh %s:require-cmr-mesh", [model, target, saas])],
)

commands(model, saas, _, target, source) := array.concat(
	widen(model, saas, target, "provide-cmr-mesh"),
	[sprintf("juju integrate -m %s %s:require-cmr-mesh %s:provide-cmr-mesh", [model, source, saas])],
) if {
	saas != ""
}

widen(model, saas, _, endpoint) := [] if endpoint in carried[[model, saas]]

widen(model, saas, application, endpoint) := [
	sprintf("juju offer %s.%s:%s %s  # the endpoint of the second relation with those it has", [
		offers[[model, saas]].model, application,
		concat(",", sort({e | some e in carried[[model, saas]]} | {endpoint})),
		offers[[model, saas]].name,
	]),
	sprintf("juju consume -m %s %s %s  # again, to learn of it", [model, offers[[model, saas]].url, saas]),
] if {
	not carried[[model, saas]][endpoint]
}

carried[[saas.model, saas.name]] contains endpoint.name if {
	some saas in input.saas
	some endpoint in saas.endpoints
}

offers[[saas.model, saas.name]] := {"model": saas.offer_model, "name": saas.offer_name, "url": saas.url} if some saas in input.saas
