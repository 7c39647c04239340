package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"midgate/adapter"
)

// tables are all of them, asked and changed through one connection, or through a pool for questions only.
type tables struct {
	*statements
	byteTable
	jobTable
	stepTable
	leaseTable
	imageTable
	printTable
	pressTable
	fileTable
	ledgerTable
}

func newTables(d *dialect, on runner) tables {
	s := &statements{d, on}
	bytes, steps := byteTable{s}, stepTable{s}
	return tables{
		s, bytes, jobTable{s, steps, bytes}, steps, leaseTable{s}, imageTable{s, bytes}, printTable{s}, pressTable{s},
		fileTable{s, bytes}, ledgerTable{s},
	}
}

var _ adapter.Tx = tables{}

// statements run through one connection or pool, in the engine's dialect.
type statements struct {
	*dialect
	on runner
}

// runner runs statements, written with question marks.
type runner interface {
	exec(ctx context.Context, query string, args []any) (sql.Result, error)
	query(ctx context.Context, query string, args []any) (*sql.Rows, error)
}

// exec runs a statement and returns how many rows it changed.
func (t *statements) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.on.exec(ctx, query, args)
	if err != nil {
		return 0, told(err)
	}
	return result.RowsAffected()
}

// each calls scan with every row that a question is answered with.
func (t *statements) each(ctx context.Context, query string, args []any, scan func(scan func(...any) error) error) (err error) {
	rows, err := t.on.query(ctx, query, args)
	if err != nil {
		return told(err)
	}
	defer func() { err = errors.Join(err, told(rows.Close())) }()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}
	return told(rows.Err())
}

// one reads the only row of an answer; ErrNotFound if there is none.
func (t *statements) one(ctx context.Context, query string, args []any, to ...any) error {
	found := false
	err := t.each(ctx, query, args, func(scan func(...any) error) error {
		found = true
		return scan(to...)
	})
	if err == nil && !found {
		return adapter.ErrNotFound
	}
	return err
}

// names reads a column of texts.
func (t *statements) names(ctx context.Context, query string, args ...any) (names []string, err error) {
	err = t.each(ctx, query, args, func(scan func(...any) error) error {
		var name string
		if err := scan(&name); err != nil {
			return err
		}
		names = append(names, name)
		return nil
	})
	return names, err
}

// among writes a list of parameters for IN. Few lengths are used, so that few statements have to be prepared.
func among(values []string) (list string, args []any) {
	length := 1
	for length < len(values) {
		length *= 4
	}
	for i := range length {
		args = append(args, values[min(i, len(values)-1)])
	}
	return "(" + strings.Repeat("?, ", length-1) + "?)", args
}

// Lock implements adapter.Tx.
func (t *statements) Lock(ctx context.Context, name string) error {
	if t.lock == "" {
		return nil
	}
	_, err := t.exec(ctx, t.lock, name)
	return err
}
