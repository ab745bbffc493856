package rules.ops.image_pinned_test

import data.lib.testing
import data.rules.ops.image_pinned as rule

of(app) := testing.stack({"applications": [app]})

container(name, image, pinned) := object.union(testing.container(name), {"image": image, "image_at": image, "pinned": pinned})

running(containers) := testing.running("charmarr-core", "radarr", "media-manager", {"workloads": [testing.workload("charmarr-core", "radarr", {"containers": containers})]})

loose := container("radarr", "lscr.io/linuxserver/radarr:latest", "no")

firm := container("radarr", "lscr.io/linuxserver/radarr:6.1.1", "yes")

test_latest if {
	found := rule.violations with input as of(running([loose]))
	testing.hits(found) == {["", "application", "radarr", ""]}
	some violation in found
	violation.at == "lscr.io/linuxserver/radarr:latest"
	violation.remediation[1] == "juju attach-resource -m charmarr-core radarr radarr-image=lscr.io/linuxserver/radarr:VERSION"
}

test_init_containers_count_and_one_finding_names_all if {
	app := testing.running("charmarr-core", "radarr", "media-manager", {"workloads": [testing.workload("charmarr-core", "radarr", {
		"init_containers": [container("setup", "busybox", "no")],
		"containers": [loose],
	})]})
	found := rule.violations with input as of(app)
	count(found) == 1
	some violation in found
	contains(violation.message, "runs radarr from image lscr.io/linuxserver/radarr:latest and setup from image busybox")
}

test_pods_where_there_are_no_workloads if {
	pods := [testing.pod("charmarr-core", "radarr-0", {"containers": [loose]})]
	alone := testing.running("charmarr-core", "radarr", "media-manager", {"workloads": [], "pods": pods})
	count(rule.violations) == 1 with input as of(alone)
	both := testing.running("charmarr-core", "radarr", "media-manager", {"workloads": [testing.workload("charmarr-core", "radarr", {"containers": [firm]})], "pods": pods})
	count(rule.violations) == 0 with input as of(both)
}

test_silent_on_versions_and_on_what_something_else_fills_in if {
	count(rule.violations) == 0 with input as of(running([firm]))
	count(rule.violations) == 0 with input as of(running([container("istio-proxy", "auto", "")]))
}

test_silent_on_what_is_told_of_elsewhere_and_on_others if {
	count(rule.violations) == 0 with input as of(running([container("vpn-route-sidecar", "ghcr.io/angelnu/pod-gateway", "no")]))
	blog := testing.running("charmarr-core", "blog", "", {"workloads": [testing.workload("charmarr-core", "blog", {"containers": [loose]})]})
	count(rule.violations) == 0 with input as of(blog)
}
