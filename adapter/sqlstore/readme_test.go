package sqlstore_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/sqlstore"
	"midgate/adapter/sqlstore/pgtest"
)

// The questions to the tables in `midgate help operations` are answered by both engines, and by what is in them.
func TestReadme_QueriesAnswer(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "cmd", "midgate", "help", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	queries := regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(queries) != 3 {
		t.Fatalf("the page has %d queries, want 3", len(queries))
	}
	path, url := filepath.Join(t.TempDir(), "midgate.db"), pgtest.URL(t)
	for driver, at := range map[string]struct {
		cfg sqlstore.Config
		dsn string
	}{"sqlite": {sqlstore.Config{Path: path}, "file:" + path}, "pgx": {sqlstore.Config{URL: url}, url}} {
		s := open(t, at.cfg)
		fill := func(tx adapter.Tx) error {
			paid, failed := adaptertest.FullJob("job_1", "me"), adaptertest.FullJob("job_2", "me")
			paid.Caller, paid.Created, paid.Claim = "alice", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), ""
			for i := range paid.Steps {
				paid.Steps[i].Free, paid.Steps[i].Status = false, adapter.Success
			}
			failed.Status, failed.Error, failed.Claim = adapter.JobFailed, adapter.Errorf(adapter.Failed, "It failed."), ""
			img := adaptertest.FullImage("img_1")
			img.Prompt, img.Cells, img.Grid = "A Red Fox", nil, ""
			if err := tx.InsertJob(t.Context(), paid); err != nil {
				return err
			}
			if err := tx.InsertJob(t.Context(), failed); err != nil {
				return err
			}
			return tx.PutImages(t.Context(), img)
		}
		if err := s.Write(t.Context(), fill); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open(driver, at.dsn)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"2", "It failed.", "A Red Fox"} {
			if got := rowOf(t, db, queries[i][1]); !strings.Contains(got, want) {
				t.Errorf("%s answers query %d with %q, want %q in it", driver, i+1, got, want)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// rowOf is the only row of an answer, as a line.
func rowOf(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Errorf("%s: %v", query, err)
		return ""
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var line string
	for n := 0; rows.Next(); n++ {
		if n > 0 {
			t.Errorf("%s has a second row", query)
		}
		texts, at := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range texts {
			at[i] = &texts[i]
		}
		if err := rows.Scan(at...); err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			line += text.String + " | "
		}
	}
	return line
}
