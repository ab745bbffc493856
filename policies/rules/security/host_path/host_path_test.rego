package rules.security.host_path_test

import data.lib.testing
import data.rules.security.host_path as rule

of(privileges) := testing.stack({"applications": [testing.application("charmarr-core", "plex", "media-server", {"privileges": privileges})]})

path(value, fields) := testing.privilege("host-path", "plex", value, object.union({"volume": "host", "mounts": [{"list": "containers", "container": "plex", "path": "/host"}]}, fields))

test_pod if {
	found := rule.violations with input as of([path("/etc", {})])
	testing.hits(found) == {["pod", "application", "plex", ""]}
	some violation in found
	violation.remediation[1] == `kubectl -n charmarr-core patch statefulset plex -p '{"spec":{"template":{"spec":{"containers":[{"name":"plex","volumeMounts":[{"$patch":"delete","mountPath":"/host"}]}],"volumes":[{"$patch":"delete","name":"host"}]}}}}'`
}

test_pod_without_a_mount if {
	some violation in rule.violations with input as of([path("/etc", {"mounts": []})])
	contains(violation.remediation[1], `{"spec":{"volumes":[{"$patch":"delete","name":"host"}]}}`)
}

test_device_left_over if {
	testing.hits(rule.violations) == {["device-left-over", "application", "plex", ""]} with input as of([path("/dev/dri", {"reason": "option hardware-transcoding is off"})])
}

test_silent if {
	count(rule.violations) == 0 with input as of([path("/dev/dri", {"expected": "yes"})])
	count(rule.violations) == 0 with input as of([])
}

test_undecided_on_a_charm_that_is_not_known if {
	unknown := of([path("/etc", {"expected": ""})])
	count(rule.violations) == 0 with input as unknown
	count(rule.undecided) == 1 with input as unknown
}

media(fields, system) := testing.media([], [testing.media_user("core", "radarr", {})], [object.union(testing.media_claim("core", ["radarr"], fields), {"backing": object.union(testing.host_path("/etc"), {"system": system})})])

test_media if {
	testing.hits(rule.violations) == {["media", "persistentvolumeclaim", "charmarr-shared-media", ""]} with input as media({}, true)
	count(rule.violations) == 0 with input as media({}, false)
	count(rule.violations) == 0 with input as media({"class": "local-path"}, true)
}
