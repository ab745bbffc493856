package lint

import (
	"cmp"
	"slices"

	"github.com/charmarr/charmarr-lint/internal/finding"
)

// mostTelling bounds how many inputs a condition may have: more are no help to
// whoever reads it, and each costs a factor of their number.
const mostTelling = 4

// telling are the fewest inputs that all affected variants have in common and no
// other variant has: the finding holds when they are so. Of several sets as small
// the first by name is taken. There is none where all variants are affected, or
// where the inputs do not tell.
func telling(variants []Variant, affected []int) []finding.Input {
	if len(affected) == len(variants) || len(affected) == 0 {
		return nil
	}
	shared := slices.Clone(variants[affected[0]].Inputs)
	slices.SortFunc(shared, func(a, b finding.Input) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
	})
	shared = slices.DeleteFunc(shared, func(in finding.Input) bool {
		for i, v := range variants {
			if slices.Contains(affected, i) && !slices.Contains(v.Inputs, in) {
				return true
			}
			// An input that a variant does not show tells nothing of it.
			if !slices.ContainsFunc(v.Inputs, func(o finding.Input) bool { return o.Name == in.Name }) {
				return true
			}
		}
		return false
	})
	var others []Variant
	for i, v := range variants {
		if !slices.Contains(affected, i) {
			others = append(others, v)
		}
	}
	// What all have alike tells nothing.
	shared = slices.DeleteFunc(shared, func(in finding.Input) bool {
		return !slices.ContainsFunc(others, func(v Variant) bool { return !slices.Contains(v.Inputs, in) })
	})
	for size := 1; size <= min(mostTelling, len(shared)); size++ {
		if found := choose(shared, size, others, nil); found != nil {
			return found
		}
	}
	return nil
}

// choose takes inputs until none of the others has all of them.
func choose(from []finding.Input, left int, others []Variant, taken []finding.Input) []finding.Input {
	if left == 0 {
		if len(others) == 0 {
			return slices.Clone(taken)
		}
		return nil
	}
	for i, in := range from {
		rest := slices.DeleteFunc(slices.Clone(others), func(v Variant) bool { return !slices.Contains(v.Inputs, in) })
		if len(rest) == len(others) {
			continue // it tells nothing more
		}
		if found := choose(from[i+1:], left-1, rest, append(taken, in)); found != nil {
			return found
		}
	}
	return nil
}
