package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versions is the table that says how far a database has been brought.
const versions = "midgate_versions"

// errNewer and errForeign are why a database is left alone.
var (
	errNewer   = errors.New("was written by a newer midgate; use that one, or another database")
	errForeign = errors.New("has tables of something else; give midgate a database of its own")
)

// migrate brings the tables up to date. Each file of migrations is one step, for both engines.
func migrate(ctx context.Context, db *sql.DB, d *dialect) error {
	steps, err := steps(d)
	if err != nil {
		return err
	}
	store, err := database.NewStore(goose.Dialect(d.name), versions)
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithStore(store), goose.WithGoMigrations(steps...), goose.WithDisableGlobalRegistry(true)}
	if d.numbered { // replicas may start at once
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // in seconds, and how often
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider("", db, nil, options...)
	if err != nil {
		return err
	}
	at, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if at > steps[len(steps)-1].Version {
		return errNewer
	}
	_, err = provider.Up(ctx)
	return err
}

// steps are the migrations in the engine's own types.
func steps(d *dialect) (steps []*goose.Migration, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		number, _, _ := strings.Cut(strings.TrimPrefix(file, "migrations/"), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", file, err)
		}
		written, err := migrations.ReadFile(file)
		if err != nil {
			return nil, err
		}
		statements := d.types.Replace(string(written))
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, statements)
			return err
		}}, nil))
	}
	return steps, nil
}
