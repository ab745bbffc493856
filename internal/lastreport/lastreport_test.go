package lastreport

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/internal/report/reporttest"
)

func names(t *testing.T, s Store) []string {
	t.Helper()
	entries, err := os.ReadDir(s.Dir)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestKeepsTheLastOfEachDirectory(t *testing.T) {
	s := Store{Dir: filepath.Join(t.TempDir(), "made", "when needed")}
	_, err := s.Last("/a")
	require.ErrorIs(t, err, ErrNone)

	require.NoError(t, s.Keep("/a", reporttest.Named("clean")))
	require.NoError(t, s.Keep("/b", reporttest.Named("waived")))
	require.NoError(t, s.Keep("/a", reporttest.Named("broken")))
	for dir, want := range map[string]string{"/a": "broken", "/b": "waived"} {
		kept, err := s.Last(dir)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(reporttest.Named(want), kept.Report, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(finding.Report{}, "Rules")))
		require.WithinDuration(t, time.Now(), kept.At, time.Minute)
	}
	_, err = s.Last("/c")
	require.ErrorIs(t, err, ErrNone)
	require.Len(t, names(t, s), 2)
}

func TestOnlyTheUserReadsIt(t *testing.T) {
	s := Store{Dir: filepath.Join(t.TempDir(), "cache")}
	require.NoError(t, s.Keep("/a", reporttest.Named("clean")))
	dir, err := os.Stat(s.Dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), dir.Mode().Perm())
	file, err := os.Stat(s.file("/a"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), file.Mode().Perm())
	require.NotContains(t, s.file("/home/somebody/secret-project"), "somebody")
}

func TestKeepsNotTooMany(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	stale := filepath.Join(s.Dir, "new-123")
	require.NoError(t, os.WriteFile(stale, nil, 0o600))
	other := filepath.Join(s.Dir, "not-ours.txt")
	require.NoError(t, os.WriteFile(other, nil, 0o600))
	old := time.Now().Add(-48 * time.Hour)
	require.NoError(t, os.Chtimes(stale, old, old))
	for i := range maxReports + 5 {
		dir := fmt.Sprint("/", i)
		require.NoError(t, s.Keep(dir, reporttest.Named("clean")))
		at := old.Add(time.Duration(i) * time.Minute) // the clock may be too coarse
		require.NoError(t, os.Chtimes(s.file(dir), at, at))
	}
	require.NoError(t, s.Keep("/last", reporttest.Named("clean")))
	require.NoFileExists(t, stale)
	require.FileExists(t, other)
	require.Len(t, names(t, s), maxReports+1)
	_, err := s.Last("/0")
	require.ErrorIs(t, err, ErrNone)
	for _, dir := range []string{"/last", fmt.Sprint("/", maxReports+4)} {
		_, err := s.Last(dir)
		require.NoError(t, err, dir)
	}
}

func TestAReportThatIsTooLargeTakesTheOneBeforeAway(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	many := reporttest.Named("clean")
	for i := range maxFindings + 1 {
		many.Findings = append(many.Findings, finding.Finding{Fingerprint: fmt.Sprint(i)})
	}
	long := reporttest.Named("clean")
	long.Notes = []string{strings.Repeat("x", maxBytes)}
	for name, r := range map[string]finding.Report{"many findings": many, "long": long} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, s.Keep("/a", reporttest.Named("clean")))
			require.ErrorContains(t, s.Keep("/a", r), "keeping the report: it has ")
			_, err := s.Last("/a")
			require.ErrorIs(t, err, ErrNone)
			require.Empty(t, names(t, s))
		})
	}
}

func TestWhatIsInTheWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	s := Store{Dir: filepath.Join(file, "cache")}
	require.ErrorContains(t, s.Keep("/a", reporttest.Named("clean")), "keeping the report: ")
	_, err := s.Last("/a")
	require.Error(t, err)

	s = Store{Dir: t.TempDir()}
	require.NoError(t, os.Mkdir(s.file("/a"), 0o700))
	require.Error(t, s.Keep("/a", reporttest.Named("clean")))
	for _, name := range names(t, s) {
		require.NotContains(t, name, "new-", "a part is left behind")
	}
}

func TestWhatIsNoReport(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	for name, tt := range map[string]struct{ doc, want string }{
		"cut off":         {`{"schema": "charmarr-lint/report/v1", "tool": {`, "ends too early"},
		"another version": {`{"schema": "charmarr-lint/report/v9"}`, "this version reads"},
		"too large":       {strings.Repeat(" ", maxBytes+1), "larger than 16 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(s.file("/a"), []byte(tt.doc), 0o600))
			_, err := s.Last("/a")
			require.ErrorContains(t, err, tt.want)
		})
	}
}
