package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// What the storage charm and charmarr-lib call things (charmarr-storage-k8s
// src/charm.py, charmarr-lib core/_k8s/_storage.py).
const (
	interfaceMedia = "media-storage"
	mediaVolume    = "charmarr-shared-data"     // of a pod
	mediaClaim     = "charmarr-shared-media"    // that the storage charm makes
	mediaStatic    = "charmarr-shared-media-pv" // the volume it makes for NFS and hostPath
	mediaPath      = "/data"
)

// RoleStorage is the role of what makes the shared media volume.
const RoleStorage = "storage"

// entry is what the table says of the charm of an application: by its charm, else
// by the container that gave it its role.
func (a *app) entry() *charmEntry {
	if e := charms().byCharm[a.charm]; e != nil || a.charm != "" {
		return e
	}
	for _, s := range a.specs {
		if e := roleOfContainers(*s); e != nil {
			return e
		}
	}
	return nil
}

// requires tells whether a charm requires an interface.
func (e *charmEntry) requires(iface string) bool {
	return e != nil && slices.ContainsFunc(e.Requires, func(ep charmEndpoint) bool { return ep.Interface == iface })
}

// mediaUsers are the applications of a stack that mount the shared media volume.
func (e *estate) mediaUsers(st stack) []MediaUser {
	type link struct {
		relation *relation
		storage  *app
	}
	links := map[*app]link{}
	for _, m := range st.models {
		for _, r := range m.relations {
			if r.iface != interfaceMedia {
				continue
			}
			user, storage := &r.ends[1], &r.ends[0]
			if !r.sidesKnown && user.app != nil && user.app.role == RoleStorage {
				user, storage = storage, user
			}
			if user.app != nil && links[user.app].relation == nil {
				links[user.app] = link{r, storage.app}
			}
		}
	}
	out := []MediaUser{}
	for _, m := range st.models {
		for _, a := range m.sortedApps() {
			l := links[a]
			mayUse := a.effective() && !m.evidence[snapshot.JujuRelations] && a.entry().requires(interfaceMedia)
			if a.role == "" || l.relation == nil && !a.hasVolume(mediaVolume) && !mayUse {
				continue
			}
			u := MediaUser{
				Subject: m.subject("application", a.name), State: a.stateOf(), At: place(a.at()),
				ID: a.id(), Name: a.name, Model: m.name, Role: a.role, Leaving: a.leaving(), Path: mediaPath,
			}
			switch {
			case l.relation != nil:
				u.Related, u.Relation = answerYes, l.relation.label()
			case m.evidence[snapshot.JujuRelations]:
				u.Related = answerNo
			}
			if l.storage != nil {
				u.Storage = l.storage.id()
			}
			if entry := a.entry(); entry.requires(interfaceMedia) && len(entry.Containers) > 0 {
				u.Container = entry.Containers[0]
			}
			u.Group, u.GroupBy, u.Path = a.mediaGroup(l.storage)
			u.Mounts = a.mediaMounts(u.Container)
			out = append(out, u)
		}
	}
	return out
}

// hasVolume tells whether a workload or pod of the application has a volume.
func (a *app) hasVolume(name string) bool {
	for _, s := range a.specs {
		if slices.ContainsFunc(s.Volumes, func(v snapshot.Volume) bool { return v.Name == name }) {
			return true
		}
	}
	return false
}

// mediaTold is what a storage tells an application: the databag's entry config.
func (a *app) mediaTold() (fields map[string]any, unit string) {
	for _, o := range a.model.observed {
		for _, u := range o.Units {
			if applicationOf(u.Name) != a.name {
				continue
			}
			for _, r := range u.Relations {
				if charms().interfaceOf(a.charm, r.Endpoint) != interfaceMedia && r.Endpoint != interfaceMedia {
					continue
				}
				config, ok := snapshot.Lookup(r.ApplicationData, "config")
				if fields, err := decodeObject(config.Value); ok && err == nil {
					return fields, u.Name
				}
			}
		}
	}
	return nil, ""
}

// mediaGroup is the group that owns the shared files and where they have to be
// mounted: what the storage told the application, else what its options make it
// tell.
func (a *app) mediaGroup(storage *app) (group, by, mount string) {
	mount = mediaPath
	if told, unit := a.mediaTold(); told != nil {
		if p := asText(told["mount_path"], ""); p != "" {
			mount = p
		}
		if g := asText(told["pgid"], ""); g != "" {
			return g, fmt.Sprintf("the storage told %s pgid %s", unit, g), mount
		}
	}
	if storage == nil {
		return "", "", mount
	}
	g, known := storage.option("pgid")
	if !known {
		return "", "", mount
	}
	return g, fmt.Sprintf("option pgid of %s is %s", storage.name, g), mount
}

// mediaMounts are how the application's workloads have the volume; its running
// pods' where no workload was read.
func (a *app) mediaMounts(container string) []MediaMount {
	out := []MediaMount{}
	for _, w := range a.workloads {
		out = append(out, mediaMount(fmt.Sprintf("%s %s/%s", w.Kind, a.model.name, w.Name), w.At, &w.Template, container))
	}
	if len(out) > 0 {
		return out
	}
	for _, p := range sorted(a.pods, func(p *snapshot.Pod) string { return p.Name }) {
		if !finished(p) {
			out = append(out, mediaMount(fmt.Sprintf("Pod %s/%s", a.model.name, p.Name), p.At, &p.Spec, container))
		}
	}
	return out
}

func mediaMount(object string, at snapshot.Pos, s *snapshot.PodSpec, container string) MediaMount {
	out := MediaMount{Object: object, At: place(at), Group: s.FSGroup, GroupAt: place(s.FSGroupAt), Others: []string{}}
	for _, v := range s.Volumes {
		if v.Name == mediaVolume {
			out.Kind, out.Source, out.SourceAt = string(v.Kind), v.Source, place(v.At)
		}
	}
	for _, c := range s.Containers {
		for _, m := range c.Mounts {
			switch {
			case m.Volume != mediaVolume:
			case c.Name == container:
				out.Path, out.PathAt = m.Path, place(m.At)
			default:
				out.Others = append(out.Others, c.Name)
			}
		}
	}
	return out
}

// finished tells whether a pod has run to its end.
func finished(p *snapshot.Pod) bool { return p.Phase == "Succeeded" || p.Phase == "Failed" }

// mediaStorages are the applications of a stack that make a shared media volume.
// claims and users are the stack's.
func (e *estate) mediaStorages(st stack, claims []MediaClaim, users []MediaUser) []MediaStorage {
	out := []MediaStorage{}
	for _, m := range st.models {
		for _, a := range m.sortedApps() {
			if a.role != RoleStorage {
				continue
			}
			s := MediaStorage{
				Subject: m.subject("application", a.name), State: a.stateOf(), At: place(a.at()),
				ID: a.id(), Name: a.name, Model: m.name, Leaving: a.leaving(),
				OptionsKnown: a.hasConfig, OptionsState: string(a.state), Backing: a.makes().document(e.nodesOf(a.at())),
				Missing: []string{}, Refused: []Refused{}, Changed: []Changed{}, Users: []string{},
			}
			for _, u := range users {
				if u.Storage == s.ID && !u.Leaving {
					s.Users = append(s.Users, u.ID)
				}
			}
			e.readStorageOptions(a, &s)
			for i := range claims {
				if c := &claims[i]; c.Storage == s.ID && c.Found == answerYes {
					s.Changed = append(s.Changed, a.changed(c)...)
				}
			}
			out = append(out, s)
		}
	}
	return out
}

// makes is what the options of a storage make of its volume.
func (a *app) makes() backing {
	backend, server, export := a.set("backend-type"), a.set("nfs-server"), a.set("nfs-path")
	switch {
	case backend.Value == backendNFS && server.Value != "" && export.Value != "":
		return backing{kind: backingNFS, server: server.Value, path: export.Value, at: server.At}
	case backend.Value == backendHostPath && a.set("hostpath").Value != "":
		return backing{kind: backingHostPath, path: a.set("hostpath").Value, at: a.set("hostpath").At}
	case backend.Value == backendClass && a.set("storage-class").Value != "":
		return backing{kind: backingClass, path: a.set("storage-class").Value, at: a.set("storage-class").At}
	}
	return backing{}
}

// set is an option that is set.
func (a *app) set(name string) snapshot.Fact {
	f, _ := snapshot.Lookup(a.config, name)
	return f
}

// mediaDocument is the shared media volume of a stack.
func (e *estate) mediaDocument(st stack) Media {
	users := e.mediaUsers(st)
	claims := e.mediaClaims(st, users)
	return Media{Users: users, Claims: claims, Storages: e.mediaStorages(st, claims, users)}
}

// heldMedia are the volumes that claims for the shared media volume name, and that
// storages make for their own: each can be bound to one claim. Of several, the one
// that the volume is bound to has it.
func (e *estate) heldMedia(stacks []stack) []held {
	var out []held
	for _, st := range stacks {
		for _, m := range st.models {
			seen := map[string]bool{}
			add := func(volume string, rank int, h ClashHolder) {
				if !seen[volume] {
					seen[volume] = true
					h.Stack = st.name
					out = append(out, held{model: m, kind: "volume", value: volume, rank: rank, holder: h})
				}
			}
			makers := slices.DeleteFunc(slices.Clone(m.sortedApps()), func(a *app) bool {
				kind := a.makes().kind
				return a.role != RoleStorage || a.leaving() || kind != backingNFS && kind != backingHostPath
			})
			for _, c := range sorted(m.claims, func(c *snapshot.PersistentVolumeClaim) string { return c.Name }) {
				if c.Volume == "" || !m.forMedia(c.Name) {
					continue
				}
				h := ClashHolder{
					Subject: m.subject("persistentvolumeclaim", c.Name), ID: m.id() + "/" + c.Name, State: stateEffective, At: place(c.At),
					By: fmt.Sprintf("claim %s/%s names volume %s", m.name, c.Name, c.Volume),
				}
				rank := 1
				if v := e.volumeOf(c); v != nil && v.ClaimNamespace == c.Namespace && v.ClaimName == c.Name {
					rank = 0
				}
				add(c.Volume, rank, h)
			}
			for _, a := range makers {
				backend := a.set("backend-type")
				add(mediaStatic, 1, ClashHolder{
					Subject: m.subject("persistentvolumeclaim", mediaClaim), ID: m.id() + "/" + mediaClaim, State: string(a.state), At: place(cmp.Or(backend.At, a.at())),
					By: fmt.Sprintf("option backend-type=%s of %s makes volume %s", backend.Value, a.name, mediaStatic),
				})
			}
		}
	}
	return out
}

// id is unique in a run, as those of applications are.
func (m *model) id() string {
	if m.namesake {
		return m.controller + ":" + m.name
	}
	return m.name
}

// forMedia tells whether a claim is for the shared media volume: by its name, or
// because pods name it for that volume.
func (m *model) forMedia(claim string) bool {
	if claim == mediaClaim {
		return true
	}
	for _, a := range m.apps {
		for _, s := range a.specs {
			if slices.ContainsFunc(s.Volumes, func(v snapshot.Volume) bool {
				return v.Name == mediaVolume && v.Kind == snapshot.VolumeClaim && v.Source == claim
			}) {
				return true
			}
		}
	}
	return false
}

// listed joins words for a sentence of this package's.
func listed(words []string) string { return strings.Join(words, ", ") }
