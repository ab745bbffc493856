# METADATA
# title: The mesh's policies are the charms' own
# description: |
#   The beacons and the ingress charms write exactly the policies that the relations
#   ask for, and Istio adds up what they allow. One more that allows everything undoes
#   all of them, and one in the namespace of Istio's control plane binds the whole
#   cluster.
#
#   Looked at: AuthorizationPolicies in the models' namespaces: whether a charm wrote
#   them (label kubernetes-resource-handler-scope), whether one lets in every caller
#   (on some port, or on all), and whether one without selector stands beside the
#   control plane. The beacon's own for Juju's model operator and the control plane's
#   allow-nothing are left alone. Whom a policy names is the matter of
#   mesh/no-dangling-principal.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/no-foreign-authorization
#   level: warning
#   adr: ["networking/adr-005#decision-outcome"]
#   needs:
#     - [kube.authorizationpolicies@core, kube.authorizationpolicies@downloads]
#   subjects: [authorizationpolicy]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} delete authorizationpolicies.security.istio.io {name}
#   ways:
#     - id: foreign
#       title: No charm wrote it
#     - id: allow-all
#       title: It lets in everyone
#     - id: mesh-wide
#       title: It binds the whole cluster
#   security: "6.5"
package rules.mesh.no_foreign_authorization

import data.lib.mesh

# open are those that let in every caller, with the rule that does.
open[[policy.namespace, policy.name]] := {"at": rule.at, "on": ports(rule.ports)} if {
	some policy in input.authorization_policies
	policy.action == "ALLOW"
	rules := [r | some r in policy.rules; r.any_source; not r.conditional]
	rule := rules[0]
	not endswith(policy.name, "-policy-all-sources-modeloperator")
}

ports([]) := ""

ports(list) := sprintf(" on port %s", [concat(", ", list)]) if list != []

# wide are those that hold for the cluster.
wide contains [policy.namespace, policy.name] if {
	some policy in input.authorization_policies
	policy.whole_namespace
	policy.namespace in roots
	not contains(policy.name, "-policy-global-allow-nothing-")
}

roots contains app.namespace if {
	some app in input.applications
	app.role == "control-plane"
}

roots contains stray.namespace if {
	some stray in input.strays
	stray.istio
	startswith(stray.name, "istiod")
}

violations contains {
	"subject": policy.subject,
	"way": "mesh-wide",
	"message": sprintf(
		"AuthorizationPolicy %q in namespace %q names no pods, and the namespace is that of Istio's control plane: it binds every workload of the mesh in the cluster.",
		[policy.name, policy.namespace],
	),
	"at": policy.at,
	"state": policy.state,
	"remediation": [sprintf("kubectl -n %s delete authorizationpolicies.security.istio.io %s  # or give it a selector", [policy.namespace, policy.name])],
} if {
	some policy in input.authorization_policies
	[policy.namespace, policy.name] in wide
}

violations contains {
	"subject": policy.subject,
	"way": "allow-all",
	"message": sprintf(
		"AuthorizationPolicy %q in namespace %q lets in every caller%s: for %s the policies of the charms no longer restrict anybody there.",
		[policy.name, policy.namespace, open[[policy.namespace, policy.name]].on, scope[policy.whole_namespace]],
	),
	"at": open[[policy.namespace, policy.name]].at,
	"state": policy.state,
	"remediation": mend([policy.namespace, policy.name] in mesh.managed, policy.namespace, policy.name),
} if {
	some policy in input.authorization_policies
	open[[policy.namespace, policy.name]]
	not [policy.namespace, policy.name] in wide
}

mend(false, namespace, name) := [sprintf("kubectl -n %s delete authorizationpolicies.security.istio.io %s", [namespace, name])]

mend(true, namespace, name) := [sprintf("kubectl -n %s delete authorizationpolicies.security.istio.io %s  # its charm writes it anew, as it is to be", [namespace, name])]

scope := {true: "the whole namespace", false: "what it selects"}

violations contains {
	"subject": policy.subject,
	"way": "foreign",
	"message": sprintf(
		"AuthorizationPolicy %q in namespace %q (%s) was written by no charm: Istio adds it to what the relations ask for, and no relation takes it away.",
		[policy.name, policy.namespace, policy.action],
	),
	"at": policy.at,
	"state": policy.state,
	"remediation": [
		sprintf("kubectl -n %s get authorizationpolicies.security.istio.io %s -o yaml  # what is it for? a relation may do it", [policy.namespace, policy.name]),
		sprintf("kubectl -n %s delete authorizationpolicies.security.istio.io %s", [policy.namespace, policy.name]),
	],
} if {
	some policy in input.authorization_policies
	not [policy.namespace, policy.name] in mesh.managed
	not [policy.namespace, policy.name] in wide
	not open[[policy.namespace, policy.name]]
}
