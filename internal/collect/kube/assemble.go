package kube

import (
	"slices"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// assemble puts the parts together, in their order.
func (r reading) assemble(all []kind, models []string, parts []part) snapshot.Snapshot {
	var snaps []snapshot.Snapshot
	var failures []failure
	whole := map[extent]bool{}
	for _, p := range parts {
		snaps = append(snaps, p.snap)
		failures = append(failures, p.failures...)
		for _, e := range p.whole {
			whole[e] = true
		}
	}
	// The parts have no sources, so that all their places stay those of the one
	// source there is.
	snap := snapshot.Merge(snaps...)
	snap.Gaps = append(snap.Gaps, gapsOf(r.source, failures, r.options)...)
	snap.Coverage = coverage(all, models, whole)
	if slices.ContainsFunc(failures, failure.hidesVolumes) {
		snap.Coverage = slices.DeleteFunc(snap.Coverage, func(c snapshot.Coverage) bool { return c.Evidence == snapshot.KubeVolumes })
	}
	snap.PersistentVolumes = slices.DeleteFunc(snap.PersistentVolumes, func(v snapshot.PersistentVolume) bool {
		return !ofInterest(v, models, snap.PersistentVolumeClaims)
	})
	return snap
}

// coverage says which kinds of evidence were read in whole: all kinds of object
// that tell of it.
func coverage(all []kind, models []string, whole map[extent]bool) []snapshot.Coverage {
	var out []snapshot.Coverage
	for _, e := range snapshot.AllEvidence {
		tell := slices.DeleteFunc(slices.Clone(all), func(k kind) bool { return k.evidence() != e })
		if e == namespaces().evidence() {
			tell = []kind{namespaces()}
		}
		if len(tell) == 0 {
			continue
		}
		in := models
		switch {
		case e.OfCluster():
			in = []string{""}
		case e == snapshot.KubeNamespaces:
			in = append([]string{""}, models...) // which there are, and what each says
		}
		for _, namespace := range in {
			unread := func(e extent) bool { return !whole[e] }
			if !slices.ContainsFunc(tell, func(k kind) bool { return slices.ContainsFunc(k.extentsFor(namespace), unread) }) {
				out = append(out, snapshot.Coverage{Evidence: e, Namespace: namespace})
			}
		}
	}
	return out
}

// extentsFor returns where the kind was read for what is told of a namespace.
func (k kind) extentsFor(namespace string) []extent {
	in := k.scope.namespaces()
	switch {
	case len(in) > 0:
	case k.scope == ofCluster && k.kind != namespaces().kind:
		in = []string{""}
	default:
		in = []string{namespace}
	}
	var out []extent
	for _, n := range in {
		out = append(out, extent{k.resourceName(), n})
	}
	return out
}

// hidesVolumes tells whether it is not known which volumes are of interest,
// because not all claims were read.
func (f failure) hidesVolumes() bool {
	return f.kind.kind == "PersistentVolumeClaim" || f.hidesModels()
}

// hidesModels tells whether there may be models of which nothing was read.
func (f failure) hidesModels() bool { return f.kind.kind == namespaces().kind && f.verb == "list" }

// evidence returns what might have been in what was not read.
func (f failure) evidence() []snapshot.Evidence {
	switch {
	case f.hidesModels():
		return manifest.Evidence("List")
	case f.hidesVolumes():
		return []snapshot.Evidence{f.kind.evidence(), snapshot.KubeVolumes}
	}
	return []snapshot.Evidence{f.kind.evidence()}
}

// ofInterest tells whether a volume may be of a model: it is claimed there, a
// claim there names it, or nobody has claimed it yet. Others tell of tenants
// that are nobody's concern here.
func ofInterest(v snapshot.PersistentVolume, models []string, claims []snapshot.PersistentVolumeClaim) bool {
	return v.ClaimName == "" || slices.Contains(models, v.ClaimNamespace) ||
		slices.ContainsFunc(claims, func(c snapshot.PersistentVolumeClaim) bool { return c.Volume == v.Name })
}
