package rules.vpn.no_host_network_test

import data.lib.testing
import data.rules.vpn.no_host_network as rule

of(role, fields) := testing.stack({"applications": [testing.application("charmarr-downloads", "qbittorrent", role, object.union({"egress": testing.egress({})}, fields))]})

workload(fields) := {"workloads": [testing.workload("charmarr-downloads", "qbittorrent", fields)]}

pod(fields) := {"pods": [testing.pod("charmarr-downloads", "qbittorrent-0", fields)]}

test_each_way if {
	testing.hits(rule.violations) == {["host-network", "workload", "qbittorrent", "error"]} with input as of("download-client", workload({"host_network": true}))
	testing.hits(rule.violations) == {["host-pid", "workload", "qbittorrent", "error"]} with input as of("vpn-gateway", workload({"host_pid": true}))
	testing.hits(rule.violations) == {["shared-processes", "workload", "qbittorrent", "warning"]} with input as of("indexer", workload({"shared_processes": true}))
}

test_a_pod_by_itself if {
	testing.hits(rule.violations) == {["host-network", "pod", "qbittorrent-0", "error"]} with input as of("download-client", pod({"host_network": true}))
	both := object.union(workload({"host_network": true}), pod({"host_network": true}))
	testing.hits(rule.violations) == {["host-network", "workload", "qbittorrent", "error"]} with input as of("download-client", both)
	count(rule.violations) == 0 with input as of("download-client", pod({"host_network": true, "phase": "Failed"}))
}

test_silent if {
	count(rule.violations) == 0 with input as of("download-client", object.union(workload({}), pod({})))
	unrelated := {"egress": testing.egress({"asked": false, "signs": []})}
	count(rule.violations) == 0 with input as of("media-server", object.union(unrelated, workload({"host_network": true})))
	count(rule.violations) == 0 with input as of("download-client", object.union(workload({"host_network": true}), {"life": "dying"}))
}
