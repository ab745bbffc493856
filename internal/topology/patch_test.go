package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// What is set on a namespace is laid over what is there, whichever was read first.
// Alone it says what is set and leaves the rest open.
func TestPatchOfANamespace(t *testing.T) {
	namespace := func(patch bool, labels ...string) snapshot.Namespace {
		n := snapshot.Namespace{Meta: snapshot.Meta{Name: "gluetun", At: snapshot.Pos{0, 3, 1, 2}}, Patch: patch}
		for i := 0; i < len(labels); i += 2 {
			n.Labels = append(n.Labels, snapshot.Fact{Key: labels[i], Value: labels[i+1]})
		}
		return n
	}
	base := namespace(false, labelModelName, "gluetun", "mode", "none")
	patch := namespace(true, "mode", "ambient")
	for name, c := range map[string]struct {
		namespaces []snapshot.Namespace
		want       map[string]string
		gaps       int
	}{
		"after":  {[]snapshot.Namespace{base, patch}, map[string]string{labelModelName: "gluetun", "mode": "ambient"}, 0},
		"before": {[]snapshot.Namespace{patch, base}, map[string]string{labelModelName: "gluetun", "mode": "ambient"}, 0},
		"alone":  {[]snapshot.Namespace{patch}, map[string]string{"mode": "ambient"}, 1},
		"none":   {[]snapshot.Namespace{base}, map[string]string{labelModelName: "gluetun", "mode": "none"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := snapshot.Snapshot{
				Sources:    []snapshot.Source{{Kind: snapshot.TerraformPlan, Name: "plan.json"}},
				Models:     []snapshot.Model{{Name: "gluetun", State: snapshot.Planned}},
				Namespaces: c.namespaces,
			}
			e := newEstate(s, Profile{})
			got := map[string]string{}
			for _, f := range e.byName["gluetun"][0].namespace.Labels {
				got[f.Key] = f.Value
			}
			require.Equal(t, c.want, got)
			require.Len(t, e.gaps, c.gaps)
			require.Len(t, s.Namespaces[0].Labels, len(c.namespaces[0].Labels), "what is given stays as it is")
		})
	}
}
