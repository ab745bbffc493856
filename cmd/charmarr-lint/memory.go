package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// firstCollection is how much memory a run uses before garbage is collected for
// the first time. Compiling the rules and checking one stack takes 36 MiB in
// all, most of it live until the end.
const firstCollection = 64 << 20

// laterPercent keeps a thousand stacks (175 MiB live) below 400 MiB; Go's own 100
// would take 405 MiB and some 5 % less CPU.
const laterPercent = 80

// deferCollection puts the first garbage collection off. Go collects from 4 MiB
// on, and a run that ends within 60 ms would collect four or five times to free
// next to nothing: 20 of 74 ms of CPU on one stack. From the first collection
// on, garbage is collected a little earlier than Go would (laterPercent). Who
// sets GOGC or GOMEMLIMIT has the say.
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
