package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	p := program{environ: os.Environ(), in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: isTerminal(os.Stderr)}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// program is what a command sees of the world.
type program struct {
	environ  []string // as os.Environ gives it
	in       io.Reader
	out, err io.Writer
	terminal bool // err is one
}

// command is one word of the command line.
type command struct {
	name, usage string
	does        string
	run         func(context.Context, program, []string) error
}

// commands in the order in which help shows them.
func commands() []command {
	return []command{
		{"serve", "[--config FILE]", "the proxy; also what midgate without a command does", serve},
		{"demo", "[--pace 4s] [--pixels 1024]", "the proxy and a simulated Midjourney, nothing to configure, nothing to pay", demo},
		{"simulate", "[--listen 127.0.0.1:8090] [--dialect comet] [--auth WAY] …", "only the simulated Midjourney server, for tests", simulate},
		{"mcp", "[--url http://HOST:8080] [--save DIR] [--config FILE]", "midgate's tools on standard input and output, for agents that start their servers themselves; the key is MIDGATE_KEY", agents},
		{"check", "[--config FILE]", "looks at the settings and asks the upstream harmless questions", checkUp},
		{"copy-state", "--to postgres://… [--config FILE]", "moves what a stopped midgate knows from its file to PostgreSQL", copyState},
		{"key", "NAME", "prints a new key and its line for MIDGATE_KEYS_FILE", newKey},
		{"usage", "[NAME] [--config FILE]", "what keys may spend and have spent, also while nothing runs", usage},
		{"healthcheck", "[URL]", "asks a running midgate whether it is well, for containers", healthcheck},
		{"version", "", "version, commit and Go version", showVersion},
		{"help", "[COMMAND|TOPIC]", "this page, the flags of a command, or all of a topic", help},
	}
}

// spelled is the commands that may be written like a flag.
var spelled = map[string]string{
	"-h": "help", "-help": "help", "--help": "help", "-v": "version", "-version": "version", "--version": "version",
}

// errUsage is a command line that nobody understands; what was wrong has been said.
var errUsage = errors.New("usage")

// run carries out a command line and returns the exit status: 1 when something is wrong, 2 for a wrong command line.
func (p program) run(ctx context.Context, args []string) int {
	name := "serve"
	if len(args) > 0 && (!strings.HasPrefix(args[0], "-") || spelled[args[0]] != "") {
		name, args = cmp.Or(spelled[args[0]], args[0]), args[1:]
	}
	for _, c := range commands() {
		if c.name == name {
			return p.status(c.run(ctx, p, args))
		}
	}
	p.say("%q is no command; midgate help lists them", name)
	return 2
}

// status reports an error in plain words, each line on its own.
func (p program) status(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		p.say("%s", line)
	}
	return 1
}

func (p program) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.err, "midgate: "+format+"\n", args...)
}

func (p program) print(format string, args ...any) {
	_, _ = fmt.Fprintf(p.out, format, args...)
}

// flags makes the flag set of a command.
func (p program) flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet("midgate "+name, flag.ContinueOnError)
	fs.SetOutput(p.err)
	fs.Usage = func() {
		some := false
		fs.VisitAll(func(*flag.Flag) { some = true })
		if some {
			_, _ = fmt.Fprintln(fs.Output(), "Flags:")
			fs.PrintDefaults()
		}
	}
	return fs
}

// parse reads flags and refuses whatever is left over.
func parse(fs *flag.FlagSet, args []string) error {
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return errUsage
	case fs.NArg() > 0:
		_, _ = fmt.Fprintf(fs.Output(), "%s takes no %q\n", fs.Name(), fs.Arg(0))
		return errUsage
	}
	return nil
}

// isTerminal reports whether a file is a terminal.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
