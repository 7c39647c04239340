package sqlstore_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/sqlstore"
	"midgate/adapter/sqlstore/pgtest"
)

// What was in the file is in PostgreSQL, to the last field, and nothing is written over what is there.
func TestCopy_MovesEverythingToPostgreSQL(t *testing.T) {
	from := open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "midgate.db")})
	to := open(t, sqlstore.Config{URL: pgtest.URL(t)})
	job, image := adaptertest.FullJob("job_1", "me"), adaptertest.FullImage("img_1")
	err := from.Write(t.Context(), func(tx adapter.Tx) error {
		if err := tx.InsertJob(t.Context(), job); err != nil {
			return err
		}
		if err := tx.PutDigest(t.Context(), "me", "digest", image.ID, job.Created); err != nil {
			return err
		}
		if _, err := tx.Book(t.Context(), []adapter.LedgerRow{{Account: "me", Span: "total", Spent: adapter.Amount{Jobs: 1, Money: 7}}}); err != nil {
			return err
		}
		return tx.PutImages(t.Context(), image)
	})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	if err := from.Copy(t.Context(), to, func(table string, rows int64) { counts[table] = rows }); err != nil {
		t.Fatal(err)
	}
	if len(counts) != 12 || counts["ledger"] != 1 || counts["jobs"] != 1 || counts["steps"] != int64(len(job.Steps)) || counts["images"] != 1 || counts["digests"] != 1 {
		t.Errorf("copied %v", counts)
	}
	same(t, "job", job.ID, from.Job, to.Job)
	same(t, "image", image.ID, from.Image, to.Image)
	if err := from.Copy(t.Context(), to, nil); err == nil || !strings.Contains(err.Error(), "holds something already") {
		t.Errorf("the second Copy() = %v", err)
	}
	if err := to.Copy(t.Context(), from, nil); err == nil || !strings.Contains(err.Error(), "PostgreSQL only") {
		t.Errorf("Copy() to a file = %v", err)
	}
}

func same[T any](t *testing.T, what, id string, a, b func(context.Context, string) (T, error)) {
	t.Helper()
	x, err := a(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	y, err := b(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	was, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	is, err := json.Marshal(y)
	if err != nil {
		t.Fatal(err)
	}
	if string(was) != string(is) {
		t.Errorf("the %s is %s, was %s", what, is, was)
	}
}
