package webhook

import (
	"context"
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/lint"
	"github.com/charmarr/charmarr-lint/internal/patience"
)

// look is how often files are looked at. They are mounted from ConfigMaps and
// Secrets, which the kubelet writes a minute or so after a change.
const look = 5 * time.Second

// reload takes in certificates, configuration and policies that have changed, until
// the context ends. What does not load leaves what was there before in force.
func (s *Server) reload(ctx context.Context, c *certificates) {
	wrong := ""
	for patience.Wait(ctx, s.look) {
		switch changed, err := c.load(); {
		case err != nil && err.Error() != wrong:
			wrong = err.Error()
			s.log.Error("reading the certificate again; the one before stays", "error", wrong)
		case changed:
			wrong = ""
			s.log.Info("the certificate has changed", "expires", c.expires().UTC().Format(time.RFC3339))
		}
		now := s.options.seen(s.files.config)
		if now.sum == s.files.sum {
			continue
		}
		next, files, err := newCourt(ctx, s.options)
		if files == nil {
			files = &now
		}
		s.files = *files // where it does not load, too: what it names may be what is mended
		s.metrics.reloaded(err == nil)
		if err != nil {
			s.log.Error("loading configuration and policies again; those before stay", "error", err.Error())
			continue
		}
		s.court.Store(next)
		s.facts.changed()
		s.log.Info("configuration and policies have changed")
	}
}

// files are those that a configuration names, with itself, as they were at a time.
type files struct {
	config config.Config
	sum    [sha256.Size]byte
}

// seen looks at the files of a configuration.
func (o Options) seen(c config.Config) files {
	return files{c, digest(o.Now().Format(time.DateOnly), o.Files, c)}
}

// prepare makes the options of a run, and says how the files were before they were read:
// what changes meanwhile is seen to have changed.
func (o Options) prepare() (lint.Options, *files, error) {
	next, err := o.Setup()
	for err == nil {
		before := o.seen(next.Config)
		var again lint.Options
		if again, err = o.Setup(); err == nil && slices.Equal(o.Files(again.Config), o.Files(next.Config)) {
			return again, &before, nil
		}
		next = again // which names other files
	}
	return lint.Options{}, nil, err
}

func digest(day string, files func(config.Config) []string, c config.Config) (out [sha256.Size]byte) {
	h := sha256.New()
	h.Write([]byte(day)) // which decides about waivers
	for _, root := range files(c) {
		var names []string
		_ = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				names = append(names, name)
			}
			return nil // what cannot be read is told when it is loaded
		})
		slices.Sort(names)
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				text = []byte(err.Error())
			}
			sum := sha256.Sum256(text)
			h.Write([]byte(name))
			h.Write(sum[:])
		}
	}
	h.Sum(out[:0])
	return out
}
