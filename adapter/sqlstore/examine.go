package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/jackc/pgx/v5/stdlib"
)

// Examine looks at a database without making or changing anything, also while a midgate runs on it: what it is, and what
// an operator should know of it (damage, commits that a crash can lose), each finding a sentence. An error is why midgate
// could not work with it.
func Examine(ctx context.Context, cfg Config) (what string, findings []string, err error) {
	if cfg.URL != "" {
		return examinePostgres(ctx, cfg.URL)
	}
	return examineSQLite(ctx, cfg.Path)
}

func examineSQLite(ctx context.Context, path string) (what string, findings []string, err error) {
	what = "SQLite in " + path
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return what + ", not there yet: the first start makes it", nil, nil
	}
	pool, err := sql.Open("sqlite", dsn(path, "query_only(true)"))
	if err != nil {
		return what, nil, err
	}
	defer func() { _ = pool.Close() }()
	var id int
	if err := pool.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return what, nil, fmt.Errorf("the database %s %w", path, plainSQLite(err))
	}
	if id != mark {
		return what, nil, fmt.Errorf("the database %s %w", path, errForeign)
	}
	t := statements{&sqlite, newCached(pool)}
	findings, err = t.names(ctx, "PRAGMA quick_check(10)")
	if len(findings) == 1 && findings[0] == "ok" {
		findings = nil
	}
	for i, f := range findings {
		findings[i] = "it is damaged, so restore it from a backup: " + f
	}
	return what, findings, err
}

func examinePostgres(ctx context.Context, url string) (what string, findings []string, err error) {
	settings, where, err := postgresSettings(url)
	if err != nil {
		return "PostgreSQL", nil, err
	}
	what = "PostgreSQL at " + where
	pool := stdlib.OpenDB(*settings) // with the server's own settings, which midgate's connections change for themselves
	defer func() { _ = pool.Close() }()
	if err := fitPostgres(ctx, pool); err != nil {
		return what, nil, plainPostgres(err, where)
	}
	var version, commits, syncs string
	err = pool.QueryRowContext(ctx, "SELECT current_setting('server_version'), current_setting('synchronous_commit'), current_setting('fsync')").Scan(&version, &commits, &syncs)
	if err != nil {
		return what, nil, plainPostgres(err, where)
	}
	if commits == "off" {
		findings = append(findings, "synchronous_commit is off for this user; midgate turns it on for its own connections")
	}
	if syncs == "off" {
		findings = append(findings, "fsync is off: a crash of the server's machine can lose what was paid for")
	}
	return what + ", version " + version, findings, nil
}
