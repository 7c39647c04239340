package sqlstore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/sqlstore"
	"midgate/adapter/sqlstore/pgtest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	pgtest.Stop()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func open(t testing.TB, cfg sqlstore.Config) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSQLite_Conforms(t *testing.T) {
	adaptertest.TestState(t, func(t *testing.T) (here, there adapter.State) {
		s := open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "midgate.db")})
		return s, s
	})
}

func TestPostgres_Conforms(t *testing.T) {
	adaptertest.TestState(t, func(t *testing.T) (here, there adapter.State) {
		url := pgtest.URL(t)
		return open(t, sqlstore.Config{URL: url}), open(t, sqlstore.Config{URL: url})
	})
}
