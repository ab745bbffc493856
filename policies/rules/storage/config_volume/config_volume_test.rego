package rules.storage.config_volume_test

import data.lib.testing
import data.rules.storage.config_volume as rule

of(kept, fields) := testing.stack({"applications": [testing.application("core", "radarr", "media-manager", object.union(
	{"config_volume": {"path": "/config", "container": "radarr", "kept": kept, "fact": "container radarr mounts no claim at /config", "object": "StatefulSet core/radarr", "at": "radarr"}},
	fields,
))]})

test_not_kept if {
	testing.hits(rule.violations) == {["", "application", "radarr", ""]} with input as of("no", {})
}

test_silent if {
	count(rule.violations) == 0 with input as of("yes", {})
	count(rule.violations) == 0 with input as of("", {})
	count(rule.violations) == 0 with input as of("no", {"life": "dying"})
}
