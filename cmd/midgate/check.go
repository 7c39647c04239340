package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/midjourney"
	"midgate/adapter/sqlstore"
	"midgate/config"
	"midgate/proxy/web"
)

// errTrouble ends a check that found something wrong and has said what.
var errTrouble = errors.New("something is wrong; see above")

// checkUp validates the settings and asks every upstream questions that cost nothing.
func checkUp(ctx context.Context, p program, args []string) error {
	fs := p.flags("check")
	file := fs.String("config", "", "YAML file with settings (MIDGATE_CONFIG)")
	if err := parse(fs, args); err != nil {
		return err
	}
	cfg, err := config.Load(config.Source{Environ: p.environ, File: *file, Terminal: p.terminal})
	if err != nil {
		return err
	}
	p.print("settings: fine; clients must send %s\n", shown[cfg.Proxy.Auth])
	p.print("clients: %s\n", baseURLs(cfg))
	trouble := !p.examineDataDir(cfg.DataDir)
	trouble = !p.examineState(ctx, cfg.State) || trouble
	for _, lack := range cfg.Apart() {
		p.finding("attention", "%s", lack)
	}
	if lack := cfg.Unnamed(); lack != "" {
		p.finding("attention", "%s", lack)
	}
	cfg.Midjourney.WebhookURL = "" // nothing is submitted, so nothing is hooked
	fleet, err := midjourney.New(cfg.Midjourney)
	if err != nil {
		return err
	}
	defer fleet.Close()
	for _, u := range cfg.Midjourney.Upstreams {
		p.print("\nupstream %s, %s\n", u.Name, u.URL)
		account, err := fleet.Made(ctx, adapter.Caller{Key: stranger}, u.Name)
		if err != nil {
			return err
		}
		trouble = !p.examine(ctx, keyed{u, cfg.Midjourney}, account.Upstream) || trouble
	}
	if trouble {
		return errTrouble
	}
	return nil
}

// examineDataDir tries the data directory and leaves nothing in it; false if midgate cannot write there.
func (p program) examineDataDir(dir string) bool {
	there := dir
	for {
		if _, err := os.Stat(there); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(there) == there {
			break
		}
		there = filepath.Dir(there) // the first start makes what is missing
	}
	f, err := os.CreateTemp(there, ".midgate-check-*")
	if err == nil {
		_, err = f.WriteString("midgate")
		err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		p.print("data: NO: MIDGATE_DATA_DIR %s cannot be written: %v\n", dir, err)
		return false
	}
	p.print("data: %s can be written\n", dir)
	return true
}

// examineState looks at the database and prints what an operator should know; false if midgate cannot work with it.
func (p program) examineState(ctx context.Context, cfg sqlstore.Config) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	what, findings, err := sqlstore.Examine(ctx, cfg)
	if err != nil {
		p.print("state: NO: %s\n", err)
		return false
	}
	p.print("state: %s\n", what)
	for _, f := range findings {
		p.finding("attention", "%s", f)
	}
	for _, f := range unbalanced(ctx, cfg) {
		p.finding("attention", "%s", f)
	}
	return true
}

// unbalanced says where the ledger of what was spent is not the sum of the jobs: what it says twice, since a midgate may
// run meanwhile. A state that is not there yet is balanced.
func unbalanced(ctx context.Context, cfg sqlstore.Config) []string {
	state, err := sqlstore.Peek(ctx, cfg)
	if err != nil {
		return nil
	}
	defer func() { _ = state.Close() }() // it was only read
	found, err := ledger.Unbalanced(ctx, state)
	if err != nil || len(found) == 0 {
		return nil
	}
	again, err := ledger.Unbalanced(ctx, state)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(found, func(f string) bool { return !slices.Contains(again, f) })
}

// shown says what clients need, in words.
var shown = map[web.AuthMode]string{
	web.AuthKeys:        "one of your keys",
	web.AuthPassthrough: "their own upstream keys",
	web.AuthNone:        "no key: whoever reaches this address can spend the upstream's credit",
}

// baseURLs says what clients must be given for an address: most mistakes are made there.
func baseURLs(cfg config.Config) string {
	base, elsewhere := strings.TrimRight(cfg.Proxy.PublicURL, "/"), ""
	if base == "" {
		base = "http://" + reachable(cfg.Listen)
		if host, port, err := net.SplitHostPort(cfg.Listen); err == nil {
			if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
				elsewhere = " (on other machines, with this one's name)"
			}
			if port == "0" {
				elsewhere += " (with the port that the first line of the log names)"
			}
		}
	}
	return "the base URL is " + base + "/v1" + elsewhere + "; for those made for Azure the endpoint is " + base + ", without /openai"
}

// stranger stands for the client whose key is passed through: a key that no upstream knows.
const stranger = "midgate-check"

// finding prints one line of an examination.
func (p program) finding(what, format string, args ...any) {
	p.print("  %-18s %s\n", what, fmt.Sprintf(format, args...))
}
