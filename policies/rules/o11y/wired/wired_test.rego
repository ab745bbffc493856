package rules.o11y.wired_test

import data.lib.testing
import data.rules.o11y.wired as rule

otelcol := testing.application("charmarr-core", "otelcol", "telemetry-collector", {})

radarr := testing.application("charmarr-core", "radarr", "media-manager", {"telemetry": ["prometheus_scrape", "loki_push_api"]})

wire(interface) := testing.relation(interface, testing.end(radarr, "x"), testing.end(otelcol, "y"), {})

of(apps, relations) := testing.stack({"applications": apps, "relations": relations})

test_one_is_missing if {
	found := rule.violations with input as of([otelcol, radarr], [wire("prometheus_scrape")])
	testing.hits(found) == {["", "application", "radarr", ""]}
	some violation in found
	contains(violation.message, "sends no logs to")
	violation.remediation == ["juju integrate -m charmarr-core radarr:logging otelcol:receive-loki-logs"]
}

test_silent_when_wired if {
	count(rule.violations) == 0 with input as of([otelcol, radarr], [wire("prometheus_scrape"), wire("loki_push_api")])
}

test_silent_without_a_collector if {
	count(rule.violations) == 0 with input as of([radarr], [])
}

test_silent_on_what_tells_nothing if {
	mute := testing.application("charmarr-core", "plex", "media-server", {})
	count(rule.violations) == 0 with input as of([otelcol, mute], [])
}

test_of_several_collectors_the_first_is_named if {
	second := testing.application("charmarr-core", "another", "telemetry-collector", {})
	found := rule.violations with input as of([otelcol, second, radarr], [wire("prometheus_scrape")])
	testing.hits(found) == {["", "application", "radarr", ""]}
	some violation in found
	violation.remediation == ["juju integrate -m charmarr-core radarr:logging another:receive-loki-logs"]
}
