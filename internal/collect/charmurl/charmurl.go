// Package charmurl takes charm URLs apart: "ch:amd64/radarr-k8s-12",
// "cs:~owner/focal/radarr-3", "local:radarr-0", "./radarr_amd64.charm" and the
// bare name.
package charmurl

import (
	"strconv"
	"strings"
)

// Name returns the charm's name alone, without store, owner, series,
// architecture and revision.
func Name(url string) string {
	name, _ := split(url)
	return name
}

// Revision returns the revision that the URL says, or -1.
func Revision(url string) int {
	_, revision := split(url)
	return revision
}

func split(url string) (name string, revision int) {
	url = strings.TrimSpace(url)
	if file, ok := strings.CutSuffix(url, ".charm"); ok {
		// charmcraft names its files NAME_PLATFORM.charm, `juju download`
		// NAME_rREVISION.charm.
		file = file[strings.LastIndexAny(file, `/\`)+1:]
		file, _, _ = strings.Cut(file, "_")
		return file, -1
	}
	if _, rest, ok := strings.Cut(url, ":"); ok {
		url = rest
	}
	url = strings.TrimRight(url, "/")
	url = url[strings.LastIndexByte(url, '/')+1:]
	// No part of a charm's name is all digits, so that digits after the last
	// dash are the revision.
	if dash := strings.LastIndexByte(url, '-'); dash > 0 {
		if n, err := strconv.ParseUint(url[dash+1:], 10, 31); err == nil {
			return url[:dash], int(n)
		}
	}
	return url, -1
}
