package admission

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/config"
	"github.com/charmarr/charmarr-lint/test/deployment"
)

// mutants makes objects that nobody has thought of out of others: a field is taken
// away, doubled, or has another's value.
type mutants struct {
	*rand.Rand

	words []string // that stand anywhere in a deployment
}

// telling are words by which much is decided; a word in four is one of them.
var telling = []string{"ambient", "0.0.0.0/0", "::/0", "8.8.8.8/32", "istio.io/dataplane-mode", "LoadBalancer", "Egress", "gluetun"}

func newMutants(r *rand.Rand, there map[string][]byte) *mutants {
	seen := map[string]bool{}
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			for k, v := range x {
				seen[k] = true
				walk(v)
			}
		case []any:
			for _, v := range x {
				walk(v)
			}
		case string:
			seen[x] = true
		}
	}
	for _, text := range there {
		var o any
		if json.Unmarshal(text, &o) == nil {
			walk(o)
		}
	}
	return &mutants{r, slices.Sorted(maps.Keys(seen))}
}

// of makes a mutant of an object, which is called as the object is.
func (m *mutants) of(t *testing.T, text []byte) []byte {
	t.Helper()
	var o map[string]any
	require.NoError(t, json.Unmarshal(text, &o))
	for range 1 + m.IntN(3) {
		fields := slices.DeleteFunc(slices.Sorted(maps.Keys(o)), func(k string) bool { return k == "apiVersion" || k == "kind" })
		in, field := o, fields[m.IntN(len(fields))]
		if field == "metadata" {
			in, field = o[field].(map[string]any), []string{"labels", "annotations"}[m.IntN(2)]
		}
		if in[field] = m.change(in[field], 6); in[field] == nil {
			delete(in, field)
		}
	}
	out, err := json.Marshal(o)
	require.NoError(t, err)
	return out
}

func (m *mutants) word() string {
	if m.IntN(4) == 0 {
		return telling[m.IntN(len(telling))]
	}
	return m.words[m.IntN(len(m.words))]
}

// change changes one thing in a value, at most so deep below it.
func (m *mutants) change(value any, deep int) any {
	switch v := value.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) == 0 || m.IntN(6) == 0 {
			v[m.word()] = m.word()
			return v
		}
		k := keys[m.IntN(len(keys))]
		if deep == 0 || m.IntN(5) == 0 {
			v[k] = nil
		} else {
			v[k] = m.change(v[k], deep-1)
		}
		if v[k] == nil {
			delete(v, k)
		}
		return v
	case []any:
		if len(v) == 0 {
			return v
		}
		i := m.IntN(len(v))
		switch m.IntN(5) {
		case 0:
			return slices.Delete(v, i, i+1)
		case 1:
			return append(v, v[i])
		}
		v[i] = m.change(v[i], deep-1)
		return slices.DeleteFunc(v, func(x any) bool { return x == nil })
	case string:
		return m.word()
	case float64:
		return float64(m.IntN(70000))
	case bool:
		return !v
	}
	return nil
}

// TestMutants changes objects of faulty deployments into mutants, one after the other.
// What is known after each is what a whole judgement says; nothing is refused where
// nothing is worse, and nothing passes that is worse about the object itself.
func TestMutants(t *testing.T) {
	c := newCourt(t, config.Default())
	judge, faults := newBench(t, c), deployment.Faults()
	refused := 0
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 8))
		d := deployment.Clean()
		for range r.IntN(4) {
			if more, _, err := deployment.Apply(d, faults[r.IntN(len(faults))].Name); err == nil {
				d = more
			}
		}
		there := objects(t, d)
		m := newMutants(r, there)
		all := slices.DeleteFunc(slices.Sorted(maps.Keys(there)), func(name string) bool {
			req := requestOf(t, there[name])
			req.Operation = Update
			return !Concerned(req)
		})
		private := slices.DeleteFunc(slices.Clone(all), func(name string) bool {
			return !strings.Contains(name, "NetworkPolicy") && !strings.Contains(name, "Namespace ") && !strings.Contains(name, "gluetun")
		})
		v := c.view(t, there)
		_, was := judge.whole(t, v.Standing.Snapshot)
		for range 10 {
			from := all
			if m.IntN(2) == 0 {
				from = private
			}
			name := from[m.IntN(len(from))]
			s := step{name, there[name], m.of(t, there[name])}
			req := request(t, s.old, s.object)
			a, err := c.Decide(t.Context(), v, req)
			require.NoError(t, err)
			if _, err := object(req, req.Object); err != nil {
				require.NotEmpty(t, a.Warnings, "seed %d, %s: %v", seed, s, err)
				continue
			}
			v = c.next(t, v, s)
			report, is := judge.whole(t, v.Standing.Snapshot)
			require.Equal(t, report, v.Standing.Report, "seed %d, %s: by what changed, and in whole", seed, s)
			ch := change{request: req}
			brought, grown := ch.worse(was, is)
			if !a.Allowed {
				refused++
				require.NotEmptyf(t, append(brought, grown...), "seed %d, %s: refused, and nothing is worse: %s\n%s", seed, s, a.Message, s.object)
			}
			if slices.ContainsFunc(brought, ch.about) {
				require.Falsef(t, a.Allowed, "seed %d, %s: brings %v and passes\n%s", seed, s, brought, s.object)
			}
			there[name], was = s.object, is
		}
	}
	require.NotZero(t, refused, "some requests bring a fault")
}
