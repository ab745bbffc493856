# METADATA
# title: No container may do more to network and node than its charm asks for
# description: |
#   With NET_ADMIN a container rewrites the routes and the firewall of its pod: a
#   download client that has it can take itself out of the VPN. It belongs to the
#   containers that lay those routes, and to no other. SYS_ADMIN, ALL and their like
#   come near to being privileged.
#
#   Looked at: the capabilities that the pod templates of Charmarr's applications add,
#   and those of running pods, beyond the baseline of Kubernetes' Pod Security
#   Standards. Privileged containers, which have all of them, are told of by
#   security/privileged.
# schemas:
#   - input: schema.stack
# custom:
#   id: security/net-admin
#   level: error
#   adr: ["networking/adr-002#gateway-side-requirements", "networking/adr-003#client-side-requirements"]
#   needs:
#     - [kube.workloads]
#     - [kube.pods]
#   subjects: [application]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} get statefulset {name} -o yaml
#   security: "7.0"
package rules.security.net_admin

import data.lib.stack
import data.lib.text

# added are the capabilities that containers have and their charms do not ask for.
added[[app.id, privilege.container]] contains privilege if {
	some app in input.applications
	some privilege in app.privileges
	privilege.kind == "capability"
	privilege.expected == "no"
}

violations contains {
	"subject": app.subject,
	"message": sprintf("Container %q of %q in namespace %q has %s, and its charm does not ask for it: %s.", [container, app.name, app.namespace, text.joined(names), consequence(app.group, names)]),
	"at": at,
	"state": "effective",
	"evidence": [{"fact": sprintf("%s adds %s to %s", [object_name, text.joined(names), container]), "at": at, "object": object_name}],
	"remediation": [
		sprintf("kubectl -n %s get statefulset %s -o yaml --show-managed-fields  # who set it", [app.namespace, app.name]),
		sprintf("kubectl -n %s patch statefulset %s -p '{\"spec\":{\"template\":{\"spec\":{\"%s\":[{\"name\":\"%s\",\"securityContext\":{\"capabilities\":{\"add\":null}}}]}}}}'", [app.namespace, app.name, list, container]),
	],
} if {
	some [id, container], privileges in added
	app := stack.application[id]
	names := {privilege.value | some privilege in privileges}
	[at, object_name, list] := sort([[privilege.at, privilege.object, privilege.list] | some privilege in privileges])[0]
}

consequence("download", names) := "it can change its own routes and take itself out of the VPN" if count(names & {"NET_ADMIN", "ALL", "SYS_ADMIN"}) > 0

consequence(group, names) := "it can change routes and firewall of its pod" if {
	group != "download"
	names == {"NET_ADMIN"}
}

consequence(group, names) := "whoever breaks into it comes nearer to the node" if {
	group != "download"
	names != {"NET_ADMIN"}
}

consequence("download", names) := "whoever breaks into it comes nearer to the node" if count(names & {"NET_ADMIN", "ALL", "SYS_ADMIN"}) == 0

undecided contains {
	"subject": app.subject,
	"missing": sprintf("kube.workloads: whether the charm of %q in namespace %q, which is not known, asks for %s", [app.name, app.namespace, privilege.value]),
} if {
	some app in input.applications
	some privilege in app.privileges
	privilege.kind == "capability"
	privilege.expected == ""
	not app.life in stack.leaving
}
