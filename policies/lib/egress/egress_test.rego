package lib.egress_test

import data.lib.egress
import data.lib.testing

client(fields) := testing.application("charmarr-downloads", "qbittorrent", "download-client", object.union({"egress": testing.egress({})}, fields))

unsigned := testing.egress({"signs": []})

gluetun(fields) := testing.application("gluetun", "gluetun", "vpn-gateway", fields)

of(app) := testing.stack({"applications": [app, gluetun({})]})

test_clients_and_others if {
	{app.name | some app in egress.clients} == {"qbittorrent"} with input as of(client({}))
	egress.clients == [] with input as of(client({"egress": unsigned}))
	egress.clients == [] with input as of(client({"life": "dying"}))
	prowlarr := testing.application("charmarr", "prowlarr", "indexer", {"egress": testing.egress({})})
	{app.name | some app in egress.others} == {"prowlarr"} with input as of(prowlarr)
	egress.clients == [] with input as of(prowlarr)
}

test_a_client_that_juju_keeps_from_running_leaks_nothing if {
	leaking := client({"egress": testing.leak("")})
	alone := testing.stack({"applications": [leaking], "evidence": testing.evidence(["juju.relations"], ["charmarr-downloads"])})
	egress.leaking == set() with input as alone
	egress.leaking == {"charmarr-downloads/qbittorrent"} with input as of(leaking)
	unsafe := client({"egress": testing.leak(""), "config": [testing.fact("unsafe-mode", "true")]})
	egress.leaking == {"charmarr-downloads/qbittorrent"} with input as object.union(alone, {"applications": [unsafe]})
	egress.leaking == set() with input as of(client({"egress": testing.leak(""), "life": "dead"}))
}

test_named_is_the_policy_that_a_packet_got_past if {
	egress.named == {"charmarr-downloads/qbittorrent": "x"} with input as of(client({"egress": testing.leak("x")}))
	egress.named == {} with input as of(client({}))
}

test_held_by_a_policy_under_any_name if {
	policy := testing.policy("charmarr-downloads", "by-hand", {"selects": ["charmarr-downloads/qbittorrent"]})
	egress.held == {"charmarr-downloads/qbittorrent"} with input as testing.stack({"network_policies": [policy]})
	changed := [{"isolates": false}, {"egress": [testing.hole(1)]}, {"egress": [testing.egress_rule(1, {"problem": "no"})]}]
	open := [fields |
		some fields in changed
		egress.held == set() with input as testing.stack({"network_policies": [object.union(policy, fields)]})
	]
	open == changed
}

bare := client({"egress": unsigned, "workloads": [testing.workload("charmarr-downloads", "qbittorrent", {"replicas": 1})]})

unready := gluetun({"workloads": [testing.workload("gluetun", "gluetun", {})]})

ready := gluetun({"workloads": [testing.workload("gluetun", "gluetun", {"init_containers": [testing.container("gateway-init")]})]})

test_waiting_while_no_gateway_is_ready if {
	egress.waiting == {"charmarr-downloads/qbittorrent"} with input as testing.stack({"applications": [bare, unready]})
	egress.waiting == set() with input as testing.stack({"applications": [bare, ready]})
	egress.waiting == set() with input as testing.stack({"applications": [bare]})
	egress.waiting == set() with input as testing.stack({"applications": [bare, unready], "evidence": testing.evidence(["juju.relations"], ["charmarr-downloads"])})
	scaled := object.union(bare, {"workloads": [testing.workload("charmarr-downloads", "qbittorrent", {"replicas": 0})]})
	egress.waiting == set() with input as testing.stack({"applications": [scaled, unready]})
}

test_waiting_behind_a_relation if {
	relation := testing.relation("vpn-gateway", testing.end(ready, "vpn-gateway"), testing.end(bare, "vpn-gateway"), {})
	behind := testing.stack({"applications": [bare, ready], "relations": [relation]})
	egress.waiting == {"charmarr-downloads/qbittorrent"} with input as behind
	knows := testing.vpn_client("charmarr-downloads", "qbittorrent", ["gluetun/gluetun"], {"data": [testing.vpn_data("qbittorrent/0", {})]})
	egress.waiting == set() with input as object.union(behind, {"vpn_clients": [knows]})
	egress.told == {"charmarr-downloads/qbittorrent"} with input as object.union(behind, {"vpn_clients": [knows]})
}
