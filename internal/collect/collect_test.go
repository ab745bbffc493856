package collect_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/collect"
	"github.com/charmarr/charmarr-lint/internal/snapshot"
)

// collector is a source that answers with a function.
type collector func(context.Context) (snapshot.Snapshot, error)

func (c collector) Collect(ctx context.Context) (snapshot.Snapshot, error) { return c(ctx) }

// named is a collector that says what it is.
type named struct {
	collector
	name string
}

func (n named) String() string { return n.name }

// source answers after a while with a snapshot of one namespace.
func source(name string, after time.Duration) collector {
	return func(context.Context) (snapshot.Snapshot, error) {
		time.Sleep(after)
		return snapshot.Snapshot{
			Sources:    []snapshot.Source{{Kind: snapshot.Manifest, Name: name}},
			Namespaces: []snapshot.Namespace{{Meta: snapshot.Meta{Name: name, At: snapshot.Pos{0, 1, 1, 1}}}},
		}, nil
	}
}

func TestCollectKeepsTheOrder(t *testing.T) {
	var list []collect.Collector
	var want []string
	for i := range 20 {
		name := fmt.Sprint("source", i)
		want = append(want, name)
		list = append(list, named{source(name, time.Duration(20-i)*time.Millisecond/4), name})
	}
	var done []int
	names := map[string]bool{}
	s, err := collect.Collect(context.Background(), list, func(n, total int, name string) {
		require.Equal(t, 20, total)
		done = append(done, n)
		names[name] = true
	})
	require.NoError(t, err)
	var got []string
	for i, n := range s.Namespaces {
		got = append(got, n.Name)
		require.Equal(t, i, n.At.Source())
	}
	require.Equal(t, want, got)
	require.Len(t, done, 20)
	require.IsIncreasing(t, done)
	require.Len(t, names, 20)
}

func TestCollectIsBounded(t *testing.T) {
	var now, most atomic.Int64
	one := collector(func(context.Context) (snapshot.Snapshot, error) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(time.Millisecond)
		return snapshot.Snapshot{}, nil
	})
	list := make([]collect.Collector, 40)
	for i := range list {
		list[i] = one
	}
	_, err := collect.Collect(context.Background(), list, nil)
	require.NoError(t, err)
	require.LessOrEqual(t, most.Load(), int64(8))
}

func TestTheFirstErrorEndsTheOthers(t *testing.T) {
	wrong := errors.New("there is no such file")
	_, err := collect.Collect(context.Background(), []collect.Collector{
		collector(func(ctx context.Context) (snapshot.Snapshot, error) {
			<-ctx.Done()
			return snapshot.Snapshot{}, ctx.Err()
		}),
		collector(func(context.Context) (snapshot.Snapshot, error) { return snapshot.Snapshot{}, wrong }),
	}, nil)
	require.ErrorIs(t, err, wrong)
}

func TestCollectOfNothing(t *testing.T) {
	s, err := collect.Collect(context.Background(), nil, nil)
	require.NoError(t, err)
	require.Equal(t, snapshot.Schema, s.Schema)
	require.NotNil(t, s.Models)
}
