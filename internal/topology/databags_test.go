package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// Databags that a source does not show, or shows of the wrong end, are left out;
// they are not taken for empty.
func TestDatabagsThatAreNotShown(t *testing.T) {
	relation := snapshot.UnitRelation{Endpoint: "vpn-gateway", RelatedEndpoint: "vpn-gateway"}
	unseen := relation
	unseen.Unseen = true
	for name, c := range map[string]struct {
		status   string // the version that a status says
		live     string // the version that the units' own source says
		relation snapshot.UnitRelation
		shown    bool
	}{
		"show-unit alone":             {relation: relation, shown: true},
		"show-unit of Juju 3":         {status: "3.6.9", relation: relation, shown: true},
		"show-unit of Juju 4":         {status: "4.0.1", relation: relation, shown: false},
		"show-unit of a later one":    {status: "11.0", relation: relation, shown: false},
		"a version that says nothing": {status: "devel", relation: relation, shown: true},
		"a controller of Juju 4":      {live: "4.1-beta2", relation: relation, shown: true},
		"of another model":            {live: "4.1-beta2", relation: unseen, shown: false},
	} {
		t.Run(name, func(t *testing.T) {
			m := &model{observed: []*snapshot.Model{
				{Version: c.status},
				{
					Version: c.live, Evidence: []snapshot.Evidence{snapshot.JujuUnits},
					Units: []snapshot.Unit{{Name: "qbittorrent/0", Relations: []snapshot.UnitRelation{c.relation}}},
				},
			}}
			a := &app{name: "qbittorrent", charm: "qbittorrent-k8s", model: m}
			require.Equal(t, c.shown, len(a.vpnData()) == 1)
			require.Equal(t, c.shown, len(a.unitDocuments(nil)[0].Databags) == 1)
			require.Equal(t, c.shown || c.relation.Unseen, a.databagsKnown(), "that one is not shown, a controller says itself")
		})
	}
}
