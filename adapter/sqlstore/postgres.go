package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"midgate/adapter"
)

const (
	connections = 12              // to PostgreSQL
	unitTime    = 5 * time.Second // how long connecting may take, and a unit from its first statement on
)

var errOld = errors.New("is older than PostgreSQL 14")

// postgresSettings reads the address of a server; where is the same for people, without the password.
func postgresSettings(url string) (settings *pgx.ConnConfig, where string, err error) {
	settings, err = pgx.ParseConfig(url)
	if err != nil {
		return nil, "", errors.New("MIDGATE_DATABASE_URL is no PostgreSQL address; it looks like postgres://user:password@host:5432/database")
	}
	if settings.ConnectTimeout == 0 {
		settings.ConnectTimeout = unitTime
	}
	if settings.RuntimeParams["application_name"] == "" {
		settings.RuntimeParams["application_name"] = "midgate"
	}
	return settings, fmt.Sprintf("%s:%d/%s", settings.Host, settings.Port, settings.Database), nil
}

// openPostgres connects to the server.
func openPostgres(ctx context.Context, cfg Config) (*Store, error) {
	settings, where, err := postgresSettings(cfg.URL)
	if err != nil {
		return nil, err
	}
	pool := stdlib.OpenDB(*settings, stdlib.OptionAfterConnect(durable))
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := preparePostgres(ctx, pool); err != nil {
		_ = pool.Close()
		return nil, plainPostgres(err, where)
	}
	e := &postgresEngine{pool: pool, settings: settings, log: cfg.Log}
	e.startTelling()
	return &Store{tables: newTables(&postgres, plain{pool}), engine: e, pool: pool}, nil
}

// durable makes sure that a commit is on disk when it returns, whatever the server's default is.
func durable(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)")
	return err
}

func preparePostgres(ctx context.Context, pool *sql.DB) error {
	if err := fitPostgres(ctx, pool); err != nil {
		return err
	}
	return migrate(ctx, pool, &postgres)
}

// fitPostgres says why a server or its database cannot be midgate's.
func fitPostgres(ctx context.Context, pool *sql.DB) error {
	var version int
	if err := pool.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return err
	}
	if version < 140000 {
		return errOld
	}
	var foreign bool
	err := pool.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename IN ('jobs', 'images', 'files', 'steps'))
		AND NOT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1)`, versions).Scan(&foreign)
	if err != nil {
		return err
	}
	if foreign {
		return errForeign
	}
	return nil
}

// postgresEngine is a database that other processes may use, too.
type postgresEngine struct {
	pool     *sql.DB
	settings *pgx.ConnConfig
	log      *slog.Logger
	teller
}

// Shared implements adapter.State.
func (e *postgresEngine) Shared() bool { return true }

// tries is how often a unit is done that the server undid because of others.
const tries = 10

// Write implements adapter.State.
func (e *postgresEngine) Write(ctx context.Context, work func(adapter.Tx) error) error {
	for try := 1; ; try++ {
		err := e.unit(ctx, work)
		if !undone(err) || try == tries || ctx.Err() != nil {
			return err
		}
	}
}

// unit is one transaction. Only the wait for a connection ends with ctx: a transaction that is under way is bounded by
// itself.
func (e *postgresEngine) unit(ctx context.Context, work func(adapter.Tx) error) error {
	conn, err := e.connection(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unitTime)
	defer cancel()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := work(newTables(&postgres, plain{tx})); err != nil {
		return err
	}
	return committed(tx.Commit())
}

// connection takes one from the pool that works: those from before a restart of the server do not.
func (e *postgresEngine) connection(ctx context.Context) (*sql.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*unitTime)
	defer cancel()
	for try := 0; ; try++ {
		conn, err := e.pool.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("connect to the database: %w", err)
		}
		err = conn.Raw(func(c any) error {
			pg := c.(*stdlib.Conn).Conn().PgConn()
			if pg.IsClosed() {
				return errors.New("the connection is closed")
			}
			return pg.CheckConn() //nolint:staticcheck // Ping costs a round trip for each unit of work
		})
		if err == nil {
			return conn, nil
		}
		discard(conn)
		if try == connections {
			return nil, fmt.Errorf("connect to the database: %w", err)
		}
	}
}

// discard closes a connection for good.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return errBad })
	_ = conn.Close()
}

// committed is what became of a commit. What the server says is certain, unless it says that it is going away; a
// connection that broke is not, whatever pgx believes about it: it says "conn closed" also when the answer was lost.
func committed(err error) error {
	var said *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, pgx.ErrTxCommitRollback), errors.Is(err, sql.ErrTxDone):
		return err
	case errors.As(err, &said) && !strings.HasPrefix(said.Code, "57P") && !strings.HasPrefix(said.Code, "08"):
		return err
	}
	return fmt.Errorf("%w: %w", adapter.ErrCommitUnknown, err)
}

// undone reports whether the server undid a unit because of what others did at the same time.
func undone(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && (said.Code == "40001" || said.Code == "40P01")
}

func (e *postgresEngine) close() error {
	e.stopTelling()
	return e.pool.Close()
}

// plain runs statements as PostgreSQL writes them; pgx prepares each once on each connection.
type plain struct {
	on interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
}

func (p plain) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return p.on.ExecContext(ctx, postgres.bind(query), args...)
}

func (p plain) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return p.on.QueryContext(ctx, postgres.bind(query), args...)
}
