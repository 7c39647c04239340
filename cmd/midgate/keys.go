package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"midgate/adapter/spend"
	"midgate/config"
	"midgate/proxy/metrics"
	"midgate/proxy/web"
)

// keysEvery is how often the file of keys is looked at. Its content is compared: volumes of Kubernetes swap links, which
// no notice of the file system tells.
const keysEvery = 5 * time.Second

// keyFile is the file of keys as it counts now.
type keyFile struct {
	cfg   config.Config
	terms atomic.Pointer[spend.Terms]
	read  string // digest of what was read last, good or bad
	log   *slog.Logger
	shown *metrics.Metrics
}

func newKeyFile(cfg config.Config, shown *metrics.Metrics, log *slog.Logger) *keyFile {
	f := &keyFile{cfg: cfg, log: log, shown: shown}
	f.terms.Store(cfg.Spend)
	f.read = f.digest()
	shown.KeysRead(true)
	f.warn(cfg.Spend)
	return f
}

// digest tells one content of the file from another; what cannot be read is a content too.
func (f *keyFile) digest() string {
	raw, err := os.ReadFile(f.cfg.KeysFile)
	if err != nil {
		return err.Error()
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// follow reads the file again when it changes, and on SIGHUP, until ctx ends. use takes the keys that count from then on.
func (f *keyFile) follow(ctx context.Context, every time.Duration, use func([]web.Key)) {
	if f.cfg.KeysFile == "" {
		return
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	look := time.NewTicker(every)
	defer look.Stop()
	for {
		select {
		case <-look.C:
		case <-hup:
		case <-ctx.Done():
			return
		}
		f.again(use)
	}
}

// again reads the file if it is another than before. One with mistakes changes nothing: the keys from before stay.
func (f *keyFile) again(use func([]web.Key)) {
	now := f.digest()
	if now == f.read {
		return
	}
	f.read = now
	keys, err := f.cfg.ReadKeys()
	f.shown.KeysRead(err == nil)
	if mistakes, ok := errors.AsType[config.Mistakes](err); ok {
		for _, m := range mistakes {
			f.log.Error("the changed file of keys has a mistake; the keys from before stay", "mistake", m)
		}
		return
	}
	terms := f.cfg.Terms(keys)
	terms.Succeed(f.terms.Load())
	f.terms.Store(terms) // first: whom the new keys let in is limited by them
	use(f.cfg.WebKeys(keys))
	f.warn(terms)
	f.log.Info("the file of keys was read again", "keys", len(keys.Keys))
}

// warn tells of keys whose time is over.
func (f *keyFile) warn(terms *spend.Terms) {
	for name, policy := range terms.Policies {
		if policy.Expired(time.Now()) {
			f.log.Warn("a key has expired", "key", name)
		}
	}
}

// newKey prints a new key for a name, and the line with which the file of keys knows it.
func newKey(_ context.Context, p program, args []string) error {
	fs := p.flags("key")
	name := ""
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	}
	if err := parse(fs, args); err != nil {
		return err
	}
	if !config.ValidKeyName(name) {
		return errors.New("midgate key NAME needs a name: up to 64 letters, digits and . _ @ -")
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // it never fails since Go 1.24
	key := "mg-" + base64.RawURLEncoding.EncodeToString(random[:])
	hash := sha256.Sum256([]byte(key))
	p.print("%s\n\n", key)
	p.print("That is the key: give it to %s; it is shown only now. This belongs into MIDGATE_KEYS_FILE, below keys:\n\n", name)
	p.print("  - {name: %q, hash: \"sha256:%s\"}\n", name, hex.EncodeToString(hash[:]))
	return nil
}
