package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// firstCollection is how much memory a run uses before garbage is collected for
// the first time. Reading sixteen rules and checking one stack takes some 15 MiB
// in all, with eighty rules 25 MiB, most of it live until the end. One's own rules
// are compiled, which takes 5 to 15 MiB more.
const firstCollection = 64 << 20

// ceiling is how large the heap may become before garbage is collected again, where
// what is live leaves room below it. A collection takes time, in which the heap grows
// on: a thousand stacks (200 MiB live) have been seen at 550 to 620 MiB in all, of
// which 30 are the program.
const ceiling = 384 << 20

// Bounds for how much a heap grows before it is collected again, in percent of what
// is live. Where that is little, most of it is garbage soon and mostPercent keeps
// the process small. Just below the ceiling leastPercent keeps collections apart;
// above it laterPercent does, and the heap is what it is.
const (
	leastPercent = 25
	laterPercent = 80
	mostPercent  = 300
)

// deferCollection collects garbage as seldom as the memory of a run allows. Go
// collects from 4 MiB on, and a run on one stack would collect two or three times
// to free next to nothing, for a quarter of its CPU: the first collection is put
// off. After each, what is live tells when the next is due. Who sets GOGC or
// GOMEMLIMIT has the say.
func deferCollection() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(-1)
	limit := debug.SetMemoryLimit(firstCollection)
	afterCollection(func() { debug.SetMemoryLimit(limit) })
}

// afterCollection does something after the next collection, and sets after that one
// and all others when the next is due.
func afterCollection(first func()) {
	// The cleanup of an object that nothing refers to runs after a collection.
	runtime.AddCleanup(new([64]byte), func(do func()) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(percentFor(live[0].Value.Uint64()))
		do()
		afterCollection(func() {})
	}, first)
}

// percentFor is how much a heap of which some bytes are live may grow.
func percentFor(live uint64) int {
	if live >= ceiling {
		return laterPercent
	}
	return int(min(max((ceiling-live)*100/max(live, 1), leastPercent), mostPercent))
}
