package layout_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/charmarr/charmarr-lint/internal/graph/layout"
)

func pin(item int, side layout.Side) layout.Pin {
	return layout.Pin{Item: item, Side: side, At: layout.Free}
}

// random makes a plan: some layers, nets between any of their items, labels at
// some roots, pins that are fixed.
func random(seed uint64) layout.Plan {
	r := rand.New(rand.NewPCG(seed, 1))
	var p layout.Plan
	p.Gap = 20
	layerOf := []int{}
	for l := range 1 + r.IntN(5) {
		var row []int
		for range 1 + r.IntN(6) {
			row = append(row, len(p.Items))
			layerOf = append(layerOf, l)
			p.Items = append(p.Items, layout.Item{W: 40 + r.IntN(120), H: 20 + r.IntN(60)})
		}
		p.Layers = append(p.Layers, row)
	}
	for range r.IntN(14) {
		n := layout.Net{Root: pin(r.IntN(len(p.Items)), layout.Side(r.IntN(2)))}
		if r.IntN(2) == 0 {
			n.Root.Width, n.Root.Height = 20+r.IntN(60), 12
		}
		for range 1 + r.IntN(4) {
			leaf := pin(r.IntN(len(p.Items)), layout.Top)
			switch {
			case leaf.Item == n.Root.Item:
				continue
			case layerOf[leaf.Item] < layerOf[n.Root.Item]:
				leaf.Side = layout.Bottom
			case layerOf[leaf.Item] == layerOf[n.Root.Item]:
				leaf.Side = n.Root.Side
			}
			n.Leaves = append(n.Leaves, leaf)
		}
		p.Nets = append(p.Nets, n)
	}
	return p
}

// TestPromises holds random layouts to what the package promises: no two items
// and no line and item cross, lines run along the axes from leaf to root, and
// nothing leaves the page.
func TestPromises(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			p := random(seed)
			got := layout.Layout(p)
			require.Equal(t, got, layout.Layout(random(seed)), "not deterministic")
			require.Len(t, got.Items, len(p.Items))
			for i, a := range got.Items {
				require.GreaterOrEqual(t, a.W, p.Items[i].W)
				require.Equal(t, p.Items[i].H, a.H)
				require.True(t, a.X >= 0 && a.Y >= 0 && a.X+a.W <= got.W && a.Y+a.H <= got.H, "item %d is off the page", i)
				for j, b := range got.Items[:i] {
					require.False(t, a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H, "items %d and %d overlap", i, j)
				}
			}
			for n, net := range p.Nets {
				require.Len(t, got.Lines[n], len(net.Leaves))
				for i, line := range got.Lines[n] {
					checkLine(t, got, net.Leaves[i], net.Root, line)
				}
			}
			checkLabels(t, p, got)
		})
	}
}

func checkLine(t *testing.T, got layout.Result, leaf, root layout.Pin, line []layout.Point) {
	t.Helper()
	require.GreaterOrEqual(t, len(line), 2)
	require.True(t, touches(got.Items[leaf.Item], leaf.Side, line[0]), "does not begin at its leaf")
	require.True(t, touches(got.Items[root.Item], root.Side, line[len(line)-1]), "does not end at its root")
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		require.NotEqual(t, a.X == b.X, a.Y == b.Y, "%v to %v is not along an axis", a, b)
		for j, item := range got.Items {
			inside := min(a.X, b.X) < item.X+item.W && max(a.X, b.X) > item.X && min(a.Y, b.Y) < item.Y+item.H && max(a.Y, b.Y) > item.Y
			require.False(t, inside, "%v to %v crosses item %d", a, b, j)
		}
	}
}

func touches(item layout.Place, side layout.Side, p layout.Point) bool {
	y := item.Y
	if side == layout.Bottom {
		y += item.H
	}
	return p.Y == y && p.X > item.X && p.X < item.X+item.W
}

// checkLabels demands that no line crosses the room of a label.
func checkLabels(t *testing.T, p layout.Plan, got layout.Result) {
	t.Helper()
	for n, net := range p.Nets {
		if net.Root.Height == 0 || len(got.Lines[n]) == 0 {
			continue
		}
		line := got.Lines[n][0]
		end := line[len(line)-1]
		low, high := end.Y-net.Root.Height, end.Y
		if net.Root.Side == layout.Bottom {
			low, high = end.Y, end.Y+net.Root.Height
		}
		for m := range p.Nets {
			for _, other := range got.Lines[m] {
				for i := 1; i < len(other); i++ {
					a, b := other[i-1], other[i]
					crosses := max(a.X, b.X) > end.X && min(a.X, b.X) < end.X+net.Root.Width && max(a.Y, b.Y) > low && min(a.Y, b.Y) < high
					require.False(t, crosses, "the line of net %d from %v to %v crosses the label of net %d", m, a, b, n)
				}
			}
		}
	}
}

func TestLayouts(t *testing.T) {
	// a over b, c over d, given crosswise.
	crossed := layout.Plan{
		Items:  []layout.Item{{W: 60, H: 20}, {W: 60, H: 20}, {W: 60, H: 20}, {W: 60, H: 20}},
		Layers: [][]int{{0, 1}, {2, 3}}, Gap: 20,
		Nets: []layout.Net{
			{Root: pin(3, layout.Top), Leaves: []layout.Pin{pin(0, layout.Bottom)}},
			{Root: pin(2, layout.Top), Leaves: []layout.Pin{pin(1, layout.Bottom)}},
		},
	}
	t.Run("uncrosses and is straight", func(t *testing.T) {
		got := layout.Layout(crossed)
		for _, lines := range got.Lines {
			require.Len(t, lines[0], 2, "straight: %v", lines[0])
		}
	})
	t.Run("keeps a frozen order", func(t *testing.T) {
		p := crossed
		p.Frozen = map[int]bool{0: true, 1: true}
		got := layout.Layout(p)
		require.Less(t, got.Items[0].X, got.Items[1].X)
		require.Less(t, got.Items[2].X, got.Items[3].X)
	})
	t.Run("passes a layer beside its items", func(t *testing.T) {
		got := layout.Layout(layout.Plan{
			Items:  []layout.Item{{W: 60, H: 20}, {W: 300, H: 20}, {W: 60, H: 20}},
			Layers: [][]int{{0}, {1}, {2}}, Gap: 20,
			Nets: []layout.Net{{Root: pin(2, layout.Top), Leaves: []layout.Pin{pin(0, layout.Bottom)}}},
		})
		checkLine(t, got, pin(0, layout.Bottom), pin(2, layout.Top), got.Lines[0][0])
	})
	t.Run("leads from side to side of one layer", func(t *testing.T) {
		got := layout.Layout(layout.Plan{
			Items: []layout.Item{{W: 60, H: 20}, {W: 60, H: 40}}, Layers: [][]int{{0, 1}}, Gap: 20,
			Nets: []layout.Net{{Root: pin(1, layout.Bottom), Leaves: []layout.Pin{pin(0, layout.Bottom)}}},
		})
		require.Len(t, got.Lines[0][0], 4)
		require.Greater(t, got.H, 40)
	})
	t.Run("keeps what is leftmost there", func(t *testing.T) {
		p := crossed
		p.Items = append([]layout.Item{}, p.Items...)
		p.Items[1].Leftmost = true
		got := layout.Layout(p)
		require.Less(t, got.Items[1].X, got.Items[0].X)
	})
	t.Run("has nothing to do", func(t *testing.T) {
		require.Equal(t, layout.Result{Items: []layout.Place{}}, layout.Layout(layout.Plan{}))
	})
}
