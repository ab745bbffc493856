# METADATA
# title: A namespace bears the name of its Juju model
# description: |
#   Juju names a model's namespace after the model and labels it so, and
#   Charmarr's charms rely on it: they write policies, waypoints and DNS names
#   with the model's name for namespace. Where label and name part, what is read
#   from Kubernetes can no longer be joined to what Juju says, and policies point
#   nowhere.
#
#   Looked at: label model.juju.is/name (in older models juju-model) of the
#   namespaces that play a part and that Juju manages something in, or that bear
#   the name of a model Juju shows. Namespaces that Juju has nothing to do with
#   are left alone. Model UUIDs are not compared.
# schemas:
#   - input: schema.stack
# custom:
#   id: topology/model-matches-namespace
#   level: warning
#   adr: ["networking/adr-006#decision-outcome"]
#   needs:
#     - [kube.namespaces, kube.workloads]
#     - [kube.namespaces, juju.applications]
#   subjects: [namespace]
#   states: [effective]
#   remediation:
#     - kubectl label namespace {namespace} model.juju.is/name={namespace} --overwrite
#   ways:
#     - id: unlabelled
#       title: The namespace lacks the label that names its model
#     - id: other-name
#       title: The namespace is labelled with the name of another model
package rules.topology.model_matches_namespace

judged contains namespace if {
	some namespace in input.namespaces
	namespace.part != ""
	namespace.juju_managed
}

judged contains namespace if {
	some namespace in input.namespaces
	namespace.part != ""
	namespace.name in declared
}

declared := {model.name | some model in input.models; model.declared}

violations contains {
	"subject": namespace.subject,
	"way": "unlabelled",
	"message": sprintf(
		"Namespace %q is a Juju model's and lacks the label model.juju.is/name=%s: Juju and this tool can no longer tell which model it is.",
		[namespace.name, namespace.name],
	),
	"at": namespace.at,
	"state": namespace.state,
} if {
	some namespace in judged
	namespace.juju_model == ""
}

violations contains {
	"subject": namespace.subject,
	"way": "other-name",
	"message": sprintf(
		"Namespace %q is labelled as model %q. Charmarr's charms take the model's name for the namespace's, so their policies and addresses point at %q.",
		[namespace.name, namespace.juju_model, namespace.juju_model],
	),
	"at": labels[0],
	"state": namespace.state,
	"remediation": [
		sprintf("juju show-model %s  # is it this namespace's?", [namespace.juju_model]),
		sprintf("kubectl label namespace %s model.juju.is/name=%s --overwrite", [namespace.name, namespace.name]),
	],
} if {
	some namespace in judged
	namespace.juju_model != ""
	namespace.juju_model != namespace.name
	labels := array.concat(
		[label.at |
			some label in namespace.labels
			label.key in {"model.juju.is/name", "juju-model"}
			label.value == namespace.juju_model
		],
		[namespace.at],
	)
}
