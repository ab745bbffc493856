# METADATA
# title: What applications know is backed up
# description: |
#   Libraries, watch history, users and settings stand in each application's own
#   volume, and are gone with it. Charmarr's charms tell Velero what to back up over
#   endpoint velero-backup-config; related to nothing, they tell nobody.
#
#   Looked at: whether that endpoint of each application that has it is related. Where
#   none is, one note says so for all of them; where some are, each that was forgotten
#   has its own. Backups that are made by other means are not seen: who has them
#   switches the rule off. Whether a backup ever succeeded is not looked at.
# schemas:
#   - input: schema.stack
# custom:
#   id: ops/backup-configured
#   level: note
#   adr: ["storage/adr-005#decision-outcome", "storage/adr-004"]
#   needs:
#     - [juju.applications, juju.relations, juju.offers]
#   subjects: [application, model]
#   states: [planned, declared]
#   remediation:
#     - juju integrate -m {model} {name}:velero-backup-config velero:velero-backups
#   ways:
#     - id: nothing
#       title: No application is backed up
#     - id: forgotten
#       title: Others are backed up, and this one is not
#   disputed: |
#     storage/adr-005 chooses Velero and the charms have its endpoint; Charmarr's own
#     Terraform deploys none, and its documentation asks for a backup of one's own
#     until it does. So the rule is a note.
package rules.ops.backup_configured

import data.lib.mesh
import data.lib.stack
import data.lib.text

keepers := [app |
	some app in input.applications
	app.operation.backup != "none"
	app.declared
	not app.life in stack.leaving
]

lacking := [app | some app in keepers; app.operation.backup == "no"]

some_are_saved if {
	some app in keepers
	app.operation.backup == "yes"
}

violations contains {
	"subject": model.subject,
	"way": "nothing",
	"message": sprintf(
		"Nothing of %s is backed up over velero-backup-config: libraries, users and settings are lost with their volumes, unless you back them up by other means.",
		[text.listed({app.name | some app in lacking})],
	),
	"at": lacking[0].declared_at,
	"state": stack.juju_state(lacking[0].declared_mesh.state, lacking[0].state),
	"evidence": [{"fact": sprintf("%s:velero-backup-config is related to nothing", [app.name]), "at": app.declared_at, "object": ""} | some app in lacking],
	"remediation": array.concat(
		[
			"juju add-model velero",
			"juju deploy -m velero velero-operator velero --trust  # and relate it to an S3 store: charm s3-integrator",
			"juju offer velero.velero:velero-backups",
		],
		array.concat(
			[sprintf("juju consume -m %s velero.velero", [name]) | some name in {app.model | some app in lacking}],
			[sprintf("juju integrate -m %s %s:velero-backup-config velero:velero-backups", [app.model, app.name]) | some app in lacking],
		),
	),
} if {
	count(lacking) > 0
	count(lacking) == count(keepers)
	some model in input.models
	model.name == lacking[0].model
}

# keeper is who backs up others of a model, by the name that it has there.
keeper[relation.model] contains mesh.place(far.saas, far.application) if {
	some relation in input.relations
	relation.interface == "velero_backup_config"
	some [near, far] in [[relation.provider, relation.requirer], [relation.requirer, relation.provider]]
	near.endpoint == "velero-backup-config"
}

violations contains {
	"subject": app.subject,
	"way": "forgotten",
	"message": sprintf("%q (%s) in model %q is not backed up, and others are: its settings and data are lost with its volume.", [app.name, app.role, app.model]),
	"at": app.declared_at,
	"state": stack.juju_state(app.declared_mesh.state, app.state),
	"remediation": [sprintf("juju integrate -m %s %s:velero-backup-config %s:velero-backups", [app.model, app.name, sort(object.get(keeper, app.model, {"velero"}))[0]])],
} if {
	some_are_saved
	some app in lacking
}

undecided contains {
	"subject": app.subject,
	"missing": sprintf("juju.relations: whether anything uses velero-backup-config of %q in model %q", [app.name, app.model]),
} if {
	some app in keepers
	app.operation.backup == ""
}
