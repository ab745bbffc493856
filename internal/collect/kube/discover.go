package kube

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/charmarr/charmarr-lint/internal/collect/manifest"
)

// served is what the API server says of the kinds that may not be installed.
type served struct {
	versions  map[string][]string        // of a group, the server's preferred one first
	resources map[string]map[string]bool // of a group and version
	unknown   map[string]error           // a group and version whose resources were not told
}

// discover asks which kinds there are. Every user who is logged in may ask that.
// It is the first request of a reading: its error may mean that there is no API
// server.
func (c *client) discover(ctx context.Context, wanted []kind) (served, error) {
	s := served{versions: map[string][]string{}, resources: map[string]map[string]bool{}, unknown: map[string]error{}}
	var groups metav1.APIGroupList
	if err := c.json(ctx, []string{"/apis"}, nil, &groups); err != nil {
		return s, err
	}
	if groups.Kind != "APIGroupList" {
		return s, fmt.Errorf("the API server answered with a %q, want an APIGroupList", groups.Kind)
	}
	for _, g := range groups.Groups {
		if !slices.ContainsFunc(wanted, func(k kind) bool { return k.custom() && k.group == g.Name }) {
			continue
		}
		for _, v := range g.Versions {
			s.versions[g.Name] = append(s.versions[g.Name], v.Version)
			s.ask(ctx, c, v.GroupVersion)
		}
	}
	return s, nil
}

// ask asks which kinds a group has in a version.
func (s *served) ask(ctx context.Context, c *client, groupVersion string) {
	var list metav1.APIResourceList
	err := c.json(ctx, []string{"/apis", groupVersion}, nil, &list)
	if err == nil && list.Kind != "APIResourceList" {
		err = fmt.Errorf("the API server answered with a %q, want an APIResourceList", list.Kind)
	}
	if err != nil {
		s.unknown[groupVersion] = err
		return
	}
	resources := map[string]bool{}
	for _, r := range list.APIResources {
		resources[r.Name] = true
	}
	s.resources[groupVersion] = resources
}

// find returns a kind in a version that is served and that can be read. ok is
// false where the kind is not installed, and then nothing of it can be there.
func (s served) find(k kind) (found kind, ok bool, err error) {
	if !k.custom() {
		return k, true, nil
	}
	if k.unless != "" && len(s.versions[k.unless]) > 0 {
		return k, false, nil
	}
	readable := manifest.Versions(k.group, k.kind) // nothing where any will do
	var other string
	for _, v := range s.versions[k.group] {
		groupVersion := k.group + "/" + v
		if unknown := s.unknown[groupVersion]; unknown != nil {
			err = unknown
			continue
		}
		if !s.resources[groupVersion][k.resource] {
			continue
		}
		if len(readable) > 0 && !slices.Contains(readable, groupVersion) {
			other = groupVersion
			continue
		}
		k.version = v
		return k, true, nil
	}
	if err == nil && other != "" {
		err = unreadable{groupVersion: other, want: readable}
	}
	return k, false, err
}

// unreadable is a kind that is installed in versions alone whose fields may
// stand elsewhere.
type unreadable struct {
	groupVersion string
	want         []string
}

// Error says which versions there are.
func (u unreadable) Error() string {
	return fmt.Sprintf("the cluster serves it as %s alone, which is not read, want %s: upgrade its CRDs", u.groupVersion, listed(u.want))
}
