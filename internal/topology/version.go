package topology

import (
	"slices"
	"strconv"
	"strings"

	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// release reads the first two numbers of a version: 3.6 of "3.6.9" and of
// "3.6-beta2", 1.28 of "v1.28.3+k3s1" and of "1.28+". What follows them makes no
// difference to what the charms are made for.
func release(text string) (major, minor int, ok bool) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "v")
	first, rest, _ := strings.Cut(text, ".")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		rest = rest[:end]
	}
	major, err := strconv.Atoi(first)
	if err != nil || major < 0 {
		return 0, 0, false
	}
	if minor, err = strconv.Atoi(rest); err != nil {
		return 0, 0, false
	}
	return major, minor, true
}

// atLeast tells whether a version is not older than another; unknown where
// either is no version.
func atLeast(text, minimum string) string {
	major, minor, ok := release(text)
	wantMajor, wantMinor, wantOK := release(minimum)
	switch {
	case !ok || !wantOK:
		return answerUnknown
	case major > wantMajor || major == wantMajor && minor >= wantMinor:
		return answerYes
	}
	return answerNo
}

// jujuImage ends the name of the image in which Juju's agent runs in a pod, in
// whichever registry: ghcr.io/juju/jujud-operator:3.6.9.
const jujuImage = "/jujud-operator"

// jujuVersion is the version of Juju in a model, with its place and how real that
// is: what Juju says, else the tag of the agents in the model's workloads.
func (m *model) jujuVersion() (version string, at snapshot.Pos, state string) {
	for _, o := range m.observed {
		if o.Version != "" {
			return o.Version, o.At, string(o.State)
		}
	}
	for _, w := range sorted(m.workloads, func(w *snapshot.Workload) string { return w.Name }) {
		for _, c := range slices.Concat(w.Template.InitContainers, w.Template.Containers) {
			ref := parseImage(c.Image)
			if _, _, ok := release(ref.tag); ok && strings.HasSuffix(ref.name, jujuImage) {
				return ref.tag, c.ImageAt, stateEffective
			}
		}
	}
	return "", snapshot.Pos{}, ""
}
