# METADATA
# title: Words for messages
package lib.text

# listed joins names as a sentence does: "a", "a and b", "a, b and c". The names
# are sorted and each is named once.
listed(names) := "" if count(names) == 0

listed(names) := concat(" and ", quoted) if {
	quoted := sort({sprintf("%q", [name]) | some name in names})
	count(quoted) in {1, 2}
}

listed(names) := sprintf("%s and %s", [concat(", ", head), quoted[last]]) if {
	quoted := sort({sprintf("%q", [name]) | some name in names})
	count(quoted) > 2
	last := count(quoted) - 1
	head := array.slice(quoted, 0, last)
}

# charm names the charm to deploy: the known one, or else what Charmarr calls
# the charm of an application of that name.
charm("", name) := sprintf("%s-k8s", [name])

charm(charm, _) := charm if charm != ""

# part names what a model with that part is, in a message.
part("core") := "the core model"

part("downloads") := "the downloads model"

part("gateway") := "the VPN gateway's model"

part("single") := "the single model"

part("") := "a model that plays no part in the profile"
