package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"midgate/adapter/sqlstore"
	"midgate/config"
)

// copyState copies the state of a stopped midgate to an empty PostgreSQL. Pictures and secret stay where they are.
func copyState(ctx context.Context, p program, args []string) error {
	fs := p.flags("copy-state")
	file := fs.String("config", "", "YAML file with settings (MIDGATE_CONFIG)")
	to := fs.String("to", "", "the PostgreSQL database to copy to: postgres://user:password@host:5432/database, which must be empty")
	if err := parse(fs, args); err != nil {
		return err
	}
	if *to == "" {
		return errors.New("copy-state needs --to postgres://user:password@host:5432/database")
	}
	cfg, err := config.Load(config.Source{Environ: p.environ, File: *file, NoUpstream: true})
	if err != nil {
		return err
	}
	lock, err := lockDir(cfg.DataDir)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	from, err := sqlstore.Open(ctx, cfg.State)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	target, err := sqlstore.Open(ctx, sqlstore.Config{URL: *to})
	if err != nil {
		return err
	}
	defer func() { _ = target.Close() }()
	if err := from.Copy(ctx, target, func(table string, rows int64) { p.print("%-10s %d\n", table, rows) }); err != nil {
		return fmt.Errorf("nothing was copied: %w", err)
	}
	p.print("\ncopied; keep %s until midgate runs well with\n  MIDGATE_DATABASE_URL  that database\n", cfg.DataDir)
	if cfg.Alone() {
		p.print("  MIDGATE_PICTURES_URL  where what is in %s was copied to\n", filepath.Join(cfg.DataDir, "pictures"))
	}
	if len(cfg.Jobs.Secret) == 0 {
		p.print("  MIDGATE_SECRET_FILE   %s, or a copy of it\n", cfg.SecretPath())
	}
	return nil
}
