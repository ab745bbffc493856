package lib.media_test

import data.lib.media
import data.lib.testing

radarr := testing.media_user("core", "radarr", {})

qbittorrent := testing.media_user("downloads", "qbittorrent", {})

of(claims) := testing.media([testing.media_storage("core", "storage", {})], [radarr, qbittorrent], claims)

core := testing.media_claim("core", ["radarr"], {})

downloads := testing.media_claim("downloads", ["qbittorrent"], {"apart_from": "core/charmarr-shared-media", "volume": "downloads-media-pv"})

test_users_are_named if {
	users := media.users with input as of([core, downloads])
	users[["core", "charmarr-shared-media"]] == {"radarr"}
}

test_second_leads_to_the_data_of_the_first if {
	commands := media.second("downloads", "charmarr-shared-media") with input as of([core, object.union(downloads, {"volume": ""})])
	contains(commands[0], `"name":"downloads-media-pv"`)
	contains(commands[0], `"nfs":{"path":"/tank/media","server":"192.168.2.20"}`)
	contains(commands[1], `"volumeName":"downloads-media-pv"`)
}

test_second_is_not_called_as_the_first if {
	commands := media.second("downloads", "charmarr-shared-media") with input as of([core, downloads])
	contains(commands[0], `"name":"downloads-media-pv-2"`)
	contains(commands[1], `"volumeName":"downloads-media-pv-2"`)
}

test_second_of_every_kind_of_backing if {
	wanted := [
		[testing.host_path("/srv/media"), `"hostPath":{"path":"/srv/media","type":"Directory"}`],
		[object.union(testing.backing_default, {"kind": "csi", "server": "d", "path": "h"}), `"csi":{"driver":"d","volumeHandle":"h"}`],
	]
	found := [text |
		some [backing, text] in wanted
		commands := media.second("downloads", "c") with input as of([object.union(object.remove(core, ["backing"]), {"backing": backing}), downloads])
		contains(commands[0], text)
	]
	count(found) == count(wanted)
}

test_second_without_anything_to_lead_to if {
	commands := media.second("core", "charmarr-shared-media") with input as of([core])
	count(commands) == 1
}

test_free_keeps_the_volume if {
	commands := media.free("core") with input as of([])
	commands == ["juju config -m core storage cleanup-on-remove=false", "juju remove-application -m core storage"]
	media.free("downloads") == [] with input as of([])
}

test_place if {
	media.place("", "b") == "b"
	media.place("a", "b") == "a"
}
