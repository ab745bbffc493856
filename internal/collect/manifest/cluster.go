package manifest

import (
	"github.com/charmarr/charmarr-lint/internal/collect/syntax"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func readNode(s *snapshot.Snapshot, n *syntax.Node) {
	spec, status := n.Get("spec"), n.Get("status")
	node := snapshot.Node{
		Meta: readMeta(n), PodCIDRs: spec.Get("podCIDRs").Texts(),
		Version: status.Get("nodeInfo").Get("kubeletVersion").Text(),
	}
	if cidr := spec.Get("podCIDR").Text(); len(node.PodCIDRs) == 0 && cidr != "" {
		node.PodCIDRs = []string{cidr}
	}
	for _, a := range status.Get("addresses").List() {
		if a.Get("type").Text() == "InternalIP" {
			node.Addresses = append(node.Addresses, a.Get("address").Text())
		}
	}
	s.Nodes = append(s.Nodes, node)
}

func readClaim(s *snapshot.Snapshot, n *syntax.Node) {
	spec := n.Get("spec")
	s.PersistentVolumeClaims = append(s.PersistentVolumeClaims, snapshot.PersistentVolumeClaim{
		Meta: readMeta(n), Class: spec.Get("storageClassName").Text(),
		AccessModes: spec.Get("accessModes").Texts(), ModesAt: spec.Get("accessModes").KeyPos(),
		Volume: spec.Get("volumeName").Text(), Phase: n.Get("status").Get("phase").Text(),
	})
}

func readVolume(s *snapshot.Snapshot, n *syntax.Node) {
	spec := n.Get("spec")
	volume := snapshot.PersistentVolume{
		Meta: readMeta(n), Class: spec.Get("storageClassName").Text(), AccessModes: spec.Get("accessModes").Texts(),
		ReclaimPolicy: spec.Get("persistentVolumeReclaimPolicy").Text(), ReclaimAt: spec.Get("persistentVolumeReclaimPolicy").Pos(),
		Phase:          n.Get("status").Get("phase").Text(),
		ClaimNamespace: spec.Get("claimRef").Get("namespace").Text(), ClaimName: spec.Get("claimRef").Get("name").Text(),
	}
	for _, b := range []struct{ kind, server, path string }{
		{"nfs", "server", "path"}, {"hostPath", "", "path"}, {"local", "", "path"}, {"csi", "driver", "volumeHandle"},
	} {
		source := spec.Get(b.kind)
		if source == nil {
			continue
		}
		volume.Backing, volume.BackingAt = b.kind, source.KeyPos()
		volume.Path = snapshot.RedactText(source.Get(b.path).Text())
		if b.server != "" {
			volume.Server = snapshot.RedactText(source.Get(b.server).Text())
		}
	}
	s.PersistentVolumes = append(s.PersistentVolumes, volume)
}
