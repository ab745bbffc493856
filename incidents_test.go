package arch

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/cli"
	"github.com/charmarr/charmarr-lint/internal/finding"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// An incident below docs/incidents is a walk of an operator's: a symptom, what
// the tool says, and the repair. Its first comment names the faults that are made
// in the clean deployment:
//
//	<!-- faults: client-waits-for-gateway -->
//
// The walk runs in a directory with the faulty deployment in facts and the clean
// one in repaired. Of each console block the command is run, if it is the
// tool's, and must print what the block shows; if it is juju's or kubectl's, it
// must be among the commands that the findings give.
func TestIncidentsHappenAsTheyAreTold(t *testing.T) {
	files, err := filepath.Glob("docs/incidents/[0-9]*.md")
	require.NoError(t, err)
	require.Len(t, files, 10)
	root, err := os.Getwd()
	require.NoError(t, err)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(root, file))
			require.NoError(t, err)
			head := regexp.MustCompile(`<!-- faults: ([a-z0-9 -]+) -->`).FindSubmatch(text)
			require.NotNil(t, head, "say which faults are made: <!-- faults: NAME -->")
			dir := t.TempDir()
			broken, _, err := deployment.Apply(deployment.Clean(), strings.Fields(string(head[1]))...)
			require.NoError(t, err)
			require.NoError(t, broken.Write(filepath.Join(dir, "facts")))
			require.NoError(t, deployment.Clean().Write(filepath.Join(dir, "repaired")))
			t.Chdir(dir)

			commands := remedies(t)
			told := regexp.MustCompile("(?ms)^```console\n(.*?)^```$").ReplaceAllFunc(text, func(block []byte) []byte {
				return []byte("```console\n" + play(t, commands, string(block)) + "```")
			})
			if *update {
				require.NoError(t, os.WriteFile(filepath.Join(root, file), told, 0o644))
				return
			}
			require.Empty(t, cmp.Diff(string(text), string(told)), "`make golden` plays the incidents anew")
		})
	}
}

// play runs the commands of a console block and returns the block as it should
// be.
func play(t *testing.T, remedies map[string]bool, block string) string {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(block) {
		command, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "$ ")
		if !ok {
			continue // output: it is made anew
		}
		out.WriteString("$ " + command + "\n")
		args, ours := strings.CutPrefix(command, "charmarr-lint ")
		if !ours {
			require.True(t, remedies[command], "%q is none of the commands that the findings give", command)
			continue
		}
		var stdout, stderr bytes.Buffer
		cli.Main(strings.Fields(args), strings.NewReader(""), &stdout, &stderr, nil)
		out.Write(stdout.Bytes())
		out.Write(stderr.Bytes())
	}
	return out.String()
}

// remedies are the commands that the findings about facts give.
func remedies(t *testing.T) map[string]bool {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cli.Main([]string{"check", "-f", "json", "facts"}, strings.NewReader(""), &stdout, &stderr, nil)
	var report finding.Report
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &report), stderr.String())
	require.NotEmpty(t, report.Findings, "nothing is found: the incident would go unnoticed")
	all := map[string]bool{}
	for _, f := range report.Findings {
		for _, command := range f.Remediation {
			all[command] = true
		}
	}
	return all
}
