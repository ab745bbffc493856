package rules.kill_switch.pod_keeps_label_test

import data.lib.testing
import data.rules.kill_switch.pod_keeps_label as rule

name := "qbittorrent-vpn-killswitch"

labelled := {"labels": [{"key": "app.kubernetes.io/name", "value": "qbittorrent", "at": "label"}], "policies": [name]}

bare := {"labels": [], "policies": []}

client(fields) := testing.application("charmarr-downloads", "qbittorrent", "download-client", object.union({"egress": testing.egress({})}, fields))

of(app, strays) := testing.stack({"applications": [app], "network_policies": [testing.kill_switch(app, {})], "strays": strays})

pod(fields) := testing.pod("charmarr-downloads", "qbittorrent-0", fields)

workload(fields) := testing.workload("charmarr-downloads", "qbittorrent", fields)

test_label_lost if {
	testing.hits(rule.violations) == {["label-lost", "pod", "qbittorrent-0", ""]} with input as of(client({"pods": [pod(bare)], "workloads": [workload(labelled)]}), [])
	testing.hits(rule.violations) == {["label-lost", "workload", "qbittorrent", ""]} with input as of(client({"pods": [pod(labelled)], "workloads": [workload(bare)]}), [])
}

test_silent_where_it_is_there_or_the_policy_selects_otherwise if {
	count(rule.violations) == 0 with input as of(client({"pods": [pod(labelled)], "workloads": [workload(labelled)]}), [])
	count(rule.violations) == 0 with input as of(client({"pods": [pod({"labels": [], "policies": [name]})]}), [])
	count(rule.violations) == 0 with input as of(client({"pods": [pod(object.union(bare, {"phase": "Failed"}))]}), [])
	count(rule.violations) == 0 with input as testing.stack({"applications": [client({"pods": [pod(bare)]})]})
}

stray(role, policies) := object.union(testing.stray_default, {
	"subject": testing.subject("pod", "charmarr-downloads", "copy"),
	"at": "copy", "kind": "Pod", "name": "copy", "namespace": "charmarr-downloads", "role": role, "policies": policies,
})

test_copy if {
	testing.hits(rule.violations) == {["copy", "pod", "copy", ""]} with input as of(client({}), [stray("download-client", [])])
	count(rule.violations) == 0 with input as of(client({}), [stray("download-client", [name])])
	count(rule.violations) == 0 with input as of(client({}), [stray("", [])])
}
