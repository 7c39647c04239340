package sqlstore

import (
	"context"
	"database/sql"
	"log/slog"
	"sync/atomic"
	"time"

	"midgate/adapter"
)

// Config says where the state is.
type Config struct {
	URL  string // postgres://…; empty: SQLite
	Path string // of SQLite's file

	Sweep time.Duration // how often what has expired is removed, by whoever uses the store; 0 means a minute
	Log   *slog.Logger
}

// Store is an open database. It is safe for concurrent use. Close ends it.
type Store struct {
	tables // for questions outside of units
	engine
	pool *sql.DB
	full atomic.Bool // the last unit could not be written, whatever it was
}

// engine is what the two databases do in ways of their own.
type engine interface {
	adapter.Bus
	Write(ctx context.Context, work func(adapter.Tx) error) error
	Shared() bool
	close() error
}

var (
	_ adapter.State = (*Store)(nil)
	_ adapter.Bus   = (*Store)(nil)
)

// Open opens the database, makes it if there is none, and brings its tables up to date. An error is one plain sentence
// for whoever operates midgate.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.URL != "" {
		return openPostgres(ctx, cfg)
	}
	return openSQLite(ctx, cfg)
}

// Write implements adapter.State.
func (s *Store) Write(ctx context.Context, work func(adapter.Tx) error) error {
	err := s.engine.Write(ctx, work)
	if full := unwritable(err); full || err == nil {
		s.full.Store(full)
	}
	return err
}

// Ready implements adapter.State: it tells of a database that cannot be asked, and of one that cannot be written, such as
// on a full disk. As long as units are written it writes nothing itself.
func (s *Store) Ready(ctx context.Context) error {
	var one int
	if err := s.one(ctx, "SELECT 1", nil, &one); err != nil || !s.full.Load() {
		return err
	}
	return s.Write(ctx, func(tx adapter.Tx) error {
		t, ok := tx.(tables)
		if !ok {
			return nil
		}
		const trial = "trial" // no bytes have this name
		if _, err := t.exec(ctx, "INSERT INTO orphans (name) VALUES (?)", trial); err != nil {
			return err
		}
		return tx.Buried(ctx, trial)
	})
}

// Close ends the database after the units that are waiting.
func (s *Store) Close() error { return s.close() }
