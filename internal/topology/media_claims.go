package topology

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// wantedClaim is a claim that applications of a model name.
type wantedClaim struct {
	name  string
	users []*app
	at    string // the first place that names it
}

// mediaClaims are the claims for the shared media volume of a stack: those that its
// users name, and those that its storages make.
func (e *estate) mediaClaims(st stack, users []MediaUser) []MediaClaim {
	type one struct {
		claim   MediaClaim
		backing backing
	}
	var all []one
	for _, m := range st.models {
		for _, w := range m.wantedClaims(users) {
			c, b := e.mediaClaim(m, w)
			all = append(all, one{c, b})
		}
	}
	// The claim to compare with: that of core, else the one with most users.
	reference := -1
	for i, x := range all {
		if len(x.claim.Users) == 0 {
			continue
		}
		if reference < 0 || before(&x.claim, &all[reference].claim) {
			reference = i
		}
	}
	out := []MediaClaim{}
	for i, x := range all {
		x.claim.Apart = answerNo
		if r := reference; r >= 0 && i != r && len(x.claim.Users) > 0 {
			if all[r].claim.Volume == "" || all[r].claim.Volume != x.claim.Volume { // else they want one volume
				x.claim.Apart = negated(x.backing.same(all[r].backing))
			}
			x.claim.ApartFrom = all[r].claim.Namespace + "/" + all[r].claim.Name + " (" + all[r].claim.Backing.Words + ")"
			x.claim.ApartAt = cmp.Or(all[r].claim.Backing.At, all[r].claim.At)
		}
		out = append(out, x.claim)
	}
	return out
}

// negated turns an answer round; unknown stays so.
func negated(answer string) string {
	switch answer {
	case answerYes:
		return answerNo
	case answerNo:
		return answerYes
	}
	return answerUnknown
}

// before tells whether a claim is rather the one that the others are compared with.
func before(a, b *MediaClaim) bool {
	core := func(c *MediaClaim) bool { return c.Part == PartCore || c.Part == PartSingle }
	if core(a) != core(b) {
		return core(a)
	}
	return len(a.Users) > len(b.Users)
}

// wantedClaims are the names of the claims that a model needs, in order, with who
// needs each: by the volumes of its pods, else by what Juju relates to a storage.
func (m *model) wantedClaims(users []MediaUser) []wantedClaim {
	var out []wantedClaim
	want := func(name, at string, a *app) {
		i := slices.IndexFunc(out, func(w wantedClaim) bool { return w.name == name })
		if i < 0 {
			out = append(out, wantedClaim{name: name, at: at})
			i = len(out) - 1
		}
		out[i].at = cmp.Or(out[i].at, at)
		if a != nil && !slices.Contains(out[i].users, a) {
			out[i].users = append(out[i].users, a)
		}
	}
	for i := range users {
		u := &users[i]
		if u.Model != m.name || u.Leaving {
			continue
		}
		a, seen := m.apps[u.Name], false
		if a == nil || a.id() != u.ID {
			continue
		}
		for _, mount := range u.Mounts {
			if mount.Kind == string(snapshot.VolumeClaim) && mount.Source != "" {
				want(mount.Source, mount.SourceAt, a)
				seen = true
			}
		}
		if !seen && u.Related == answerYes {
			name := mediaClaim
			if told, _ := a.mediaTold(); told != nil {
				name = cmp.Or(asText(told["pvc_name"], ""), mediaClaim)
			}
			want(name, u.At, a)
		}
	}
	if slices.ContainsFunc(m.claims, func(c *snapshot.PersistentVolumeClaim) bool { return c.Name == mediaClaim }) {
		want(mediaClaim, "", nil)
	}
	for _, a := range m.sortedApps() {
		if a.role == RoleStorage && !a.leaving() {
			want(mediaClaim, place(a.at()), nil)
		}
	}
	slices.SortFunc(out, func(a, b wantedClaim) int { return cmp.Compare(a.name, b.name) })
	return out
}

// mediaClaim joins a claim with its volume, and where they were not read with what
// the storage of its model makes.
func (e *estate) mediaClaim(m *model, w wantedClaim) (MediaClaim, backing) {
	out := MediaClaim{
		Subject: m.subject("persistentvolumeclaim", w.name), State: stateEffective, At: w.at, Name: w.name, Namespace: m.name, Part: m.part,
		Modes: []string{}, Users: []string{}, Nodes: []string{},
	}
	for _, a := range w.users {
		out.Users = append(out.Users, a.id())
		for _, p := range a.pods {
			if !finished(p) && p.Node != "" && !slices.Contains(out.Nodes, p.Node) {
				out.Nodes = append(out.Nodes, p.Node)
			}
		}
	}
	slices.Sort(out.Users)
	slices.Sort(out.Nodes)
	var maker *app
	for _, a := range m.sortedApps() {
		if a.role == RoleStorage && !a.leaving() && w.name == mediaClaim && maker == nil {
			maker = a
			out.Storage = a.id()
		}
	}
	var b backing
	var at snapshot.Pos
	i := slices.IndexFunc(m.claims, func(c *snapshot.PersistentVolumeClaim) bool { return c.Name == w.name })
	switch {
	case i >= 0:
		b, at = e.readMediaClaim(&out, m.claims[i]), m.claims[i].At
	case m.evidence[snapshot.KubeClaims]:
		out.Found = answerNo
	}
	if i < 0 && maker != nil {
		b, out.State = maker.makes(), string(maker.state)
		if mode, at := maker.mediaMode(); mode != "" {
			out.Modes, out.ModesAt = []string{mode}, at
		}
	}
	if i < 0 && maker == nil {
		out.State = stateOfUsers(w.users)
	}
	nodes := e.nodesOf(cmp.Or(at, m.at()))
	out.Backing, out.ClusterNodes = b.document(nodes), len(nodes)
	return out, b
}

// nodesOf are the nodes of the cluster that something is of: those that a source of
// the same folder shows, else all, where one folder shows them all. Of several
// clusters nobody tells which is meant, and none is.
func (e *estate) nodesOf(at snapshot.Pos) []Node {
	var beside []Node
	folders := map[string]bool{}
	for _, n := range e.cluster.Nodes {
		pos, _ := ParseAt(n.At)
		folder := e.folder(pos)
		folders[folder] = true
		if folder == e.folder(at) {
			beside = append(beside, n)
		}
	}
	if len(beside) > 0 || len(folders) > 1 {
		return beside
	}
	return e.cluster.Nodes
}

// at is a place in a source of the model's.
func (m *model) at() snapshot.Pos {
	for _, o := range m.observed {
		return o.At
	}
	if m.namespace != nil {
		return m.namespace.At
	}
	return snapshot.Pos{}
}

// stateOfUsers is the state in which a claim is wanted that was not read.
func stateOfUsers(users []*app) string {
	state := stateEffective
	for _, a := range users {
		if len(a.workloads)+len(a.pods) > 0 {
			return stateEffective
		}
		state = string(a.state)
	}
	return state
}

func (e *estate) readMediaClaim(out *MediaClaim, c *snapshot.PersistentVolumeClaim) backing {
	out.Found, out.At, out.Class, out.Phase, out.Volume = answerYes, place(c.At), c.Class, c.Phase, c.Volume
	out.Modes, out.ModesAt = orEmpty(c.AccessModes), cmp.Or(place(c.ModesAt), place(c.At))
	v := e.volumeOf(c)
	if v == nil {
		// A claim that is bound has its volume, whoever did not show it.
		if c.Volume != "" && c.Phase != "Bound" && (len(e.snap.PersistentVolumes) > 0 && c.Phase != "" || e.coversVolumes()) {
			out.VolumeFound = answerNo
		}
		if c.Volume == "" && c.Class != "" {
			return backing{kind: backingClass, path: c.Class, at: c.At}
		}
		return backing{}
	}
	out.VolumeFound, out.VolumeAt = answerYes, place(v.At)
	out.Reclaim, out.ReclaimAt = v.ReclaimPolicy, cmp.Or(place(v.ReclaimAt), place(v.At))
	if v.ClaimName != "" && (v.ClaimName != c.Name || v.ClaimNamespace != c.Namespace) {
		out.HeldBy = v.ClaimNamespace + "/" + v.ClaimName
	}
	return backingOf(v)
}

// coversVolumes tells whether a source says that it read all volumes.
func (e *estate) coversVolumes() bool {
	return slices.ContainsFunc(e.snap.Coverage, func(c snapshot.Coverage) bool { return c.Evidence == snapshot.KubeVolumes })
}

// volumeOf finds the volume that a claim names. Volumes are of a cluster, and bear
// the same names in another: of several, the one that is bound to the claim is
// meant, else one of the same folder.
func (e *estate) volumeOf(c *snapshot.PersistentVolumeClaim) *snapshot.PersistentVolume {
	if c.Volume == "" {
		return nil
	}
	var found *snapshot.PersistentVolume
	best := -1
	for i := range e.snap.PersistentVolumes {
		v := &e.snap.PersistentVolumes[i]
		if v.Name != c.Volume {
			continue
		}
		score := 0
		if v.ClaimNamespace == c.Namespace && v.ClaimName == c.Name {
			score += 2
		}
		if e.folder(v.At) == e.folder(c.At) {
			score++
		}
		if score >= best { // the later of two that are alike
			found, best = v, score
		}
	}
	return found
}
