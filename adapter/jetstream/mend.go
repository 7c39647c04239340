package jetstream

import (
	"os"
	"path/filepath"
	"time"
)

// mendEvery is how often a broken embedded server is looked after.
const mendEvery = time.Second

// mend restarts the embedded server after its disk was full or refused writes, as soon as the disk takes them again:
// until then JetStream refuses every write to a stream that once failed. It does not answer such a write at all, so
// writes are refused here meanwhile.
func (e *Engine) mend() {
	tick := time.NewTicker(mendEvery)
	defer tick.Stop()
	for told := false; ; {
		select {
		case <-tick.C:
		case <-e.life.Done():
			return
		}
		if s := e.server.current.Load(); s != nil && s.JetStreamEnabled() && !e.suspect.Load() {
			continue
		}
		if err := diskWorks(e.cfg.Dir); err != nil {
			if !told {
				e.cfg.Log.Error("the state cannot be written", "error", err)
			}
			told = true
			e.broken.Store(true)
			continue
		}
		if !e.broken.Load() && e.writable() == nil {
			e.suspect.Store(false)
			continue
		}
		if told = !e.restart(told); !told {
			e.suspect.Store(false)
			e.broken.Store(false)
		}
	}
}

// writable asks the embedded server to store something in every bucket.
func (e *Engine) writable() error {
	for _, b := range []*bucket{e.images, e.digests, e.runs, e.claims} {
		if _, err := b.put(e.life, probeKey, nil); err != nil {
			return err
		}
	}
	return nil
}

// probeKey holds nothing; writing it shows that a bucket can be written.
const (
	probeKey = "probe"
	readyKey = "ready" // the same for Ready
)

// diskWorks makes the folder if it is not there, and writes and syncs a small file in it.
func diskWorks(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "probe"))
	if err != nil {
		return err
	}
	defer func() {
		_ = f.Close() // Sync has said what there is to say
		_ = os.Remove(f.Name())
	}()
	if _, err := f.Write(make([]byte, 256<<10)); err != nil {
		return err
	}
	return f.Sync()
}

// restart opens the state again, and reports whether that worked.
func (e *Engine) restart(quiet bool) bool {
	e.server.stop()
	err := e.server.start()
	switch {
	case err == nil:
		e.cfg.Log.Info("the state was opened again after a failed write")
	case !quiet:
		e.cfg.Log.Error("the state cannot be opened", "error", err)
	}
	return err == nil
}
