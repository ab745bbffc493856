# METADATA
# title: Whom a policy lets in exists
# description: |
#   A policy that lets in an account which nothing runs under lets in nobody, and,
#   being there, keeps everyone else out. It is how a lost caller looks in
#   Kubernetes: the manager in another model, known by its SAAS's name; an
#   application that was renamed or removed.
#
#   Looked at: the principals of AuthorizationPolicies in the models' namespaces:
#   whether something runs under that account in that namespace. Accounts in
#   namespaces that were not read are left alone. Where Juju shows that
#   mesh/cross-model-identity is the reason, that rule tells of it.
# schemas:
#   - input: schema.stack
# custom:
#   id: mesh/no-dangling-principal
#   level: warning
#   adr: ["networking/adr-005#cross-namespace-communication", "networking/adr-006#cross-model-relations"]
#   needs:
#     - [kube.authorizationpolicies@core, kube.workloads@core, kube.authorizationpolicies@downloads, kube.workloads@downloads]
#   subjects: [authorizationpolicy]
#   states: [effective]
#   remediation:
#     - kubectl -n {namespace} get authorizationpolicies.security.istio.io {name} -o yaml
package rules.mesh.no_dangling_principal

import data.lib.mesh
import data.lib.text

violations contains {
	"subject": policy.subject,
	"message": sprintf(
		"AuthorizationPolicy %q in namespace %q lets in %s, and nothing runs under that account%s: whoever it is meant for is turned away.",
		[policy.name, policy.namespace, text.joined({sprintf("%s of namespace %s", [p.service_account, p.namespace]) | some p in gone}), hint(elsewhere)],
	),
	"at": gone[0].at,
	"state": policy.state,
	"evidence": [{"fact": sprintf("principal %s", [p.value]), "at": p.at, "object": sprintf("AuthorizationPolicy %s/%s", [policy.namespace, policy.name])} | some p in gone],
	"remediation": array.concat(
		[sprintf("juju integrate -m %s %s:provide-cmr-mesh %s:require-cmr-mesh  # where it is one of another model", [policy.namespace, target, p.service_account]) |
			some p in gone
			p.service_account in {name | some [name, _] in elsewhere}
			some id in policy.selects
			target := trim_prefix(id, sprintf("%s/", [policy.namespace]))
		],
		remove([policy.namespace, policy.name] in mesh.managed, policy.namespace, policy.name),
	),
} if {
	some policy in input.authorization_policies
	policy.action == "ALLOW"
	gone := [p |
		some rule in policy.rules
		some p in rule.principals
		p.known == "no"
		not explained(policy.selects, p.namespace, p.service_account)
	]
	gone != []
	elsewhere := {[app.name, app.model] |
		some app in input.applications
		some p in gone
		app.name == p.service_account
		app.model != p.namespace
	}
}

hint(elsewhere) := "" if count(elsewhere) == 0

hint(elsewhere) := sprintf(" (%s)", [concat(", ", sort([sprintf("%s is in model %s", [name, model]) | some [name, model] in elsewhere]))]) if {
	count(elsewhere) > 0
}

remove(false, namespace, name) := [sprintf("kubectl -n %s delete authorizationpolicies.security.istio.io %s  # where it is left over", [namespace, name])]

remove(true, namespace, name) := [sprintf("kubectl -n %s get authorizationpolicies.security.istio.io %s -o yaml  # its labels say which charm wrote it and will again", [namespace, name])]

# explained are the callers that another rule says are nameless.
explained(targets, namespace, account) if {
	some target in targets
	[target, namespace, account] in nameless
}

nameless contains [crossing.target.id, crossing.model, crossing.source.saas] if {
	some crossing in mesh.nameless
	crossing.source.saas != ""
}
