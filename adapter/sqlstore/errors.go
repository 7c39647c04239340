package sqlstore

import (
	"errors"
	"fmt"
	"io/fs"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// errNoLocks is a folder that SQLite's log cannot be shared in, as on most network shares.
var errNoLocks = errors.New("is on a file system that cannot lock or share files, such as a network share; use a local disk, or MIDGATE_DATABASE_URL")

// told adds what an operator can do to errors of the databases.
func told(err error) error {
	var lite *sqlitedriver.Error
	if err == nil || !errors.As(err, &lite) {
		return err
	}
	switch lite.Code() & 0xff {
	case sqlitelib.SQLITE_FULL:
		return fmt.Errorf("the disk is full: %w", err)
	case sqlitelib.SQLITE_READONLY:
		return fmt.Errorf("the database file cannot be written: %w", err)
	case sqlitelib.SQLITE_IOERR:
		return fmt.Errorf("the disk cannot be read or written: %w", err)
	case sqlitelib.SQLITE_CORRUPT:
		return fmt.Errorf("the database file is damaged: %w", err)
	}
	return err
}

// unwritable reports whether a unit failed because the engine cannot write: its disk is full, broken or read-only.
func unwritable(err error) bool {
	var lite *sqlitedriver.Error
	var said *pgconn.PgError
	switch {
	case err == nil:
		return false
	case errors.As(err, &lite):
		code := lite.Code() & 0xff
		return code == sqlitelib.SQLITE_FULL || code == sqlitelib.SQLITE_READONLY || code == sqlitelib.SQLITE_IOERR || code == sqlitelib.SQLITE_CANTOPEN
	case errors.As(err, &said):
		class := said.Code[:min(2, len(said.Code))]
		return class == "53" || class == "58" || said.Code == "25006" // no resources, broken storage, read-only
	default:
		return false
	}
}

// plainSQLite says in plain words why a file cannot be opened; it follows the file's name.
func plainSQLite(err error) error {
	var lite *sqlitedriver.Error
	switch {
	case errors.Is(err, errForeign), errors.Is(err, errNewer), errors.Is(err, errNoLocks):
		return err
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("cannot be written by this user: %w", err)
	case !errors.As(err, &lite):
		return fmt.Errorf("cannot be opened: %w", err)
	}
	switch code := lite.Code(); {
	case code&0xff == sqlitelib.SQLITE_NOTADB:
		return fmt.Errorf("is not a database; move it away, or name another MIDGATE_DATA_DIR: %w", err)
	case code&0xff == sqlitelib.SQLITE_CORRUPT:
		return fmt.Errorf("is damaged; restore it from a backup: %w", err)
	case code&0xff == sqlitelib.SQLITE_FULL:
		return fmt.Errorf("cannot be written: the disk is full: %w", err)
	case code&0xff == sqlitelib.SQLITE_READONLY:
		return fmt.Errorf("cannot be written by this user: %w", err)
	case code&0xff == sqlitelib.SQLITE_BUSY:
		return fmt.Errorf("is used by another program: %w", err)
	case code&0xff == sqlitelib.SQLITE_PROTOCOL, code == sqlitelib.SQLITE_IOERR_LOCK, code == sqlitelib.SQLITE_IOERR_SHMMAP, code == sqlitelib.SQLITE_IOERR_SHMOPEN:
		return fmt.Errorf("%w: %w", errNoLocks, err)
	default:
		return fmt.Errorf("cannot be opened: %w", err)
	}
}

// plainPostgres says in plain words why a server cannot be used; where is its address and database.
func plainPostgres(err error, where string) error {
	var said *pgconn.PgError
	var dial *net.OpError
	switch {
	case errors.Is(err, errForeign), errors.Is(err, errNewer), errors.Is(err, errOld):
		return fmt.Errorf("the database %s of MIDGATE_DATABASE_URL %w", where, err)
	case errors.As(err, &said):
		switch said.Code {
		case "28P01", "28000":
			return fmt.Errorf("the server of MIDGATE_DATABASE_URL, %s, refuses the user or the password: %w", where, said)
		case "3D000":
			return fmt.Errorf("the server of MIDGATE_DATABASE_URL has no such database, %s; create it first: %w", where, said)
		case "42501":
			return fmt.Errorf("the user of MIDGATE_DATABASE_URL may not create tables in %s: %w", where, said)
		}
	case errors.As(err, &dial):
		return fmt.Errorf("the server of MIDGATE_DATABASE_URL, %s, cannot be reached: %w", where, dial)
	}
	return fmt.Errorf("the database %s of MIDGATE_DATABASE_URL cannot be used: %w", where, err)
}
