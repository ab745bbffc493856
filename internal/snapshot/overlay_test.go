package snapshot

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

func cluster(services ...string) Snapshot {
	s := Snapshot{Sources: []Source{{Kind: JujuController, Name: "home"}, {Kind: KubeCluster, Name: "here"}}}
	s.Models = []Model{{Name: "core", State: Declared}}
	for _, name := range services {
		s.Services = append(s.Services, Service{Meta: Meta{Name: name, At: Pos{1}}})
	}
	return s
}

func file(name string, services ...string) Snapshot {
	s := Snapshot{Sources: []Source{{Kind: Manifest, Name: name}}}
	for _, name := range services {
		s.Services = append(s.Services, Service{Meta: Meta{Name: name, At: Pos{0, 1, 1, 2}}})
	}
	return s
}

func TestOverlaid(t *testing.T) {
	bundle := Snapshot{Sources: []Source{{Kind: JujuBundle, Name: "bundle.yaml"}}, Models: []Model{{State: Planned, At: Pos{0, 1, 1, 2}}}}
	status := Snapshot{Sources: []Source{{Kind: JujuStatus, Name: "status.json"}}, Models: []Model{{Name: "vpn", State: Declared, At: Pos{0, 1, 1, 2}}}}
	for name, merged := range map[string]Snapshot{
		"live first": Merge(cluster("a", "b"), file("f.yaml", "c"), bundle, status),
		"live last":  Merge(file("f.yaml", "c"), bundle, status, cluster("a", "b")),
	} {
		t.Run(name, func(t *testing.T) {
			s := Overlaid(merged)
			var order []string
			for _, x := range s.Services {
				order = append(order, x.Name+" of "+s.Sources[x.At.Source()].Name)
			}
			require.Equal(t, []string{"a of here", "b of here", "c of f.yaml"}, order)
			require.Len(t, s.Models, 3)
			require.Equal(t, "core", s.Models[0].Name)
			require.Equal(t, []bool{false, true, false}, []bool{s.Models[0].Over, s.Models[1].Over, s.Models[2].Over}, "a bundle replaces, a status adds")
			require.False(t, merged.Models[0].Over || merged.Models[1].Over || merged.Models[2].Over, "the argument is left as it was")

			today, _, laid := s.Divided()
			require.True(t, laid)
			require.Len(t, today.Services, 2)
			require.Len(t, today.Models, 1)
			require.Equal(t, s.Sources, today.Sources)
		})
	}
	for name, alone := range map[string]Snapshot{"live": cluster("a"), "files": Merge(file("f.yaml", "c"), bundle), "nothing": Merge()} {
		t.Run(name+" alone", func(t *testing.T) {
			require.Equal(t, alone, Overlaid(alone))
			_, _, laid := alone.Divided()
			require.False(t, laid)
		})
	}
}

// TestEveryListIsDivided fills each list of a snapshot: none is forgotten.
func TestEveryListIsDivided(t *testing.T) {
	s := Snapshot{Sources: []Source{{Kind: KubeCluster}, {Kind: Manifest}}}
	v := reflect.ValueOf(&s).Elem()
	var lists []string
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		switch name {
		case "Schema", "Sources", "Coverage", "Comments", "Gaps", "Ignored":
			continue
		}
		lists = append(lists, name)
		field.Set(reflect.MakeSlice(field.Type(), 2, 2))
		field.Index(1).FieldByName("At").Set(reflect.ValueOf(Pos{1, 1, 1, 2}))
	}
	live, files, laid := s.Divided()
	require.True(t, laid)
	for _, name := range lists {
		require.Equal(t, 1, reflect.ValueOf(live).FieldByName(name).Len(), name)
		require.Equal(t, 1, reflect.ValueOf(files).FieldByName(name).Len(), name)
		require.Equal(t, 2, reflect.ValueOf(Overlaid(s)).FieldByName(name).Len(), name)
	}
}
