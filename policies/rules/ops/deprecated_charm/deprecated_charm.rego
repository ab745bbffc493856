# METADATA
# title: No charm is in use that another has replaced
# description: |
#   A charm that is not developed any more gets no fixes, and the one that took its
#   place can take over its data only while both can run.
#
#   Looked at: the charm of each application, or in Kubernetes the containers that
#   betray it, against the list of charms that were replaced. Where the successor
#   runs already the finding is a note: it reminds of the last step of the move.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/deprecated-charm
#   level: warning
#   adr: ["apps/adr-016", "apps/adr-010"]
#   needs:
#     - [juju.applications]
#     - [kube.workloads]
#   subjects: [application]
#   states: [planned, declared, effective]
#   remediation:
#     - juju deploy -m {model} seerr-k8s seerr --trust --channel latest/edge
#     - juju remove-application -m {model} {name}
#   ways:
#     - id: replaced
#       title: Its successor is not deployed
#     - id: both
#       title: Its successor is deployed beside it
package rules.ops.deprecated_charm

import data.lib.stack
import data.lib.text

old := [app |
	some app in input.applications
	app.operation.replaced_by != ""
	not app.life in stack.leaving
]

# present are the applications of each charm that runs.
present[app.operation.kind] contains app.name if {
	some app in input.applications
	not app.life in stack.leaving
}

violations contains {
	"subject": app.subject,
	"way": "replaced",
	"message": sprintf("%q in model %q runs charm %s, which %s has replaced: %s.", [app.name, app.model, app.operation.kind, app.operation.replaced_by, app.operation.outdated]),
	"at": app.at,
	"state": app.state,
	"remediation": move(app.operation.kind, app.operation.replaced_by, app.model, app.name),
} if {
	some app in old
	not present[app.operation.replaced_by]
}

violations contains {
	"subject": app.subject,
	"way": "both",
	"level": "note",
	"message": sprintf("%q in model %q runs charm %s although %s has taken its place: once everything was moved, it only costs memory.", [app.name, app.model, app.operation.kind, text.listed(present[app.operation.replaced_by])]),
	"at": app.at,
	"state": app.state,
	"remediation": [sprintf("juju remove-application -m %s %s  # once its data was imported", [app.model, app.name])],
} if {
	some app in old
	present[app.operation.replaced_by]
}

# move gives the commands that bring the data over.
move(kind, by, model, name) := [
	sprintf("juju deploy -m %s %s --trust  # and give it the relations of %s", [model, by, name]),
	sprintf("juju remove-application -m %s %s  # once its data was moved", [model, name]),
] if {
	kind != "overseerr-k8s"
}

move("overseerr-k8s", _, model, name) := [
	sprintf("juju refresh -m %s %s --channel latest/edge  # for action export-config", [model, name]),
	sprintf("juju run -m %s %s/leader export-config", [model, name]),
	sprintf("kubectl -n %s cp -c overseerr %s-0:/config/overseerr-export.tgz ./overseerr-export.tgz", [model, name]),
	sprintf("juju deploy -m %s seerr-k8s seerr --trust --channel latest/edge  # and give it the relations of %s", [model, name]),
	sprintf("kubectl -n %s cp -c seerr ./overseerr-export.tgz seerr-0:/app/config/import.tgz", [model]),
	sprintf("juju run -m %s seerr/leader import-config path=/app/config/import.tgz", [model]),
	sprintf("juju remove-application -m %s %s", [model, name]),
]
