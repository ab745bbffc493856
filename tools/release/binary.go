package main

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"
)

// binary is the program as it was built for one platform, with what Go noted in it.
type binary struct {
	os, arch string
	text     []byte
	info     *debug.BuildInfo
}

func (b binary) setting(key string) string {
	i := slices.IndexFunc(b.info.Settings, func(s debug.BuildSetting) bool { return s.Key == key })
	if i < 0 {
		return ""
	}
	return b.info.Settings[i].Value
}

// readBinaries reads OS_ARCH/charmarr-lint, each of which has to be of the tag, of one
// and the same commit, and of nothing that is not committed.
func readBinaries(dir, tag string) ([]binary, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*_*", program))
	if err != nil {
		return nil, fmt.Errorf("looking for binaries in %s: %w", dir, err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s has no OS_ARCH/%s", dir, program)
	}
	binaries := make([]binary, 0, len(paths))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		info, err := buildinfo.Read(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("reading what Go noted in %s: %w", path, err)
		}
		b := binary{text: text, info: info}
		b.os, b.arch = b.setting("GOOS"), b.setting("GOARCH")
		if got, want := b.os+"_"+b.arch, filepath.Base(filepath.Dir(path)); got != want {
			return nil, fmt.Errorf("%s is for %s", path, got)
		}
		if info.Main.Version != tag {
			return nil, fmt.Errorf("%s says that it is %s, not %s: build it from a clean checkout of the tag that has git beside it", path, info.Main.Version, tag)
		}
		if b.setting("vcs.modified") != "false" {
			return nil, fmt.Errorf("%s was built from files that are not committed", path)
		}
		if len(binaries) > 0 && b.setting("vcs.revision") != binaries[0].setting("vcs.revision") {
			return nil, fmt.Errorf("%s was built from commit %s, others from %s", path, b.setting("vcs.revision"), binaries[0].setting("vcs.revision"))
		}
		binaries = append(binaries, b)
	}
	return binaries, nil
}

// committed is when the commit was made that the program was built from. All that a
// release makes is of that time.
func (b binary) committed() (time.Time, error) {
	at, err := time.Parse(time.RFC3339, b.setting("vcs.time"))
	if err != nil {
		return time.Time{}, errors.New("the program for " + b.os + "/" + b.arch + " does not say when its commit was made: build it in a checkout, with git beside it")
	}
	return at.UTC(), nil
}
