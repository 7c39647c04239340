package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"midgate/adapter"
)

// View is a database that is only read, also while a midgate runs on it.
type View struct {
	of   tables
	pool *sql.DB
}

// Peek opens a database for reading. Nothing is made or changed.
func Peek(ctx context.Context, cfg Config) (*View, error) {
	pool, d, err := peek(cfg)
	if err != nil {
		return nil, err
	}
	v := &View{of: newTables(d, newCached(pool)), pool: pool}
	if d.numbered {
		v.of = newTables(d, plain{pool})
	}
	if _, err := v.of.Ledger(ctx, ""); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("the database cannot be read, or was never used by this version of midgate: %w", err)
	}
	return v, nil
}

func peek(cfg Config) (*sql.DB, *dialect, error) {
	if cfg.URL != "" {
		settings, _, err := postgresSettings(cfg.URL)
		if err != nil {
			return nil, nil, err
		}
		return stdlib.OpenDB(*settings), &postgres, nil
	}
	if _, err := os.Stat(cfg.Path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("the database %s is not there yet: the first start makes it", cfg.Path)
	}
	pool, err := sql.Open("sqlite", dsn(cfg.Path, "query_only(true)"))
	return pool, &sqlite, err
}

// Ledger implements adapter.LedgerReader.
func (v *View) Ledger(ctx context.Context, account string) ([]adapter.LedgerRow, error) {
	return v.of.Ledger(ctx, account)
}

// Sales implements adapter.LedgerReader.
func (v *View) Sales(ctx context.Context, owner string, since, until time.Time) ([]adapter.Sale, error) {
	return v.of.Sales(ctx, owner, since, until)
}

// Each calls see with every job, oldest first.
func (v *View) Each(ctx context.Context, see func(adapter.Job) error) error {
	return v.of.Each(ctx, see)
}

// Close ends the reading.
func (v *View) Close() error { return v.pool.Close() }
