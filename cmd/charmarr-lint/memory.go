package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// firstCollection is how much memory a run uses before garbage is collected for
// the first time. Reading sixteen rules and checking one stack takes some 15 MiB
// in all, with eighty rules 25 MiB, most of it live until the end. One's own rules
// are compiled, which takes 5 to 15 MiB more.
const firstCollection = 64 << 20

// laterPercent keeps a thousand stacks (175 MiB live) below 400 MiB; Go's own 100
// would take 405 MiB and some 5 % less CPU.
const laterPercent = 80

// deferCollection puts the first garbage collection off. Go collects from 4 MiB
// on, and a run on one stack would collect two or three times to free next to
// nothing, for a quarter of its CPU. From the first collection on, garbage is
// collected a little earlier than Go would (laterPercent). Who sets GOGC or
// GOMEMLIMIT has the say.
func deferCollection() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(-1)
	limit := debug.SetMemoryLimit(firstCollection)
	// The cleanup of an object that nothing refers to runs after the first
	// collection.
	runtime.AddCleanup(new([64]byte), func(struct{}) {
		debug.SetGCPercent(laterPercent)
		debug.SetMemoryLimit(limit)
	}, struct{}{})
}
