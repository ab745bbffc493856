package topology

import "strings"

// image is a reference to a container image, taken apart:
// registry:5000/path/name:tag@digest.
type image struct {
	name   string // with its registry
	tag    string
	digest string
}

// parseImage takes a reference apart. A colon before the last slash belongs to the
// registry's port.
func parseImage(ref string) image {
	rest, digest, _ := strings.Cut(ref, "@")
	out := image{name: rest, digest: digest}
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, '/') {
		out.name, out.tag = rest[:i], rest[i+1:]
	}
	return out
}

// latestTag is the tag that a reference without one means.
const latestTag = "latest"

// injectedImage stands where Istio's webhook fills in the image.
const injectedImage = "auto"

// pinned tells whether a reference always means the same image, as far as it can
// be told: it has a digest, or a tag other than latest. It is unknown where none
// is written or something else will write it.
func pinned(ref string) string {
	switch i := parseImage(ref); {
	case i.name == "" || i.name == injectedImage:
		return answerUnknown
	case i.digest != "" || i.tag != "" && i.tag != latestTag:
		return answerYes
	}
	return answerNo
}
