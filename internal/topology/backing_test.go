package topology

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestSameBacking(t *testing.T) {
	nfs := func(server, path string) backing { return backing{kind: backingNFS, server: server, path: path} }
	csi := func(driver, handle string, made bool) backing {
		return backing{kind: backingCSI, server: driver, path: handle, made: made}
	}
	class := backing{kind: backingClass, path: "nfs-csi"}
	host := func(path string, made bool) backing { return backing{kind: backingHostPath, path: path, made: made} }
	for name, tt := range map[string]struct {
		a, b backing
		want string
	}{
		"one export":                          {nfs("192.168.2.20", "/tank/media"), nfs("192.168.2.20", "/tank/media/"), answerYes},
		"below the other":                     {nfs("192.168.2.20", "/tank/media"), nfs("192.168.2.20", "/tank/media/tv"), answerNo},
		"another server":                      {nfs("192.168.2.20", "/tank/media"), nfs("192.168.2.21", "/tank/media"), answerNo},
		"one address written otherwise":       {nfs("192.168.2.20", "/a"), nfs("::ffff:192.168.2.20", "/a"), answerYes},
		"a name and an address":               {nfs("nas.local", "/a"), nfs("192.168.2.20", "/a"), answerUnknown},
		"two names":                           {nfs("nas.local", "/a"), nfs("nas", "/a"), answerUnknown},
		"one name":                            {nfs("NAS.local.", "/a"), nfs("nas.local", "/a"), answerYes},
		"names with other exports":            {nfs("nas.local", "/a"), nfs("nas", "/b"), answerNo},
		"not read":                            {nfs("nas", "/a"), backing{}, answerUnknown},
		"another kind":                        {nfs("nas", "/a"), host("/a", false), answerUnknown},
		"one path":                            {host("/srv/media", false), host("/srv/media/", false), answerYes},
		"two paths":                           {host("/srv/media", false), host("/srv/other", false), answerNo},
		"one handle":                          {csi("d", "h", true), csi("d", "h", false), answerYes},
		"handles that people made up":         {csi("d", "h", true), csi("d", "i", false), answerUnknown},
		"handles that a class made":           {csi("d", "h", true), csi("d", "i", true), answerNo},
		"one handle that a class made":        {csi("d", "h", true), csi("d", "h", true), answerYes},
		"a class for each":                    {class, class, answerNo},
		"a class, and what a class made":      {class, csi("d", "h", true), answerNo},
		"a class, and what somebody made":     {class, csi("d", "h", false), answerUnknown},
		"made by classes of different drives": {host("/a", true), csi("d", "h", true), answerNo},
	} {
		require.Equal(t, tt.want, tt.a.same(tt.b), name)
		require.Equal(t, tt.want, tt.b.same(tt.a), "%s, the other way round", name)
	}
}

func TestBackingDocument(t *testing.T) {
	nodes := []Node{{Name: "node-1", Addresses: []string{"192.168.1.11", "fd00::11"}}}
	for name, tt := range map[string]struct {
		b     backing
		words string
		node  string
		named bool
	}{
		"a node's address":     {backing{kind: backingNFS, server: "192.168.1.11", path: "/a"}, "NFS 192.168.1.11:/a", "node-1", false},
		"its other address":    {backing{kind: backingNFS, server: "fd00:0::11", path: "/a"}, "NFS fd00:0::11:/a", "node-1", false},
		"its name":             {backing{kind: backingNFS, server: "Node-1.", path: "/a"}, "NFS Node-1.:/a", "node-1", false},
		"an address of nobody": {backing{kind: backingNFS, server: "192.168.1.12", path: "/a"}, "NFS 192.168.1.12:/a", "", false},
		"a name of nobody":     {backing{kind: backingNFS, server: "nas", path: "/a"}, "NFS nas:/a", "", true},
		"a path":               {backing{kind: backingHostPath, path: "/a"}, "path /a on the node", "", false},
		"a local volume":       {backing{kind: "local", path: "/a"}, "local path /a", "", false},
		"a driver's":           {backing{kind: backingCSI, server: "d", path: "h"}, "volume h of d", "", false},
		"a class's":            {backing{kind: backingClass, path: "c"}, "a volume of storage class c", "", false},
		"nothing":              {backing{}, "what was not read", "", false},
	} {
		got := tt.b.document(nodes)
		require.Equal(t, tt.words, got.Words, name)
		require.Equal(t, tt.node, got.ServerNode, name)
		require.Equal(t, tt.named, got.ServerNamed, name)
	}
}

func TestSystemPath(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "": true, "/etc": true, "/etc/ssl": true, "/var/lib": true, "/var/lib/kubelet/pods": true, "/home": true, "/srv/../etc": true, "/proc/1": true,
		"/srv/media": false, "/mnt/etc": false, "/etcetera": false, "/home/somebody/media": false, "/var/lib/media": false, "/var/snap/microk8s/common/default-storage/x": false,
	} {
		require.Equal(t, want, systemPath(path), path)
	}
}

func TestQuantities(t *testing.T) {
	for text, want := range map[string]bool{
		"100Gi": true, "8Ti": true, "1.5Ti": true, "500M": true, "1e12": true, "12E6": true, "1024": true, "+5Gi": true, ".5Ti": true, "0.1Gi": true, "5k": true,
		"8TB": false, "8 Ti": false, "8GiB": false, "Ti": false, "": false, "8T5": false, "1e": false, "1.2.3Gi": false, "8gi": false, "-5Gi": false, "1e6Gi": false,
	} {
		require.Equal(t, want, isQuantity(text), text)
	}
}

func TestVolumeOfSeveralClusters(t *testing.T) {
	claim := func(ns string, source int32) *snapshot.PersistentVolumeClaim {
		return &snapshot.PersistentVolumeClaim{Meta: snapshot.Meta{Name: mediaClaim, Namespace: ns, At: snapshot.Pos{source, 1, 1, 2}}, Volume: mediaStatic}
	}
	volume := func(ns, server string, source int32) snapshot.PersistentVolume {
		return snapshot.PersistentVolume{
			Meta: snapshot.Meta{Name: mediaStatic, At: snapshot.Pos{source, 2, 1, 2}}, ClaimNamespace: ns, ClaimName: mediaClaim, Backing: "nfs", Server: server,
		}
	}
	e := &estate{snap: snapshot.Snapshot{
		Sources:           []snapshot.Source{{Name: "lab/kube.yaml"}, {Name: "prod/kube.yaml"}},
		PersistentVolumes: []snapshot.PersistentVolume{volume("core", "lab", 0), volume("media", "prod", 1)},
	}}
	require.Equal(t, "lab", e.volumeOf(claim("core", 0)).Server)
	require.Equal(t, "prod", e.volumeOf(claim("media", 1)).Server)
	require.Equal(t, "prod", e.volumeOf(claim("other", 1)).Server, "that of its folder")
	require.Nil(t, e.volumeOf(&snapshot.PersistentVolumeClaim{Volume: "another"}))
	require.Nil(t, e.volumeOf(&snapshot.PersistentVolumeClaim{}))
}
