package rules.ops.backup_configured_test

import data.lib.testing
import data.rules.ops.backup_configured as rule

keeps(model, name, backup) := testing.application(model, name, "media-manager", {"operation": object.union(testing.operation_default, {"backup": backup})})

of(apps, relations) := testing.stack({
	"models": [testing.model("charmarr-core"), testing.model("charmarr-downloads")],
	"applications": apps,
	"relations": relations,
})

test_nothing_is_one_finding if {
	found := rule.violations with input as of([keeps("charmarr-core", "radarr", "no"), keeps("charmarr-downloads", "sabnzbd", "no"), keeps("charmarr-core", "storage", "none")], [])
	testing.hits(found) == {["nothing", "model", "charmarr-core", ""]}
	some violation in found
	contains(violation.message, `Nothing of "radarr" and "sabnzbd" is backed up`)
	violation.remediation[3] == "juju consume -m charmarr-core velero.velero"
	violation.remediation[6] == "juju integrate -m charmarr-downloads sabnzbd:velero-backup-config velero:velero-backups"
}

test_nothing_of_a_single_one if {
	some violation in rule.violations with input as of([keeps("charmarr-core", "radarr", "no")], [])
	startswith(violation.message, `Nothing of "radarr" is backed up over velero-backup-config: `)
}

test_forgotten_is_a_finding_each if {
	found := rule.violations with input as of([keeps("charmarr-core", "radarr", "no"), keeps("charmarr-core", "sonarr", "yes"), keeps("charmarr-downloads", "sabnzbd", "no")], [])
	testing.hits(found) == {["forgotten", "application", "radarr", ""], ["forgotten", "application", "sabnzbd", ""]}
}

test_command_names_who_backs_up_others_of_the_model if {
	sonarr := keeps("charmarr-core", "sonarr", "yes")
	saved := testing.relation(
		"velero_backup_config", testing.end(sonarr, "velero-backup-config"),
		object.union(testing.unresolved("saviour"), {"model": "charmarr-core"}), {},
	)
	some violation in rule.violations with input as of([keeps("charmarr-core", "radarr", "no"), sonarr], [saved])
	violation.remediation == ["juju integrate -m charmarr-core radarr:velero-backup-config saviour:velero-backups"]
}

test_silent_when_all_are_or_none_needs_it if {
	count(rule.violations) == 0 with input as of([keeps("charmarr-core", "radarr", "yes")], [])
	count(rule.violations) == 0 with input as of([keeps("charmarr-core", "storage", "none")], [])
	count(rule.violations) == 0 with input as of([object.union(keeps("charmarr-core", "radarr", "no"), {"life": "dying"})], [])
}

test_undecided_where_the_offers_consumer_was_not_read if {
	apps := [keeps("charmarr-core", "radarr", ""), keeps("charmarr-core", "sonarr", "no")]
	count(rule.violations) == 0 with input as of(apps, [])
	count(rule.undecided) == 1 with input as of(apps, [])
}
