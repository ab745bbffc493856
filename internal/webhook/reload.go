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
	"github.com/charmarr/charmarr-lint/internal/patience"
)

// look is how often files are looked at. They are mounted from ConfigMaps and
// Secrets, which the kubelet writes a minute or so after a change.
const look = 5 * time.Second

// reload takes in certificates, configuration and policies that have changed, until
// the context ends. What does not load leaves what was there before in force.
func (s *Server) reload(ctx context.Context, c *certificates) {
	before := s.digest()
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
		now := s.digest()
		if now == before {
			continue
		}
		before = now
		next, err := newCourt(ctx, s.options.Setup)
		s.metrics.reloaded(err == nil)
		if err != nil {
			s.log.Error("loading configuration and policies again; those before stay", "error", err.Error())
			continue
		}
		s.court.Store(next)
		s.facts.changed()
		s.log.Info("configuration and policies have changed")
		before = s.digest()
	}
}

// digest tells states of the files apart that questions are judged by.
func (s *Server) digest() [sha256.Size]byte {
	return digest(s.options.Now().Format(time.DateOnly), s.options.Files, s.court.Load().config)
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
