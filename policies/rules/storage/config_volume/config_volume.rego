# METADATA
# title: What applications know of themselves outlives their pods
# description: |
#   Settings, users, history and database of an application stand in its config folder,
#   which Juju keeps in a claim for each unit. Without it the application starts anew,
#   empty, whenever its pod is moved or restarted.
#
#   Looked at: the claim templates of each StatefulSet, and whether the container that
#   its charm names mounts one of them where it keeps its settings.
# schemas:
#   - input: schema.stack
# custom:
#   id: storage/config-volume
#   level: warning
#   adr: ["storage/adr-004"]
#   needs:
#     - [kube.workloads@core, kube.workloads@downloads]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} get statefulset {name} -o yaml
package rules.storage.config_volume

import data.lib.stack

violations contains {
	"subject": app.subject,
	"message": sprintf("%q in namespace %q keeps its settings in its pod (%s): they are gone when the pod is restarted.", [app.name, app.namespace, app.config_volume.fact]),
	"at": app.config_volume.at,
	"state": "effective",
	"evidence": [{"fact": app.config_volume.fact, "at": app.config_volume.at, "object": app.config_volume.object}],
	"remediation": [
		sprintf("kubectl -n %s cp -c %s %s-0:%s ./%s-config  # while it runs", [app.namespace, app.config_volume.container, app.name, app.config_volume.path, app.name]),
		sprintf("juju remove-application -m %s %s  # then deploy it anew, with the storage that Juju gives it, and copy the folder back", [app.model, app.name]),
	],
} if {
	some app in input.applications
	app.config_volume.kept == "no"
	not app.life in stack.leaving
}
