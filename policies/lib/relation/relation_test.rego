package lib.relation_test

import data.lib.relation
import data.lib.testing

stack := testing.stack({"applications": [
	testing.application("core", "radarr", "media-manager", {}),
	testing.application("core", "disk", "storage", {}),
]})

test_partner_is_the_first_that_fits if {
	relation.partner("radarr", "media-storage") == "disk" with input as stack
}

test_partner_is_a_placeholder_where_none_fits if {
	relation.partner("radarr", "media-indexer") == "MEDIA-INDEXER" with input as stack
}

test_partner_of_another_role if {
	relation.partner("disk", "media-storage") == "MEDIA-STORAGE" with input as stack
}
