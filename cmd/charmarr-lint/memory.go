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

// deferCollection puts the first garbage collection off. Go collects from 4 MiB
// on, and a run that ends within 60 ms would collect four or five times to free
// next to nothing: 20 of 74 ms of CPU on one stack. After the first collection
// everything is as Go has it, so a large estate takes no more memory than it
// would. Who sets GOGC or GOMEMLIMIT has the say.
func deferCollection() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	percent := debug.SetGCPercent(-1)
	limit := debug.SetMemoryLimit(firstCollection)
	// The cleanup of an object that nothing refers to runs after the first
	// collection.
	runtime.AddCleanup(new([64]byte), func(struct{}) {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}, struct{}{})
}
