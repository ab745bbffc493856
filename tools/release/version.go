package main

import (
	"fmt"
	"strings"

	"golang.org/x/mod/semver"
)

// version is what a tag means.
type version struct {
	tag        string // v1.2.3
	number     string // 1.2.3, as charts and files bear it
	prerelease bool
	latest     bool // no other release is higher: it is what "latest" stands for
}

// parse reads a tag. The others are all tags that there are; what is no version among
// them does not count.
func parse(tag string, others []string) (version, error) {
	if !semver.IsValid(tag) || semver.Canonical(tag) != tag {
		return version{}, fmt.Errorf("tag %q is no version: it has to be vMAJOR.MINOR.PATCH, or that with -rc.1 or the like behind it, without build metadata, which no image can be tagged with", tag)
	}
	v := version{tag: tag, number: strings.TrimPrefix(tag, "v"), prerelease: semver.Prerelease(tag) != ""}
	v.latest = !v.prerelease
	for _, other := range others {
		if semver.Prerelease(other) == "" && semver.Compare(other, tag) > 0 {
			v.latest = false
		}
	}
	return v, nil
}
