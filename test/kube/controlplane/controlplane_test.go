package controlplane

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// crashing tells this binary to start a control plane and to end badly.
const crashing = "CHARMARR_LINT_CRASH"

func TestMain(m *testing.M) {
	switch os.Getenv(crashing) {
	case "panic":
		crash(func() { panic("as a test that fails badly") })
	case "killed":
		crash(func() { select {} })
	}
	os.Exit(m.Run())
}

func crash(end func()) {
	c, err := Start()
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("folder", c.dir)
	end()
}

// TestNothingStays lets test binaries end without stopping their control plane:
// etcd, the API server and their files go all the same.
func TestNothingStays(t *testing.T) {
	for _, how := range []string{"panic", "killed"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			binary := exec.CommandContext(t.Context(), os.Args[0])
			binary.Env = append(os.Environ(), crashing+"="+how)
			out, err := binary.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, binary.Start())
			line, err := bufio.NewReader(out).ReadString('\n')
			require.NoError(t, err)
			dir, ok := strings.CutPrefix(strings.TrimSpace(line), "folder ")
			require.True(t, ok, line)
			if how == "killed" {
				require.Len(t, processes(t, dir), 2, "etcd and the API server run")
				require.NoError(t, binary.Process.Kill())
			}
			require.Error(t, binary.Wait())
			require.Eventually(t, func() bool {
				_, err := os.Stat(dir)
				return os.IsNotExist(err) && len(processes(t, dir)) == 0
			}, 2*time.Minute, 50*time.Millisecond)
		})
	}
}

// processes lists those that have a folder among their arguments.
func processes(t *testing.T, dir string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-eo", "args=").Output()
	require.NoError(t, err)
	var found []string
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, dir) {
			found = append(found, line)
		}
	}
	return found
}

func TestStartNeedsItsPrograms(t *testing.T) {
	t.Setenv("KUBEBUILDER_ASSETS", "")
	_, err := Start()
	require.ErrorContains(t, err, "run .ci/kube, or make test-kube")
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("KUBEBUILDER_ASSETS", t.TempDir())
	_, err = Start()
	require.Error(t, err)
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left)
}
