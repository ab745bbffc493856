package lib.vpn_test

import data.lib.testing
import data.lib.vpn

gluetun := testing.application("gluetun", "gluetun", "vpn-gateway", {})

client := testing.application("charmarr-downloads", "qbittorrent", "download-client", {})

of(relation) := testing.stack({"applications": [client, gluetun], "relations": [relation]})

ends := [testing.end(gluetun, "vpn-gateway"), testing.end(client, "vpn-gateway")]

test_ends_are_told_apart if {
	relations := [
		testing.relation("vpn-gateway", ends[0], ends[1], {}),
		testing.relation("vpn-gateway", ends[0], ends[1], {"sides_known": false}),
		testing.relation("vpn-gateway", ends[1], ends[0], {"sides_known": false}),
	]
	found := [[link.client.application, link.gateway.application] |
		some relation in relations
		links := vpn.links with input as of(relation)
		some link in links
	]
	found == [["qbittorrent", "gluetun"], ["qbittorrent", "gluetun"], ["qbittorrent", "gluetun"]]
}

workload(init, containers) := testing.workload("charmarr-downloads", "qbittorrent", {
	"init_containers": [testing.container(name) | some name in init],
	"containers": [testing.container(name) | some name in containers],
})

running(workloads) := testing.stack({"applications": [testing.running("charmarr-downloads", "qbittorrent", "download-client", {"workloads": workloads})]})

whole := workload(["vpn-route-init"], ["qbittorrent", "vpn-route-sidecar"])

test_routed_needs_both_containers_in_every_workload if {
	cases := [
		[whole],
		[workload(["vpn-route-init"], ["qbittorrent"])],
		[workload([], ["vpn-route-sidecar"])],
		[workload(["vpn-route-sidecar"], ["vpn-route-init"])],
		[whole, object.union(workload([], ["qbittorrent"]), {"name": "other"})],
	]
	routed := [i |
		some i, workloads in cases
		count(vpn.routed) == 1 with input as running(workloads)
	]
	routed == [0]
}

test_neither_without_workloads if {
	count(vpn.routed) == 0 with input as running([])
	count(vpn.unrouted) == 0 with input as running([])
}
