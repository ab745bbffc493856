package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// planted is a status with one application where it does not belong.
const planted = `{"model": {"name": "charmarr-downloads", "type": "caas"},
 "applications": {"radarr": {"charm": "radarr-k8s", "charm-name": "radarr-k8s", "relations": {}}}}`

// run runs the program in an empty folder.
func run(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Chdir(t.TempDir())
	var out, errs bytes.Buffer
	code = Main(args, strings.NewReader(stdin), &out, &errs, nil)
	return code, out.String(), errs.String()
}

func TestMainRunsInProcess(t *testing.T) {
	code, stdout, stderr := run(t, planted, "check", "-")
	require.Equal(t, exitFindings, code)
	require.Contains(t, stdout, "topology/core-service-in-core")
	require.Empty(t, stderr)
}

// interrupting sends an interrupt to the process when it is read, and then
// waits for more than there will ever be.
type interrupting struct{ t *testing.T }

func (r interrupting) Read([]byte) (int, error) {
	self, err := os.FindProcess(os.Getpid())
	require.NoError(r.t, err)
	require.NoError(r.t, self.Signal(os.Interrupt))
	select {}
}

func TestAnInterruptEndsARunThatWaits(t *testing.T) {
	for _, command := range []string{"check", "snapshot"} {
		t.Run(command, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var out, errs bytes.Buffer
			code := make(chan int, 1)
			go func() { code <- Main([]string{command, "-"}, interrupting{t}, &out, &errs, nil) }()
			select {
			case got := <-code:
				require.Equal(t, exitIncomplete, got)
			case <-time.After(20 * time.Second):
				t.Fatal("the run goes on")
			}
			require.Equal(t, "charmarr-lint: interrupted; nothing was decided\n", errs.String())
			require.Empty(t, out.String())
		})
	}
}

// failing fails to write.
type failing struct{ err error }

func (w failing) Write([]byte) (int, error) { return 0, w.err }

func TestStandardOutputThatFails(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		code int
		says string
	}{
		{"a reader that has gone is no error", &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}, exitFindings, ""},
		{"a full disk is", syscall.ENOSPC, exitUsage, "charmarr-lint: writing the report to standard output: no space left on device\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var errs bytes.Buffer
			code := Main([]string{"check", "-o", "json=report.json", "-"}, strings.NewReader(planted), failing{tt.err}, &errs, nil)
			require.Equal(t, tt.code, code)
			require.Equal(t, tt.says, errs.String())
			require.FileExists(t, "report.json")
		})
	}
}

func TestEveryCommandSaysThatStandardOutputIsFull(t *testing.T) {
	for _, args := range [][]string{{"snapshot", "-"}, {"rules"}, {"rules", "-f", "json"}, {"version"}, {"--version"}, {"--help"}, {"help", "check"}, {"completion", "bash"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Chdir(t.TempDir())
			var errs bytes.Buffer
			require.Equal(t, exitUsage, Main(args, strings.NewReader(planted), failing{syscall.ENOSPC}, &errs, nil))
			require.Equal(t, 1, strings.Count(errs.String(), "\n"), errs.String())
			require.Regexp(t, "^charmarr-lint: writing .*: no space left on device\n$", errs.String())
		})
	}
}

func TestAPolicyThatFailsWhileJudgingIsReportedAfterTheReport(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "radarr_divided.rego"), []byte(`# METADATA
# title: Radarr can be divided
# description: It cannot.
# schemas:
#   - input: schema.stack
# custom:
#   id: own/radarr-divided
#   level: warning
#   adr: []
#   needs: [["juju.applications"]]
#   subjects: [application]
#   states: [declared]
#   remediation: ["juju status"]
package rules.own.radarr_divided

violations contains v if {
	some app in input.applications
	1 / count(app.pods) > 0
	v := {"subject": app.subject, "message": "x", "at": app.at, "state": "declared"}
}
`), 0o644))
	code, stdout, stderr := run(t, planted, "check", "--policies", dir, "-f", "json", "-")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stdout, `"topology/core-service-in-core"`, "what the other rules found is reported")
	require.Contains(t, stdout, `"own/radarr-divided"`, "the rule that failed is unknown")
	require.Contains(t, stderr, "radarr_divided.rego:18")
	require.Contains(t, stderr, "divide by zero")
}

func TestMessagesCarryNoTerminalSequences(t *testing.T) {
	code, stdout, stderr := run(t, "", "check", "\x1b[31mred")
	require.Equal(t, exitIncomplete, code)
	require.NotContains(t, stdout+stderr, "\x1b")
	code, _, stderr = run(t, "", "check", "-p", "\x1b[31mred")
	require.Equal(t, exitUsage, code)
	require.NotContains(t, stderr, "\x1b")
}

func TestWriteFileIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "report.json")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o600))
	err := writeFile(name, func(w io.Writer) error {
		_, _ = w.Write([]byte("half"))
		return errors.New("no more")
	})
	require.EqualError(t, err, "no more")
	raw, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "old", string(raw))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside it")

	link := filepath.Join(dir, "link.json")
	require.NoError(t, os.Symlink("report.json", link))
	require.NoError(t, writeFile(link, func(w io.Writer) error {
		_, err := w.Write([]byte("new"))
		return err
	}))
	raw, err = os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "new", string(raw), "a link is followed")
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "the mode is kept")
	require.NoError(t, writeFile(os.DevNull, func(w io.Writer) error {
		_, err := w.Write([]byte("x"))
		return err
	}), "what is no regular file is written to")
}
