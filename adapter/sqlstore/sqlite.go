package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"midgate/adapter"
)

// readers is how many questions SQLite answers at the same time.
const readers = 4

// mark is SQLite's application_id of midgate's files: "mdgt".
const mark = 0x6d646774

// openSQLite opens the file, or makes it.
func openSQLite(ctx context.Context, cfg Config) (_ *Store, err error) {
	pool, err := sql.Open("sqlite", dsn(cfg.Path, "query_only(true)"))
	if err != nil {
		return nil, err
	}
	writing, err := sql.Open("sqlite", dsn(cfg.Path))
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	writing.SetMaxOpenConns(1)
	fail := func(err error) (*Store, error) {
		_ = pool.Close()
		_ = writing.Close()
		return nil, told(fmt.Errorf("the database %s %w", cfg.Path, plainSQLite(err)))
	}
	if err := prepareSQLite(ctx, writing, cfg.Path); err != nil {
		return fail(err)
	}
	conn, err := writing.Conn(ctx)
	if err != nil {
		return fail(err)
	}
	w := newWriter(writing, conn)
	s := &Store{tables: newTables(&sqlite, newCached(pool)), pool: pool}
	s.engine = &sqliteEngine{writer: w, readers: pool, tables: &s.tables}
	if err := s.Ready(ctx); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("the database %s %w", cfg.Path, plainSQLite(err))
	}
	return s, nil
}

// dsn names the file with what holds for each of its connections. A commit is on disk when it returns: FULL.
func dsn(path string, more ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(5000)", "synchronous(FULL)", "foreign_keys(false)", "temp_store(MEMORY)"}, more...)}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// prepareSQLite makes sure that the file is midgate's, can be locked and written, and has today's tables.
func prepareSQLite(ctx context.Context, db *sql.DB, path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // SQLite would open a file that cannot be written for reading
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	var id, made int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&made); err != nil {
		return err
	}
	if id != mark && (id != 0 || made > 0) {
		return errForeign
	}
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return errNoLocks
	}
	if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", mark)); err != nil {
		return err
	}
	return migrate(ctx, db, &sqlite)
}

// sqliteEngine is the database in a file of this process.
type sqliteEngine struct {
	*writer
	readers *sql.DB
	tables  *tables
}

// Shared implements adapter.State.
func (e *sqliteEngine) Shared() bool { return false }

// Tell implements adapter.Bus: there is no other process.
func (e *sqliteEngine) Tell(string, []byte) {}

// Hear implements adapter.Bus.
func (e *sqliteEngine) Hear(ctx context.Context, _ func(string, []byte)) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func (e *sqliteEngine) close() error {
	return errors.Join(e.stop(), e.readers.Close())
}

var _ adapter.Bus = (*sqliteEngine)(nil)
