package topology

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// mediaBuilder writes a core model with a storage and a manager, and a downloads
// model with a client.
type mediaBuilder struct {
	builder
	core, downloads int // indices into s.Models
}

func newMedia(options ...string) *mediaBuilder {
	b := &mediaBuilder{core: 0, downloads: 1}
	b.source("juju/models.json")
	b.source("kube/all.yaml")
	core := b.status("charmarr-core", map[string]string{"storage": "charmarr-storage-k8s", "radarr": "radarr-k8s"})
	b.relate(core, "radarr", "media-storage", "storage", "media-storage", "media-storage")
	endpoint := []snapshot.Endpoint{{Name: "media-storage", Interface: "media-storage", Role: "provider"}}
	core.Offers = []snapshot.Offer{{Name: "storage", Application: "storage", Endpoints: endpoint, Active: 1, Total: 1, At: b.at()}}
	b.options(b.core, "storage", options...)
	down := b.status("charmarr-downloads", map[string]string{"qbittorrent": "qbittorrent-k8s"})
	down.SAAS = []snapshot.SAAS{{Name: "storage", URL: "admin/charmarr-core.storage", Endpoints: endpoint, At: b.at()}}
	b.relate(down, "qbittorrent", "media-storage", "storage", "media-storage", "media-storage")
	return b
}

// options sets options "key=value" of an application, and says that all of the
// model's are known.
func (b *mediaBuilder) options(model int, app string, options ...string) *mediaBuilder {
	m := &b.s.Models[model]
	m.Evidence = append(m.Evidence, snapshot.JujuConfig)
	for i := range m.Applications {
		if m.Applications[i].Name != app {
			continue
		}
		for _, o := range options {
			key, value, _ := strings.Cut(o, "=")
			m.Applications[i].Config = append(m.Applications[i].Config, snapshot.Fact{Key: key, Value: value, At: b.at()})
		}
	}
	return b
}

func (b *mediaBuilder) meta(namespace, name string) snapshot.Meta {
	return snapshot.Meta{Name: name, Namespace: namespace, At: snapshot.Pos{1, b.at()[1], 1, 2}}
}

// workload shows an application with the media volume in a container.
func (b *mediaBuilder) workload(namespace, name, container, path, claim string) *mediaBuilder {
	w := snapshot.Workload{Kind: "StatefulSet", Meta: b.meta(namespace, name), Replicas: 1, Template: snapshot.PodSpec{
		FSGroup: "1000", Containers: []snapshot.Container{{Name: "charm"}, {Name: name}},
	}}
	w.Labels = []snapshot.Fact{{Key: labelManagedBy, Value: "juju"}, {Key: labelName, Value: name}}
	if claim != "" {
		w.Template.Volumes = []snapshot.Volume{{Name: mediaVolume, Kind: snapshot.VolumeClaim, Source: claim, At: b.at()}}
	}
	if container != "" {
		w.Template.Containers = append(w.Template.Containers[:1], snapshot.Container{Name: container, Mounts: []snapshot.Mount{{Volume: mediaVolume, Path: path, At: b.at()}}})
		if container != name {
			w.Template.Containers = append(w.Template.Containers, snapshot.Container{Name: name})
		}
	}
	b.s.Workloads = append(b.s.Workloads, w)
	return b
}

func (b *mediaBuilder) pod(namespace, name, node, phase string) *mediaBuilder {
	b.s.Pods = append(b.s.Pods, snapshot.Pod{Meta: b.meta(namespace, name+"-0"), Owner: name, Node: node, Phase: phase})
	return b
}

func (b *mediaBuilder) claim(namespace, name, volume string, change func(*snapshot.PersistentVolumeClaim)) *mediaBuilder {
	c := snapshot.PersistentVolumeClaim{Meta: b.meta(namespace, name), AccessModes: []string{"ReadWriteMany"}, Volume: volume, Phase: "Bound"}
	if change != nil {
		change(&c)
	}
	b.s.PersistentVolumeClaims = append(b.s.PersistentVolumeClaims, c)
	return b
}

func (b *mediaBuilder) volume(name, namespace, claim, server, path string) *mediaBuilder {
	b.s.PersistentVolumes = append(b.s.PersistentVolumes, snapshot.PersistentVolume{
		Meta: b.meta("", name), ReclaimPolicy: "Retain", ClaimNamespace: namespace, ClaimName: claim, Backing: "nfs", Server: server, Path: path, BackingAt: b.at(),
	})
	return b
}

func (b *mediaBuilder) resolve(t *testing.T) Stack {
	t.Helper()
	r := Resolve(b.s, adr006())
	require.Len(t, r.Stacks, 1)
	return r.Stacks[0]
}

func claimOf(t *testing.T, s Stack, namespace, name string) MediaClaim {
	t.Helper()
	for _, c := range s.Media.Claims {
		if c.Namespace == namespace && c.Name == name {
			return c
		}
	}
	require.Fail(t, "no claim "+namespace+"/"+name, "%v", s.Media.Claims)
	return MediaClaim{}
}

func userOf(t *testing.T, s Stack, name string) MediaUser {
	t.Helper()
	for _, u := range s.Media.Users {
		if u.Name == name {
			return u
		}
	}
	require.Fail(t, "no user "+name)
	return MediaUser{}
}

var nfsOptions = []string{"backend-type=native-nfs", "nfs-server=192.168.2.20", "nfs-path=/tank/media"}

// From Juju alone it is known what the storage makes, and not what stands in the
// other model.
func TestMediaAsJujuDeclaresIt(t *testing.T) {
	s := newMedia(nfsOptions...).resolve(t)
	core, down := claimOf(t, s, "charmarr-core", mediaClaim), claimOf(t, s, "charmarr-downloads", mediaClaim)
	require.Equal(t, "NFS 192.168.2.20:/tank/media", core.Backing.Words)
	require.Equal(t, []string{"", "declared", "charmarr-core/storage", answerNo, ""}, []string{core.Found, core.State, core.Storage, core.Apart, core.ApartFrom})
	require.Equal(t, []string{"charmarr-core/radarr"}, core.Users)
	require.Equal(t, []string{readWriteMany}, core.Modes)
	require.Equal(t, []string{"", "declared", "", answerUnknown}, []string{down.Found, down.State, down.Storage, down.Apart})
	require.Equal(t, "charmarr-core/charmarr-shared-media (NFS 192.168.2.20:/tank/media)", down.ApartFrom)
	u := userOf(t, s, "qbittorrent")
	require.Equal(t, []string{answerYes, "charmarr-core/storage", "qbittorrent", "/data", "1000", "option pgid of storage is 1000"},
		[]string{u.Related, u.Storage, u.Container, u.Path, u.Group, u.GroupBy})
	require.Empty(t, u.Mounts)
	require.ElementsMatch(t, []string{"charmarr-core/radarr", "charmarr-downloads/qbittorrent"}, s.Media.Storages[0].Users)
}

func TestMediaAsKubernetesShowsIt(t *testing.T) {
	b := newMedia(nfsOptions...).
		workload("charmarr-core", "radarr", "radarr", "/data", mediaClaim).
		workload("charmarr-downloads", "qbittorrent", "qbittorrent-exporter", "/data", "media").
		pod("charmarr-core", "radarr", "node-1", "Running").pod("charmarr-downloads", "qbittorrent", "node-2", "Failed").
		claim("charmarr-core", mediaClaim, mediaStatic, nil).volume(mediaStatic, "charmarr-core", mediaClaim, "192.168.2.20", "/tank/media").
		claim("charmarr-downloads", "media", "other", nil).volume("other", "charmarr-downloads", "media", "192.168.2.20", "/tank/other")
	s := b.resolve(t)
	core, down := claimOf(t, s, "charmarr-core", mediaClaim), claimOf(t, s, "charmarr-downloads", "media")
	require.Equal(t, []string{answerYes, stateEffective, answerYes, "", "Retain"}, []string{core.Found, core.State, core.VolumeFound, core.HeldBy, core.Reclaim})
	require.Equal(t, []string{"node-1"}, core.Nodes)
	require.Empty(t, down.Nodes, "its pod is done")
	require.Equal(t, answerYes, down.Apart)
	require.Equal(t, []string{"qbittorrent-exporter"}, userOf(t, s, "qbittorrent").Mounts[0].Others)
	require.Empty(t, userOf(t, s, "qbittorrent").Mounts[0].Path)
	require.Equal(t, "/data", userOf(t, s, "radarr").Mounts[0].Path)
}

func TestMediaClaimThatIsNotThere(t *testing.T) {
	b := newMedia(nfsOptions...).workload("charmarr-downloads", "qbittorrent", "qbittorrent", "/data", mediaClaim)
	require.Empty(t, claimOf(t, b.resolve(t), "charmarr-downloads", mediaClaim).Found, "no claim of the namespace was read")
	b.claim("charmarr-downloads", "qbittorrent-config", "pvc-1", nil)
	c := claimOf(t, b.resolve(t), "charmarr-downloads", mediaClaim)
	require.Equal(t, []string{answerNo, stateEffective}, []string{c.Found, c.State})
	b.s.PersistentVolumeClaims = nil
	b.s.Coverage = []snapshot.Coverage{{Evidence: snapshot.KubeClaims, Namespace: "charmarr-downloads"}}
	require.Equal(t, answerNo, claimOf(t, b.resolve(t), "charmarr-downloads", mediaClaim).Found, "all were read, and there are none")
}

func TestMediaVolumes(t *testing.T) {
	b := newMedia(nfsOptions...).claim("charmarr-core", mediaClaim, mediaStatic, func(c *snapshot.PersistentVolumeClaim) { c.Phase = "Pending" })
	require.Empty(t, claimOf(t, b.resolve(t), "charmarr-core", mediaClaim).VolumeFound, "no volume was read")
	b.volume("another", "x", "y", "z", "/z")
	require.Equal(t, answerNo, claimOf(t, b.resolve(t), "charmarr-core", mediaClaim).VolumeFound)
	for _, phase := range []string{"", "Bound"} { // written by hand; or it has a volume that nobody showed
		b.s.PersistentVolumeClaims[0].Phase = phase
		require.Empty(t, claimOf(t, b.resolve(t), "charmarr-core", mediaClaim).VolumeFound, phase)
	}
	b.volume(mediaStatic, "attic", mediaClaim, "192.168.2.20", "/tank/media")
	c := claimOf(t, b.resolve(t), "charmarr-core", mediaClaim)
	require.Equal(t, []string{answerYes, "attic/charmarr-shared-media"}, []string{c.VolumeFound, c.HeldBy})
}

func TestUserOfAnUnknownRelation(t *testing.T) {
	b := &mediaBuilder{}
	b.source("juju/x")
	b.source("kube/all.yaml")
	b.workload("charmarr-core", "radarr", "", "", "").workload("charmarr-core", "prowlarr", "", "", "")
	u := userOf(t, b.resolve(t), "radarr")
	require.Equal(t, []string{"", "radarr", ""}, []string{u.Related, u.Container, u.Mounts[0].Kind})
	require.Len(t, b.resolve(t).Media.Users, 1, "prowlarr's charm has no use for the media")
}

func TestStorageTellsItsUsers(t *testing.T) {
	b := newMedia(append(nfsOptions, "pgid=2000")...)
	require.Equal(t, "2000", userOf(t, b.resolve(t), "radarr").Group)
	m := &b.s.Models[b.core]
	m.Units = []snapshot.Unit{{Name: "radarr/0", At: b.at(), Relations: []snapshot.UnitRelation{
		{Endpoint: "media-indexer", ApplicationData: []snapshot.Fact{{Key: "config", Value: `{"pgid": 7}`}}},
		{Endpoint: "media-storage", ApplicationData: []snapshot.Fact{{Key: "config", Value: `{"pvc_name": "media", "mount_path": "/media", "pgid": 1500}`}}},
	}}}
	u := userOf(t, b.resolve(t), "radarr")
	require.Equal(t, []string{"1500", "the storage told radarr/0 pgid 1500", "/media"}, []string{u.Group, u.GroupBy, u.Path})
	claimOf(t, b.resolve(t), "charmarr-core", "media")
	m.Units[0].Relations[1].ApplicationData[0].Value = "nonsense"
	require.Equal(t, "2000", userOf(t, b.resolve(t), "radarr").Group)
}

func TestStorageOptions(t *testing.T) {
	for name, tt := range map[string]struct {
		options       []string
		missing       []string
		refused       []string
		cleanup, mode string
	}{
		"none":                   {nil, []string{}, []string{}, answerYes, ""},
		"NFS":                    {nfsOptions, []string{}, []string{}, answerYes, readWriteMany},
		"NFS, incomplete":        {nfsOptions[:1], []string{"nfs-server", "nfs-path"}, []string{}, answerYes, readWriteMany},
		"a path that is none":    {[]string{"backend-type=native-nfs", "nfs-server=nas:/tank", "nfs-path=tank"}, []string{}, []string{"nfs-path", "nfs-server"}, answerYes, readWriteMany},
		"an address of IPv6":     {[]string{"backend-type=native-nfs", "nfs-server=fd00::1", "nfs-path=/a"}, []string{}, []string{}, answerYes, readWriteMany},
		"hostpath":               {[]string{"backend-type=hostpath", "hostpath=/srv/media", "cleanup-on-remove=false"}, []string{}, []string{}, answerNo, readWriteMany},
		"hostpath, upwards":      {[]string{"backend-type=hostpath", "hostpath=/srv/../etc"}, []string{}, []string{"hostpath"}, answerYes, readWriteMany},
		"a class":                {[]string{"backend-type=storage-class", "storage-class=x", "cleanup-on-remove=True"}, []string{}, []string{}, answerYes, readWriteMany},
		"a class for one node":   {[]string{"backend-type=storage-class", "storage-class=x", "access-mode=ReadWriteOnce"}, []string{}, []string{}, answerYes, "ReadWriteOnce"},
		"a mode that is none":    {[]string{"backend-type=storage-class", "storage-class=x", "access-mode=RWX"}, []string{}, []string{"access-mode"}, answerYes, "RWX"},
		"a class without a name": {[]string{"backend-type=storage-class"}, []string{"storage-class"}, []string{}, answerYes, readWriteMany},
		"no backend":             {[]string{"backend-type=nfs", "size=8TB"}, []string{}, []string{"backend-type", "size"}, answerYes, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newMedia(tt.options...).resolve(t).Media.Storages[0]
			require.Equal(t, tt.missing, s.Missing)
			require.ElementsMatch(t, tt.refused, names(s.Refused, func(r Refused) string { return r.Option }))
			require.Equal(t, []string{tt.cleanup, tt.mode}, []string{s.Cleanup, s.Mode})
		})
	}
	unread := newMedia()
	unread.s.Models[unread.core].Evidence = unread.s.Models[unread.core].Evidence[:3]
	s := unread.resolve(t).Media.Storages[0]
	require.Equal(t, MediaStorage{
		Subject: s.Subject, State: s.State, At: s.At, ID: s.ID, Name: s.Name, Model: s.Model, OptionsState: "declared", BackendAt: s.BackendAt, CleanupAt: s.CleanupAt, ModeAt: s.ModeAt,
		Missing: []string{}, Refused: []Refused{}, Changed: []Changed{}, Backing: s.Backing, Users: s.Users,
	}, s, "of options that were not read nothing is said")
}

func TestChangedOptions(t *testing.T) {
	changed := func(b *mediaBuilder) []string {
		return names(b.resolve(t).Media.Storages[0].Changed, func(c Changed) string { return c.Option + "=" + c.Value + ", not " + c.Found })
	}
	nfs := func() *mediaBuilder {
		return newMedia(nfsOptions...).claim("charmarr-core", mediaClaim, mediaStatic, nil)
	}
	require.Empty(t, changed(nfs()), "the volume was not read")
	require.Empty(t, changed(nfs().volume(mediaStatic, "charmarr-core", mediaClaim, "192.168.2.20", "/tank/media")))
	require.Equal(t, []string{"nfs-server=192.168.2.20, not nas", "nfs-path=/tank/media, not /old"}, changed(nfs().volume(mediaStatic, "charmarr-core", mediaClaim, "nas", "/old")))
	byClass := func(class string, mode string) *mediaBuilder {
		return newMedia("backend-type=storage-class", "storage-class=fast", "access-mode=ReadWriteMany").
			claim("charmarr-core", mediaClaim, "pvc-1", func(c *snapshot.PersistentVolumeClaim) { c.Class, c.AccessModes = class, []string{mode} })
	}
	require.Empty(t, changed(byClass("fast", "ReadWriteMany")))
	require.Equal(t, []string{"storage-class=fast, not slow", "access-mode=ReadWriteMany, not ReadWriteOnce"}, changed(byClass("slow", "ReadWriteOnce")))
	require.Equal(t, []string{"backend-type=native-nfs, not storage-class"},
		changed(newMedia(nfsOptions...).claim("charmarr-core", mediaClaim, "pvc-1", func(c *snapshot.PersistentVolumeClaim) { c.Class = "slow" })))
}

func TestVolumesClash(t *testing.T) {
	clashes := func(b *mediaBuilder) []string {
		out := []string{}
		for _, s := range Resolve(b.s, adr006()).Stacks {
			for _, c := range s.Clashes {
				if c.Kind == "volume" {
					first := " waits for "
					if c.First {
						first = " has it before "
					}
					out = append(out, c.Holder.ID+first+c.Others[0].ID)
				}
			}
		}
		return out
	}
	second := func(b *mediaBuilder, options ...string) *mediaBuilder {
		m := &b.s.Models[b.downloads]
		m.Applications = append(m.Applications, snapshot.Application{Name: "media", Charm: "charmarr-storage-k8s", Scale: 1, Revision: -1, At: b.at()})
		return b.options(b.downloads, "media", options...)
	}
	const core, down = "charmarr-core/charmarr-shared-media", "charmarr-downloads/charmarr-shared-media"
	require.Empty(t, clashes(newMedia(nfsOptions...)))
	require.Empty(t, clashes(second(newMedia(nfsOptions...), "backend-type=storage-class", "storage-class=x")))
	require.Equal(t, []string{core + " has it before " + down, down + " waits for " + core}, clashes(second(newMedia(nfsOptions...), "backend-type=hostpath", "hostpath=/srv")))
	// The one that the volume is bound to has it, whatever it is called.
	bound := second(newMedia(nfsOptions...), nfsOptions...).
		claim("charmarr-core", mediaClaim, mediaStatic, nil).claim("charmarr-downloads", mediaClaim, mediaStatic, nil).
		volume(mediaStatic, "charmarr-downloads", mediaClaim, "192.168.2.20", "/tank/media")
	require.Equal(t, []string{core + " waits for " + down, down + " has it before " + core}, clashes(bound))
	// Claims of other volumes are nobody's concern.
	require.Empty(t, clashes(newMedia(nfsOptions...).claim("charmarr-core", "config-0", "pvc-1", nil).claim("charmarr-downloads", "config-0", "pvc-1", nil)))
	// One that is being removed gives its volume back.
	leaving := second(newMedia(nfsOptions...), nfsOptions...)
	m := &leaving.s.Models[leaving.downloads]
	m.Applications[len(m.Applications)-1].Life = "dying"
	require.Empty(t, clashes(leaving))
}

// Nodes of another cluster say nothing of this one.
func TestNodesOfSeveralClusters(t *testing.T) {
	node := func(name, address string, source int32) snapshot.Node {
		return snapshot.Node{Meta: snapshot.Meta{Name: name, At: snapshot.Pos{source, 1, 1, 2}}, Addresses: []string{address}}
	}
	of := func(nodes ...snapshot.Node) MediaClaim {
		b := newMedia(nfsOptions...).claim("charmarr-core", mediaClaim, mediaStatic, nil).volume(mediaStatic, "charmarr-core", mediaClaim, "192.168.2.20", "/tank/media")
		b.source("lab/nodes.yaml")
		b.source("attic/nodes.yaml")
		b.s.Nodes = nodes
		return claimOf(t, b.resolve(t), "charmarr-core", mediaClaim)
	}
	const kube, lab, attic = 1, 2, 3
	c := of(node("a", "192.168.2.20", kube), node("b", "192.168.2.21", lab))
	require.Equal(t, []any{1, "a"}, []any{c.ClusterNodes, c.Backing.ServerNode}, "those of its own folder")
	c = of(node("a", "192.168.2.21", kube), node("b", "192.168.2.20", lab))
	require.Equal(t, []any{1, ""}, []any{c.ClusterNodes, c.Backing.ServerNode}, "and no other")
	c = of(node("a", "192.168.2.20", lab), node("b", "192.168.2.21", lab))
	require.Equal(t, []any{2, "a"}, []any{c.ClusterNodes, c.Backing.ServerNode}, "those that there are")
	c = of(node("a", "192.168.2.20", lab), node("b", "192.168.2.21", attic))
	require.Equal(t, []any{0, ""}, []any{c.ClusterNodes, c.Backing.ServerNode}, "nobody tells which")
}
