# METADATA
# title: Words for messages
package lib.text

# listed joins names as a sentence does: "a", "a and b", "a, b and c". The names
# are sorted and each is named once.
listed(names) := joined({sprintf("%q", [name]) | some name in names})

# joined is listed, without the quotes.
joined(items) := "" if count(items) == 0

joined(items) := concat(" and ", all) if {
	all := sort({item | some item in items})
	count(all) in {1, 2}
}

joined(items) := sprintf("%s and %s", [concat(", ", head), all[last]]) if {
	all := sort({item | some item in items})
	count(all) > 2
	last := count(all) - 1
	head := array.slice(all, 0, last)
}

# charm names the charm to deploy: the known one, or else what Charmarr calls
# the charm of an application of that name. The gateway's charm has an older name
# under which no charm hub has it.
charm("", name) := sprintf("%s-k8s", [name])

charm(charm, _) := object.get(renamed, charm, charm) if charm != ""

renamed := {"vpnarr": "gluetun-k8s", "vpnarr-k8s": "gluetun-k8s"}

# part names what a model with that part is, in a message.
part("core") := "the core model"

part("downloads") := "the downloads model"

part("gateway") := "the VPN gateway's model"

part("single") := "the single model"

part("") := "a model that plays no part in the profile"
