package rules.o11y.no_direct_scrape_test

import data.lib.testing
import data.rules.o11y.no_direct_scrape as rule

radarr := testing.application("charmarr-core", "radarr", "media-manager", {})

otelcol := testing.application("charmarr-core", "otelcol", "telemetry-collector", {})

out(app, fields) := testing.stack({"relations": [testing.relation("prometheus_scrape", testing.end(app, "metrics-endpoint"), testing.unresolved("prometheus"), object.union({"cross_model": true}, fields))]})

test_straight_out if {
	count(rule.violations) == 1 with input as out(radarr, {})
}

test_silent_within_a_model if {
	count(rule.violations) == 0 with input as out(radarr, {"cross_model": false})
}

test_silent_on_the_collector if {
	count(rule.violations) == 0 with input as out(otelcol, {})
}
