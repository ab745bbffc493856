# METADATA
# title: Whom to relate with
# schemas:
#   - input: schema.stack
package lib.relation

# provider_of names an application of the stack that has something to give on an
# endpoint, as the command to relate with it needs it.
roles := {
	"media-storage": {"storage"},
	"media-indexer": {"indexer", "media-manager"},
	"download-client": {"download-client", "media-manager"},
	"media-manager": {"media-manager", "requester", "media-server"},
	"media-server": {"media-server", "requester"},
	"flaresolverr": {"challenge-solver", "indexer"},
	"vpn-gateway": {"vpn-gateway", "download-client"},
}

# partner names the first application other than the given one that speaks on an
# endpoint, or what such a one is called where there is none.
partner(name, endpoint) := sort(candidates(name, endpoint))[0]

partner(name, endpoint) := upper(endpoint) if count(candidates(name, endpoint)) == 0

candidates(name, endpoint) := {app.name |
	wanted := object.get(roles, endpoint, set())
	some app in input.applications
	app.role in wanted
	app.name != name
	app.role != role_of[name]
}

role_of[app.name] := app.role if some app in input.applications
