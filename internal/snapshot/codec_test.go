package snapshot

import (
	"bytes"
	"fmt"
	"testing"
)

// estate builds a snapshot of n stacks of 40 objects each.
func estate(n int) Snapshot {
	s := Snapshot{Sources: []Source{{Kind: Manifest, Name: "cluster.yaml"}, {Kind: JujuStatus, Name: "status.json"}}}
	facts := func(line int32, kv ...string) []Fact {
		var list []Fact
		for i := 0; i < len(kv); i += 2 {
			list = append(list, Fact{Key: kv[i], Value: kv[i+1], At: Pos{0, line, 7, 60}})
		}
		return list
	}
	for i := range n {
		ns := fmt.Sprintf("charmarr-core-%d", i)
		m := Model{Name: ns, State: Declared, At: Pos{1, 1, 10, 20}, Evidence: []Evidence{JujuApplications, JujuRelations}}
		s.Namespaces = append(s.Namespaces, Namespace{Meta{Name: ns, At: Pos{0, 5, 9, 12}, Labels: facts(8, "model.juju.is/name", ns, "kubernetes.io/metadata.name", ns)}})
		for j := range 20 {
			app := fmt.Sprintf("radarr-%d", j)
			m.Applications = append(m.Applications, Application{Name: app, Charm: "radarr-k8s", Channel: "latest/edge", Revision: 12, Scale: 1,
				Exposed: No, Status: "active", At: Pos{1, 1, 200, 206}, CharmAt: Pos{1, 1, 220, 229}})
			m.Relations = append(m.Relations, Relation{A: RelationEnd{app, "media-indexer"}, B: RelationEnd{"prowlarr", ""}, Interface: "media_indexer", At: Pos{1, 1, 300, 320}})
			meta := Meta{Name: app, Namespace: ns, At: Pos{0, 100, 9, 15},
				Labels:      facts(101, "app.kubernetes.io/managed-by", "juju", "app.kubernetes.io/name", app, "model.juju.is/id", "5c3c6f2e-1c1b-4f8c-8a5e-0b9d1d0fca11"),
				Annotations: facts(110, "controller.juju.is/id", "0f7e7e54-1c1b-4f8c-8a5e-0b9d1d0fca11", "app.juju.is/uuid", "5c3c6f2e-1c1b-4f8c-8a5e-0b9d1d0fca11")}
			spec := PodSpec{Labels: facts(140, "app.kubernetes.io/name", app, "istio.io/dataplane-mode", "ambient"), ServiceAccount: app, At: Pos{0, 139, 3, 10},
				Containers: []Container{{Name: "charm", Image: "docker.io/jujusolutions/charm-base:ubuntu-24.04", At: Pos{0, 150, 9, 14}}, {Name: "radarr", Image: "ghcr.io/hotio/radarr", At: Pos{0, 180, 9, 14}}}}
			s.Workloads = append(s.Workloads, Workload{Kind: "StatefulSet", Meta: meta, Replicas: 1, Template: spec})
			s.Pods = append(s.Pods, Pod{Meta: meta, Spec: spec, Phase: "Running", IP: "10.1.0.7", Owner: app})
		}
		s.Models = append(s.Models, m)
	}
	return s
}

func BenchmarkDecode(b *testing.B) {
	var buf bytes.Buffer
	if err := Encode(&buf, estate(200)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(buf.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(bytes.NewReader(buf.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}
