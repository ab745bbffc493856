package cli

import (
	"os"
	"path/filepath"
	"runtime"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/lastreport"
	"github.com/charmarr/charmarr-lint/internal/lint"
)

// cacheDir is the user's cache directory, as os.UserCacheDir has it, from the
// environment that was handed over; empty where that names none.
func (p *program) cacheDir() string {
	under := func(home string, elements ...string) string {
		if home = p.getenv(home); !filepath.IsAbs(home) {
			return ""
		}
		return filepath.Join(append([]string{home}, elements...)...)
	}
	switch runtime.GOOS {
	case "windows":
		return under("LocalAppData")
	case "darwin", "ios":
		return under("HOME", "Library", "Caches")
	}
	if dir := p.getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return dir // one that is not absolute is to be ignored
	}
	return under("HOME", ".cache")
}

// lastReports is where the last report of this working directory is kept; false
// where there is no place for it.
func (p *program) lastReports() (store lastreport.Store, workdir string, ok bool) {
	cache := p.cacheDir()
	if cache == "" {
		return lastreport.Store{}, "", false
	}
	workdir, err := os.Getwd()
	if err == nil { // one folder, by whatever links one came to it
		workdir, err = filepath.EvalSymlinks(workdir)
	}
	return lastreport.Store{Dir: filepath.Join(cache, lint.Name)}, workdir, err == nil
}

// keepLast keeps a report for explain. It is a convenience beside the run, and
// says nothing where it fails: explain does, when it is asked.
func (p *program) keepLast(r finding.Report) {
	if store, workdir, ok := p.lastReports(); ok {
		store.Keep(workdir, r) //nolint:errcheck // see above
	}
}
