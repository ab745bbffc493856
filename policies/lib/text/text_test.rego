package lib.text_test

import data.lib.text

test_listed if {
	text.listed([]) == ""
	text.listed(["a"]) == `"a"`
	text.listed(["b", "a"]) == `"a" and "b"`
	text.listed(["c", "a", "b", "a"]) == `"a", "b" and "c"`
}

test_joined_has_no_quotes if {
	text.joined([]) == ""
	text.joined({"b", "a"}) == "a and b"
	text.joined(["c", "a", "b", "a"]) == "a, b and c"
}

test_charm_of_an_older_name if {
	text.charm("vpnarr", "tunnel") == "gluetun-k8s"
}

test_charm if {
	text.charm("radarr-k8s", "movies") == "radarr-k8s"
	text.charm("", "radarr") == "radarr-k8s"
}

test_part_of_every_kind if {
	named := {text.part(part) | some part in {"core", "downloads", "gateway", "single", ""}}
	count(named) == 5
}
