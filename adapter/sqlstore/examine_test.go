package sqlstore_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"midgate/adapter/sqlstore"
	"midgate/adapter/sqlstore/pgtest"
)

// What an operator is told of a file, and that looking at it makes none.
func TestExamine_AFile(t *testing.T) {
	dir := t.TempDir()
	fresh, good, torn, foreign := filepath.Join(dir, "fresh"), filepath.Join(dir, "good"), filepath.Join(dir, "torn"), filepath.Join(dir, "foreign")
	for _, path := range []string{good, torn} {
		s, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, "img_1")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(torn)
	if err != nil {
		t.Fatal(err)
	}
	for i := 3 * 4096; i < len(raw)-4096; i += 4096 { // every table's first page stays readable, what hangs on it does not
		copy(raw[i:i+64], strings.Repeat("x", 64))
	}
	write := func(path string, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(torn, raw)
	write(foreign, []byte(strings.Repeat("no database ", 1000)))
	for path, want := range map[string]struct{ what, err string }{
		fresh:   {what: "the first start makes it"},
		good:    {what: "SQLite in " + good},
		torn:    {err: "is damaged; restore it from a backup"},
		foreign: {err: "is not a database"},
	} {
		what, findings, err := sqlstore.Examine(t.Context(), sqlstore.Config{Path: path})
		if (err != nil) != (want.err != "") || err != nil && !strings.Contains(err.Error(), want.err) || !strings.Contains(what, want.what) || len(findings) > 0 {
			t.Errorf("Examine(%s) = %q, %q, %v; want %+v", filepath.Base(path), what, findings, err, want)
		}
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("looking at a database made it")
	}
}

func TestExamine_AServer(t *testing.T) {
	url := pgtest.URL(t)
	what, findings, err := sqlstore.Examine(t.Context(), sqlstore.Config{URL: url})
	if err != nil || !strings.Contains(what, "PostgreSQL at ") || !strings.Contains(what, "version ") || len(findings) != 1 || !strings.Contains(findings[0], "fsync is off") { // as in every cluster for tests
		t.Errorf("Examine() = %q, %q, %v", what, findings, err)
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE jobs (mine text); ALTER ROLE CURRENT_USER SET synchronous_commit = off"); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = db.Exec("ALTER ROLE CURRENT_USER RESET synchronous_commit") }()
	if _, _, err = sqlstore.Examine(t.Context(), sqlstore.Config{URL: url}); err == nil || !strings.Contains(err.Error(), "tables of something else") {
		t.Errorf("Examine() of another's database = %v", err)
	}
	if _, findings, err = sqlstore.Examine(t.Context(), sqlstore.Config{URL: pgtest.URL(t)}); err != nil || len(findings) != 2 || !strings.Contains(findings[0], "synchronous_commit is off") {
		t.Errorf("Examine() = %q, %v; want to be told of synchronous_commit", findings, err)
	}
	if _, _, err = sqlstore.Examine(t.Context(), sqlstore.Config{URL: strings.Replace(url, "/test", "/nobody", 1) + "x"}); err == nil {
		t.Error("Examine() of no database has no error")
	}
}
