package sqlstore_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/adapter/sqlstore"
	"midgate/adapter/sqlstore/pgtest"
)

func execute(t *testing.T, driver, source string, statements ...string) {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// refused opens a database that must not be opened, and returns what is said about it.
func refused(t *testing.T, cfg sqlstore.Config, want string) {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), cfg)
	if err == nil {
		_ = s.Close()
		t.Fatal("it was opened")
	}
	if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
		t.Fatalf("it is said: %v\nwant %q in it, and no password", err, want)
	}
}

func TestOpen_SaysWhyAFileIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		make func(t *testing.T, path string)
		want string
	}{
		"somebody else's database": {func(t *testing.T, path string) { execute(t, "sqlite", path, "CREATE TABLE theirs (a)") }, "has tables of something else"},
		"no database": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("hello ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "is not a database"},
		"a newer midgate's": {func(t *testing.T, path string) {
			s, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			_ = s.Close()
			execute(t, "sqlite", path, "INSERT INTO midgate_versions (version_id, is_applied) VALUES (9999, 1)")
		}, "newer midgate"},
		"a folder": {func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "cannot be opened"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "midgate.db")
			test.make(t, path)
			refused(t, sqlstore.Config{Path: path}, test.want)
		})
	}
}

func TestOpen_SaysWhyAServerIsRefused(t *testing.T) {
	url := pgtest.URL(t)
	refused(t, sqlstore.Config{URL: "postgres://u:hush@127.0.0.1:1/db?sslmode=disable"}, "cannot be reached")
	refused(t, sqlstore.Config{URL: "http://u:hush@host"}, "is no PostgreSQL address")
	refused(t, sqlstore.Config{URL: strings.Replace(url, "/test", "/none", 1)}, "no such database")
	refused(t, sqlstore.Config{URL: strings.Replace(url, "postgres@", "stranger:hush@", 1)}, "refuses the user or the password")

	s := open(t, sqlstore.Config{URL: url})
	_ = s
	execute(t, "pgx", url, "INSERT INTO midgate_versions (version_id, is_applied) VALUES (9999, true)")
	refused(t, sqlstore.Config{URL: url}, "newer midgate")

	theirs := pgtest.URL(t)
	execute(t, "pgx", theirs, "CREATE TABLE jobs (a int)")
	refused(t, sqlstore.Config{URL: theirs}, "has tables of something else")
}

func TestSQLite_IsThereAgainAfterItWasClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd ?%#name", "midgate.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "img_1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), func(adapter.Tx) error { return nil }); err == nil {
		t.Fatal("a closed database was written")
	}
	again := open(t, sqlstore.Config{Path: path})
	if _, err := again.Image(t.Context(), "img_1"); err != nil {
		t.Fatal(err)
	}
	if _, findings, err := sqlstore.Examine(t.Context(), sqlstore.Config{Path: path}); err != nil || len(findings) > 0 {
		t.Fatalf("Examine() = %q, %v", findings, err)
	}
}

func put(t *testing.T, s adapter.State, id string) {
	t.Helper()
	if err := tryPut(t.Context(), s, id); err != nil {
		t.Fatal(err)
	}
}

func tryPut(ctx context.Context, s adapter.State, id string) error {
	return s.Write(ctx, func(tx adapter.Tx) error { return tx.PutImages(ctx, adapter.Image{ID: id, Created: birth}) })
}
