package topology

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

func TestAtLeast(t *testing.T) {
	for text, want := range map[string]string{
		"3.6.9": "yes", "3.6": "yes", "3.6-beta2": "yes", "3.6-rc1.1": "yes", "4.0.1": "yes", "10.0.0": "yes", " v3.6.0 ": "yes", "3.10.1": "yes",
		"3.5.7": "no", "2.9.49": "no", "v1.28.3+k3s1": "no", "3.5+": "no",
		"": "", "3": "", "latest": "", "3.": "", "3.x": "", ".6": "", "-3.6": "", "3.99999999999999999999": "",
	} {
		require.Equal(t, want, atLeast(text, "3.6"), "%q", text)
	}
	require.Equal(t, "yes", atLeast("v1.28.3+k3s1", "1.28"))
	require.Equal(t, "no", atLeast("v1.27.2-2+abc", "1.28"))
	require.Equal(t, "", atLeast("1.28", "none"))
}

func TestPinned(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("9f", 32)
	for ref, want := range map[string]string{
		"lscr.io/linuxserver/radarr:6.1.1":           "yes",
		"registry.home:5000/radarr:6.1.1":            "yes",
		"busybox:1.37":                               "yes",
		"busybox" + digest:                           "yes",
		"busybox:latest" + digest:                    "yes",
		"registry.home:5000/radarr" + digest:         "yes",
		"registry.jujucharms.com/charm/x/y" + digest: "yes",
		"busybox":                          "no",
		"busybox:latest":                   "no",
		"registry.home:5000/radarr":        "no",
		"registry.home:5000/radarr:latest": "no",
		"busybox:":                         "no",
		"":                                 "",
		"auto":                             "",
		":latest":                          "",
	} {
		require.Equal(t, want, pinned(ref), "%q", ref)
	}
}

func FuzzParseImage(f *testing.F) {
	for _, ref := range []string{"a:b", "r:5000/a", "r:5000/a:b@sha256:c", "@", ":", "/:", "a@b@c", "a/b:c:d"} {
		f.Add(ref)
	}
	f.Fuzz(func(t *testing.T, ref string) {
		i := parseImage(ref)
		if i.tag != "" {
			again := i.name + ":" + i.tag
			if i.digest != "" {
				again += "@" + i.digest
			}
			require.Equal(t, i, parseImage(again), "%q", ref)
		}
		require.Contains(t, []string{"yes", "no", ""}, pinned(ref))
		require.NotContains(t, i.tag, "/")
		require.NotContains(t, i.name+i.tag, "@")
	})
}

func TestChannelOf(t *testing.T) {
	for text, want := range map[string]string{
		"latest/edge": "latest/edge", "edge": "latest/edge", "stable": "latest/stable", "1": "1/stable", "1/stable": "1/stable",
		"edge/fix-42": "latest/edge/fix-42", "1/edge/fix-42": "1/edge/fix-42", " dev/edge ": "dev/edge", "dev": "dev/stable", "": "", "/": "",
	} {
		require.Equal(t, want, channelOf(text), "%q", text)
	}
}

func TestPublishedOn(t *testing.T) {
	charmarr := []string{"latest/edge", "N/stable"}
	for channel, want := range map[string]bool{
		"latest/edge": true, "1/stable": true, "23/stable": true,
		"latest/stable": false, "1/edge": false, "dev/edge": false, "1.2/stable": false, "latest/edge/fix": false, "1/stable/fix": false,
	} {
		require.Equal(t, want, publishedOn(channel, charmarr), channel)
	}
	require.True(t, publishedOn("dev/edge", []string{"-"}))
}

func applicationOfStack(t *testing.T, s snapshot.Snapshot, name string) Application {
	t.Helper()
	for _, st := range Resolve(s, adr006()).Stacks {
		for _, a := range st.Applications {
			if a.Name == name {
				return a
			}
		}
	}
	t.Fatalf("no application %s", name)
	return Application{}
}

func TestOperationOfACharm(t *testing.T) {
	b := &builder{}
	b.source("core.json")
	m := b.status("charmarr-core", map[string]string{
		"movies": "radarr-k8s", "requests": "overseerr-k8s", "solver": "flaresolverr-k8s", "disk": "charmarr-storage-k8s", "blog": "wordpress-k8s",
		"exit": "vpnarr",
	})
	for i := range m.Applications {
		m.Applications[i].Channel = "edge"
	}
	movies := applicationOfStack(t, b.s, "movies").Operation
	require.Equal(t, []any{"radarr-k8s", 1, "error"}, []any{movies.Kind, movies.MaxUnits, movies.TooMany})
	require.Equal(t, []any{"Charmarr", "latest/edge", "yes", false}, []any{movies.Family, movies.Channel, movies.Published, movies.Moves})
	require.Equal(t, "no", movies.Backup)
	require.NotEmpty(t, movies.Crowd)
	require.NotEmpty(t, movies.Untrusted)
	require.Empty(t, movies.ReplacedBy)

	requests := applicationOfStack(t, b.s, "requests").Operation
	require.Equal(t, []any{"seerr-k8s", true}, []any{requests.ReplacedBy, requests.Moves})
	require.NotEmpty(t, requests.Outdated)

	require.Equal(t, "warning", applicationOfStack(t, b.s, "solver").Operation.TooMany)
	disk := applicationOfStack(t, b.s, "disk").Operation
	require.Equal(t, []any{0, "none"}, []any{disk.MaxUnits, disk.Backup})
	require.Equal(t, "gluetun-k8s", applicationOfStack(t, b.s, "exit").Operation.Kind, "an older name is the charm of today")
	blog := applicationOfStack(t, b.s, "blog").Operation
	require.Equal(t, Operation{PublishedOn: []string{}, Channel: "latest/edge", Backup: "none"}, blog)
}

func TestOperationByContainers(t *testing.T) {
	s := snapshot.Snapshot{Sources: []snapshot.Source{{Name: "x"}}, Pods: []snapshot.Pod{{
		Meta: snapshot.Meta{Name: "requests-0", Namespace: "charmarr-core", Labels: kv(labelName, "requests")},
		Spec: snapshot.PodSpec{Containers: []snapshot.Container{{Name: "overseerr"}}},
	}}, Namespaces: []snapshot.Namespace{{Meta: snapshot.Meta{Name: "charmarr-core", Labels: kv(labelManagedBy, "juju")}}}}
	op := applicationOfStack(t, s, "requests").Operation
	require.Equal(t, []any{"overseerr-k8s", 1, "", ""}, []any{op.Kind, op.MaxUnits, op.Channel, op.Backup})
}

func TestBackupThroughAnOffer(t *testing.T) {
	for name, tt := range map[string]struct {
		total int
		want  string
	}{
		"nobody": {0, "no"}, "somebody": {1, "yes"}, "not said": {-1, ""},
	} {
		b := &builder{}
		b.source("core.json")
		m := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s"})
		m.Offers = []snapshot.Offer{{
			Name: "radarr", Application: "radarr", Active: tt.total, Total: tt.total, At: b.at(),
			Endpoints: []snapshot.Endpoint{{Name: endpointBackup, Interface: "velero_backup_config", Role: "provider"}},
		}}
		require.Equal(t, tt.want, applicationOfStack(t, b.s, "radarr").Operation.Backup, name)
	}
}

func TestTrust(t *testing.T) {
	for name, tt := range map[string]struct {
		said     snapshot.Tri
		evidence []snapshot.Evidence
		want     string
	}{
		"said":                            {snapshot.Yes, nil, "yes"},
		"denied":                          {snapshot.No, nil, "no"},
		"left out of a list of options":   {snapshot.Unsaid, []snapshot.Evidence{snapshot.JujuConfig}, "no"},
		"not shown":                       {snapshot.Unsaid, nil, ""},
		"said in what shows options, too": {snapshot.Yes, []snapshot.Evidence{snapshot.JujuConfig}, "yes"},
	} {
		b := &builder{}
		b.source("core.json")
		m := b.status("charmarr-core", map[string]string{"radarr": "radarr-k8s"})
		m.Applications[0].Trust = tt.said
		m.Evidence = append(m.Evidence, tt.evidence...)
		a := applicationOfStack(t, b.s, "radarr")
		require.Equal(t, tt.want, a.Trust, name)
		require.Equal(t, tt.want != "", a.TrustAt != "", name)
	}
}

func TestVersionOfAModel(t *testing.T) {
	agent := func(image string) snapshot.Snapshot {
		return snapshot.Snapshot{Sources: []snapshot.Source{{Name: "x"}}, Workloads: []snapshot.Workload{{
			Kind: "StatefulSet", Meta: snapshot.Meta{Name: "radarr", Namespace: "charmarr-core", Labels: kv(labelManagedBy, "juju", labelName, "radarr")},
			Template: snapshot.PodSpec{
				InitContainers: []snapshot.Container{{Name: "charm-init", Image: image}},
				Containers:     []snapshot.Container{{Name: "radarr", Image: "radarr:9.9"}},
			},
		}}}
	}
	juju := &builder{}
	juju.source("core.json")
	juju.status("charmarr-core", map[string]string{"radarr": "radarr-k8s"}).Version = "3.5.7"
	both := juju.s
	both.Workloads = agent("ghcr.io/juju/jujud-operator:3.6.9").Workloads
	for name, tt := range map[string]struct {
		snap                        snapshot.Snapshot
		version, state, isSupported string
	}{
		"what Juju says":       {juju.s, "3.5.7", "declared", "no"},
		"before an image":      {both, "3.5.7", "declared", "no"},
		"an image":             {agent("ghcr.io/juju/jujud-operator:3.6.9"), "3.6.9", "effective", "yes"},
		"in another registry":  {agent("registry.home:5000/juju/jujud-operator:3.4"), "3.4", "effective", "no"},
		"an image with digest": {agent("ghcr.io/juju/jujud-operator@sha256:ab"), "", "", ""},
		"some other image":     {agent("ghcr.io/juju/not-jujud-operator:3.6.9"), "", "", ""},
	} {
		m := Resolve(tt.snap, adr006()).Stacks[0].Models[0]
		require.Equal(t, []string{tt.version, tt.state, tt.isSupported}, []string{m.Version, m.VersionState, m.Supported}, name)
	}
}

// Every charm in the tables of operations is one that charms.json describes, under
// the name it has there, and each row says what its table is for.
func TestOperationsSpeakOfKnownCharms(t *testing.T) {
	tables := charms().operations
	for name, table := range map[string]operationTable{
		"single_unit": tables.SingleUnit, "trusted": tables.Trusted, "deprecated": tables.Deprecated, "channels": tables.Channels,
	} {
		require.NotEmpty(t, table.Source, name)
		var seen []string
		for _, row := range table.Rows {
			for _, charm := range row.Charms {
				require.Equal(t, charm, charms().known(charm), "%s speaks of %s", name, charm)
				require.NotContains(t, seen, charm, name)
				seen = append(seen, charm)
			}
			if name == "channels" {
				require.NotEmpty(t, row.Family)
				require.NotEmpty(t, row.Channels)
				continue
			}
			require.NotEmpty(t, row.Without, "%s says nothing of what follows for %v", name, row.Charms)
			require.False(t, strings.HasSuffix(row.Without, "."), "%s: the message ends the sentence", row.Without)
		}
	}
	for _, row := range tables.SingleUnit.Rows {
		require.Contains(t, []string{"error", "warning", "note"}, row.Level)
	}
	for _, row := range tables.Deprecated.Rows {
		require.Equal(t, row.By, charms().known(row.By))
	}
	for _, minimum := range []string{tables.Minimum.Juju, tables.Minimum.Kubernetes} {
		_, _, ok := release(minimum)
		require.True(t, ok, minimum)
	}
	for _, d := range tables.Platforms.Rows {
		require.NotEmpty(t, d.Mark)
		require.NotEmpty(t, d.Platforms)
		require.False(t, slices.ContainsFunc(tables.Platforms.Rows, func(o distribution) bool { return o.Name != d.Name && strings.Contains(o.Mark, d.Mark) }), "%s cannot be told", d.Name)
	}
}
