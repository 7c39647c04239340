package main

import (
	"context"
	"runtime"
)

// Set by -ldflags in Makefile and Dockerfile.
var (
	version = "dev"
	commit  = "unknown"
)

// showVersion prints what is running.
func showVersion(_ context.Context, p program, args []string) error {
	if err := parse(p.flags("version"), args); err != nil {
		return err
	}
	p.print("midgate %s (commit %s, %s)\n", version, commit, runtime.Version())
	return nil
}
