package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Copy writes everything that s holds to an empty PostgreSQL, in one transaction: all of it arrives, or nothing. Nobody may
// use either meanwhile. told, which may be nil, hears of each table with its number of rows.
func (s *Store) Copy(ctx context.Context, to *Store, told func(table string, rows int64)) (err error) {
	if !to.Shared() {
		return errors.New("state is copied to PostgreSQL only; SQLite's file is copied with its backup")
	}
	conn, err := to.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	return conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("a connection of type %T", driver)
		}
		return pgx.BeginFunc(ctx, c.Conn(), func(tx pgx.Tx) error {
			for _, table := range kept {
				rows, err := s.copyTable(ctx, tx, table)
				if err != nil {
					return fmt.Errorf("copy %s: %w", table.name, err)
				}
				if told != nil {
					told(table.name, rows)
				}
			}
			return nil
		})
	})
}

func (s *Store) copyTable(ctx context.Context, tx pgx.Tx, table table) (rows int64, err error) {
	name := pgx.Identifier{table.name}.Sanitize()
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+name).Scan(&rows); err != nil {
		return 0, err
	}
	if rows > 0 {
		return 0, errors.New("the database to copy to holds something already; give it an empty one")
	}
	types, err := columnTypes(ctx, tx, table.name)
	if err != nil {
		return 0, err
	}
	found, err := s.on.query(ctx, "SELECT "+strings.Join(table.columns, ", ")+" FROM "+table.name, nil)
	if err != nil {
		return 0, told(err)
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	values, at := make([]any, len(table.columns)), make([]any, len(table.columns))
	for i := range values {
		at[i] = &values[i]
	}
	rows, err = tx.CopyFrom(ctx, pgx.Identifier{table.name}, table.columns, pgx.CopyFromFunc(func() ([]any, error) {
		if !found.Next() {
			return nil, found.Err()
		}
		if err := found.Scan(at...); err != nil {
			return nil, err
		}
		row := make([]any, len(values))
		for i, column := range table.columns {
			if row[i], err = converted(values[i], types[column]); err != nil {
				return nil, fmt.Errorf("%s: %w", column, err)
			}
		}
		return row, nil
	}))
	return rows, err
}

// columnTypes are a table's types, by column.
func columnTypes(ctx context.Context, tx pgx.Tx, table string) (map[string]string, error) {
	rows, err := tx.Query(ctx, "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1", table)
	if err != nil {
		return nil, err
	}
	types := map[string]string{}
	var column, kind string
	_, err = pgx.ForEachRow(rows, []any{&column, &kind}, func() error {
		types[column] = kind
		return nil
	})
	return types, err
}

// converted is a value of either engine as PostgreSQL's type wants it.
func converted(v any, kind string) (any, error) {
	if b, isBytes := v.([]byte); isBytes && kind != "bytea" {
		v = string(b)
	}
	n, isNumber := v.(int64)
	switch {
	case v == nil:
		return nil, nil //nolint:nilnil // NULL
	case kind == "boolean" && isNumber:
		return n != 0, nil
	case kind == "timestamp with time zone":
		var t time.Time
		err := when{&t}.Scan(v)
		return t, err
	default:
		return v, nil
	}
}
