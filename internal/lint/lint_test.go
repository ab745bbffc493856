package lint

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect/file"
	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/internal/evaluate"
	"github.com/charmarr/charmarr-lint/internal/finding"
	jsonreport "github.com/charmarr/charmarr-lint/internal/report/json"
	"github.com/charmarr/charmarr-lint/internal/rule"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

var today = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func newEngine(t *testing.T) *evaluate.Engine {
	engine, err := Engine(t.Context(), config.Default(), nil)
	require.NoError(t, err)
	return engine
}

// judgeFiles runs the pipeline over files with an engine that is there already.
func judgeFiles(t *testing.T, engine *evaluate.Engine, o Options, paths ...string) finding.Report {
	if o.Today.IsZero() {
		o.Today = today
	}
	profile, err := o.profile()
	require.NoError(t, err)
	snap, err := collectFiles(t.Context(), paths)
	require.NoError(t, err)
	rep, err := o.judgeBy(engine, profile, nil).Judge(t.Context(), snap)
	require.NoError(t, err)
	return rep
}

// filesOf lists the files of a deployment in testdata, by part of it.
func filesOf(t *testing.T, parts ...string) []string {
	var out []string
	for _, part := range parts {
		require.NoError(t, filepath.WalkDir(filepath.Join("..", "..", "testdata", part), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				out = append(out, path)
			}
			return err
		}))
	}
	require.NotEmpty(t, out)
	return out
}

// planted is a violation planted in testdata/broken. Where it names no way, any
// will do: which of several ways shows depends on the evidence.
type planted struct {
	Rule      rule.ID         `json:"rule"`
	Way       string          `json:"way"`
	Subject   finding.Subject `json:"subject"`
	VisibleIn []string        `json:"visible_in"`
}

// TestPlantedViolationsAreFound holds every form of evidence to the same
// verdicts: given as Juju's files, as Kubernetes' or as both, a rule that can
// decide finds the violations that were planted, and no others.
func TestPlantedViolationsAreFound(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "testdata", "broken.expected.json"))
	require.NoError(t, err)
	var all []planted
	require.NoError(t, json.Unmarshal(raw, &all))
	ways := map[rule.ID]bool{}
	for _, p := range all {
		ways[p.Rule] = ways[p.Rule] || p.Way != ""
	}
	engine := newEngine(t)
	for _, tt := range []struct {
		name  string
		parts []string
		forms []string
	}{
		{"juju", []string{"juju"}, []string{"juju"}},
		{"kube", []string{"kube"}, []string{"kube"}},
		{"both", []string{"juju", "kube"}, []string{"juju", "kube", "both"}},
	} {
		t.Run("broken/"+tt.name, func(t *testing.T) {
			want := []string{}
			for _, p := range all {
				if slices.ContainsFunc(p.VisibleIn, func(form string) bool { return slices.Contains(tt.forms, form) }) {
					want = append(want, where(p.Rule, p.Way, p.Subject))
				}
			}
			var files []string
			for _, part := range tt.parts {
				files = append(files, filesOf(t, "broken/"+part)...)
			}
			rep := judgeFiles(t, engine, Options{Config: config.Default()}, files...)
			require.Empty(t, rep.Gaps)
			got := []string{}
			for _, f := range rep.Findings {
				if !ways[f.Rule] {
					f.Way = ""
				}
				got = append(got, where(f.Rule, f.Way, f.Subject))
			}
			assert.Empty(t, lacking(want, got), "planted and not found")
			assert.Empty(t, lacking(got, want), "found and not planted")
		})
		t.Run("clean/"+tt.name, func(t *testing.T) {
			var files []string
			for _, part := range tt.parts {
				files = append(files, filesOf(t, "clean/"+part)...)
			}
			rep := judgeFiles(t, engine, Options{Config: config.Default()}, files...)
			require.Empty(t, rep.Gaps)
			require.Empty(t, rep.Findings)
			require.Empty(t, rep.Unknown)
			require.Positive(t, rep.Summary.Passed)
		})
	}
}

// lacking lists, a line each, what is in a and not in b.
func lacking(a, b []string) string {
	missing := slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
	slices.Sort(missing)
	return strings.Join(missing, "\n")
}

func where(id rule.ID, way string, s finding.Subject) string {
	return fmt.Sprintf("%s %s %s %s/%s", id, way, s.Kind, s.Model, s.Name)
}

// TestReadingLessNeverPassesMore takes one file away at a time: no rule may pass
// that did not, nothing may be found that is not there, and what is no longer
// decided is listed.
func TestReadingLessNeverPassesMore(t *testing.T) {
	engine := newEngine(t)
	for _, parts := range [][]string{{"clean/juju"}, {"clean/kube"}, {"clean/juju", "clean/kube"}} {
		files := filesOf(t, parts...)
		o := Options{Config: config.Default()}
		whole := judgeFiles(t, engine, o, files...)
		for i, without := range files {
			t.Run(fmt.Sprint(parts, " without ", filepath.Base(without)), func(t *testing.T) {
				rep := judgeFiles(t, engine, o, slices.Delete(slices.Clone(files), i, i+1)...)
				require.LessOrEqual(t, rep.Summary.Passed, whole.Summary.Passed)
				require.Empty(t, rep.Findings, "a file that was not read is no violation")
				require.Equal(t, whole.Summary.Passed+whole.Summary.NotEvaluated+whole.Summary.Unknown,
					rep.Summary.Passed+len(rep.NotEvaluated)+len(rep.Unknown), "what is no longer decided is listed")
			})
		}
	}
}

// TestAGapNeverPasses marks each kind of evidence as partly unread: what then
// passes passed before.
func TestAGapNeverPasses(t *testing.T) {
	engine := newEngine(t)
	o := Options{Config: config.Default(), Today: today}
	profile, err := o.profile()
	require.NoError(t, err)
	snap, err := collectFiles(t.Context(), filesOf(t, "clean/juju", "clean/kube"))
	require.NoError(t, err)
	judge := func(gaps ...snapshot.Gap) finding.Report {
		with := snap
		with.Gaps = gaps
		rep, err := o.judgeBy(engine, profile, nil).Judge(t.Context(), with)
		require.NoError(t, err)
		return rep
	}
	whole := judge()
	for _, e := range snapshot.AllEvidence {
		rep := judge(snapshot.Gap{Source: "x", What: "reading x", Reason: "no", Evidence: []snapshot.Evidence{e}})
		require.LessOrEqual(t, rep.Summary.Passed, whole.Summary.Passed, e)
		require.True(t, rep.Incomplete())
	}
	rep := judge(snapshot.Gap{Source: "x", What: "reading x", Reason: "no"})
	require.Zero(t, rep.Summary.Passed, "a gap that may have held anything leaves nothing decided")
	require.Len(t, rep.Unknown, whole.Summary.Passed+whole.Summary.NotEvaluated)
}

// TestEachRuleNeedsItsEvidence takes one kind of evidence out of each alternative
// of each rule: it passes with all of it, and then never.
func TestEachRuleNeedsItsEvidence(t *testing.T) {
	engine := newEngine(t)
	snap, err := collectFiles(t.Context(), filesOf(t, "clean/juju", "clean/kube"))
	require.NoError(t, err)
	for _, r := range engine.Rules() {
		o := Options{Config: config.Default(), Only: []config.Pattern{config.Pattern(r.ID)}, Today: today}
		profile, err := o.profile()
		require.NoError(t, err)
		without := func(evidence ...snapshot.Evidence) finding.Report {
			with := snap
			if len(evidence) > 0 {
				with.Gaps = []snapshot.Gap{{Source: "x", What: "reading x", Reason: "no", Evidence: evidence}}
			}
			rep, err := o.judgeBy(engine, profile, nil).Judge(t.Context(), with)
			require.NoError(t, err)
			require.Empty(t, rep.Findings, r.ID)
			return rep
		}
		require.Equal(t, 1, without().Summary.Passed, r.ID)
		longest := 0
		for _, alternative := range r.Needs {
			longest = max(longest, len(alternative))
		}
		require.Positive(t, longest, r.ID)
		for i := range longest {
			var gone []snapshot.Evidence
			for _, alternative := range r.Needs {
				gone = append(gone, snapshot.Evidence(alternative[min(i, len(alternative)-1)].Evidence))
			}
			rep := without(gone...)
			require.Zero(t, rep.Summary.Passed, "%s without %v", r.ID, gone)
			require.Equal(t, 1, len(rep.Unknown)+len(rep.NotEvaluated), "%s without %v", r.ID, gone)
		}
	}
}

// TestReportsAreTheSameBytes shuffles the order of files and the number of
// processors.
func TestReportsAreTheSameBytes(t *testing.T) {
	engine := newEngine(t)
	files := filesOf(t, "broken/juju", "broken/kube")
	report := func() string {
		var b bytes.Buffer
		require.NoError(t, jsonreport.Write(&b, judgeFiles(t, engine, Options{Config: config.Default()}, files...)))
		return b.String()
	}
	want := report()
	random := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		procs := runtime.GOMAXPROCS(1 + random.IntN(4))
		got := report()
		runtime.GOMAXPROCS(procs)
		require.Empty(t, cmp.Diff(want, got))
	}
}

// TestFingerprintsAreUnique holds what the report promises of them.
func TestFingerprintsAreUnique(t *testing.T) {
	rep := judgeFiles(t, newEngine(t), Options{Config: config.Default()}, filesOf(t, "broken/juju", "broken/kube")...)
	seen := map[string]string{}
	for _, f := range rep.Findings {
		require.Empty(t, seen[f.Fingerprint], f.Message)
		seen[f.Fingerprint] = f.Message
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Run(ctx, Options{
		Config:  config.Default(),
		Collect: func(ctx context.Context) (snapshot.Snapshot, error) { return snapshot.Snapshot{}, ctx.Err() },
	})
	require.ErrorIs(t, err, context.Canceled)
}

// collectFiles reads files as the command line does.
func collectFiles(ctx context.Context, paths []string) (snapshot.Snapshot, error) {
	return file.Collector{Paths: paths}.Collect(ctx)
}
