package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// prepared runs statements on one connection of SQLite, each prepared once. A context does not interrupt them: that
// would undo the whole transaction, with the units of others.
type prepared struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// maxPrepared is how many statements are kept. There are fewer than a hundred, but lists make several of some.
const maxPrepared = 300

func newPrepared(conn *sql.Conn) *prepared {
	return &prepared{conn: conn, statements: map[string]*sql.Stmt{}}
}

func (p *prepared) prepare(query string) (*sql.Stmt, error) {
	if s, ok := p.statements[query]; ok {
		return s, nil
	}
	if len(p.statements) >= maxPrepared {
		for q, s := range p.statements {
			_ = s.Close()
			delete(p.statements, q)
		}
	}
	s, err := p.conn.PrepareContext(context.Background(), query)
	if err == nil {
		p.statements[query] = s
	}
	return s, err
}

func (p *prepared) exec(_ context.Context, query string, args []any) (sql.Result, error) {
	s, err := p.prepare(query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}

func (p *prepared) query(_ context.Context, query string, args []any) (*sql.Rows, error) {
	s, err := p.prepare(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

func (p *prepared) close() error {
	var errs []error
	for _, s := range p.statements {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, p.conn.Close())...)
}

// cached runs questions on a pool of connections, each question prepared once on each of them.
type cached struct {
	pool *sql.DB

	mu         sync.RWMutex
	statements map[string]*sql.Stmt
}

func newCached(pool *sql.DB) *cached { return &cached{pool: pool, statements: map[string]*sql.Stmt{}} }

func (c *cached) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	c.mu.RLock()
	s, full := c.statements[query], len(c.statements) >= maxPrepared
	c.mu.RUnlock()
	if s != nil || full {
		return s, nil
	}
	s, err := c.pool.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.statements[query]; known != nil {
		_ = s.Close()
		return known, nil
	}
	c.statements[query] = s
	return s, nil
}

func (c *cached) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return c.pool.ExecContext(ctx, query, args...)
}

func (c *cached) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	s, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.pool.QueryContext(ctx, query, args...)
	}
	return s.QueryContext(ctx, args...)
}
