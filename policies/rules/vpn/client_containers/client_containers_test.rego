package rules.vpn.client_containers_test

import data.lib.testing
import data.rules.vpn.client_containers as rule

# laid is a route container as the charm lays it.
laid(name, script) := object.union(testing.container(name), {
	"image": "ghcr.io/angelnu/pod-gateway:v1.13.0",
	"image_at": "image",
	"command": [sprintf("/bin/%s", [script])],
	"env": [testing.fact("gateway", "gluetun-endpoints.gluetun.svc.cluster.local")],
	"capabilities": ["NET_ADMIN"],
	"mounts": [{"volume": "pod-gateway-config", "path": "/config", "at": "mount"}],
})

init := laid("vpn-route-init", "client_init.sh")

sidecar := laid("vpn-route-sidecar", "client_sidecar.sh")

workload(inits, sidecars) := testing.workload("charmarr-downloads", "qbittorrent", {
	"init_containers": inits,
	"containers": array.concat([testing.container("qbittorrent")], sidecars),
})

pod(inits, sidecars) := testing.pod("charmarr-downloads", "qbittorrent-0", {"init_containers": inits, "containers": sidecars})

of(fields) := testing.stack({"applications": [testing.application("charmarr-downloads", "qbittorrent", "download-client", object.union({"egress": testing.egress({})}, fields))]})

with_init(fields) := of({"workloads": [workload([object.union(init, fields)], [sidecar])]})

test_silent_where_all_is_as_laid if {
	whole := of({"workloads": [workload([init], [sidecar])], "pods": [pod([init], [sidecar])]})
	count(rule.violations) == 0 with input as whole
	count(rule.undecided) == 0 with input as whole
}

test_missing if {
	found := rule.violations with input as of({"workloads": [workload([], [sidecar])]})
	testing.hits(found) == {["missing", "workload", "qbittorrent", ""]}
	some violation in found
	contains(violation.message, "the routes of any pod")
	some other in rule.violations with input as of({"workloads": [workload([init], [])]})
	contains(other.message, "nobody lays their routes again")
}

test_pods_alone if {
	testing.hits(rule.violations) == {["missing", "pod", "qbittorrent-0", ""]} with input as of({"pods": [pod([], [sidecar])]})
	done := object.union(pod([], [sidecar]), {"phase": "Succeeded"})
	count(rule.violations) == 0 with input as of({"pods": [done]})
}

test_containers_that_cannot_do_their_work if {
	faults := [{"command": ["/bin/sleep", "1"]}, {"capabilities": []}, {"env": []}, {"mounts": []}]
	found := [fault |
		some fault in faults
		testing.hits(rule.violations) == {["container", "workload", "qbittorrent", ""]} with input as with_init(fault)
	]
	found == faults
}

test_privileges_by_another_name_will_do if {
	same := [{"capabilities": ["CAP_NET_ADMIN"]}, {"capabilities": ["ALL"]}, {"capabilities": [], "privileged": "yes"}]
	silent := [fields | some fields in same; count(rule.violations) == 0 with input as with_init(fields)]
	silent == same
}

test_image if {
	testing.hits(rule.violations) == {["image", "workload", "qbittorrent", "warning"]} with input as with_init({"image": "ghcr.io/angelnu/pod-gateway:v1.8.1"})
	count(rule.violations) == 0 with input as with_init({"image": "registry.lan/mirror/pod-gateway:v1.13.0@sha256:0"})
}

test_not_rolled_out if {
	old := of({"workloads": [workload([init], [sidecar])], "pods": [pod([], [])]})
	testing.hits(rule.violations) == {["not-rolled-out", "pod", "qbittorrent-0", ""]} with input as old
}

hashed(value) := object.union(workload([init], [sidecar]), {"annotations": [testing.fact("charmarr.io/gateway-client-config-hash", value)]})

known := [testing.vpn_client("charmarr-downloads", "qbittorrent", [], {"settings": testing.vpn_settings("charmarr-downloads", "qbittorrent", {"hash": "1234abcd"})})]

test_old_settings if {
	testing.hits(rule.violations) == {["old-settings", "workload", "qbittorrent", "warning"]} with input as object.union(of({"workloads": [hashed("0000abcd")]}), {"vpn_clients": known})
	testing.hits(rule.violations) == {["old-settings", "workload", "qbittorrent", "warning"]} with input as object.union(of({"workloads": [workload([init], [sidecar])]}), {"vpn_clients": known})
	count(rule.violations) == 0 with input as object.union(of({"workloads": [hashed("1234abcd")]}), {"vpn_clients": known})
	count(rule.violations) == 0 with input as of({"workloads": [hashed("0000abcd")]})
}

test_undecided_on_a_command_that_is_not_said if {
	count(rule.violations) == 0 with input as with_init({"command": []})
	count(rule.undecided) == 1 with input as with_init({"command": []})
}

test_silent_on_what_does_not_go_through_a_gateway if {
	count(rule.violations) == 0 with input as of({"egress": testing.egress({"signs": ["relation"]}), "workloads": [workload([], [])]})
}
