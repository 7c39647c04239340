package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// dialect is what differs between the two engines.
type dialect struct {
	name      string
	types     *strings.Replacer // of a migration's types
	now       string            // the time of the database, as an expression
	later     string            // the same, so many seconds later: one parameter
	forUpdate string            // ends a SELECT whose rows nobody else may change before this unit ends
	skip      string            // the same, leaving out rows that somebody else is changing
	lock      string            // locks a name until the unit ends; empty where there is one writer
	numbered  bool              // parameters are $1, $2, … and not ?
	textTimes bool
}

var sqlite = dialect{
	name:      "sqlite3",
	types:     strings.NewReplacer("ID_TEXT", "TEXT", "TIME_TYPE", "TEXT", "BYTES_TYPE", "BLOB", "JSON_TYPE", "TEXT"),
	now:       "strftime('%Y-%m-%d %H:%M:%f', 'now')",
	later:     "strftime('%Y-%m-%d %H:%M:%f', 'now', ? || ' seconds')",
	textTimes: true,
}

var postgres = dialect{
	name: "postgres",
	// IDs are compared byte by byte, as Go and SQLite do. JSON as text, since its binary form knows no NUL.
	types:     strings.NewReplacer("ID_TEXT", `TEXT COLLATE "C"`, "TIME_TYPE", "TIMESTAMPTZ", "BYTES_TYPE", "BYTEA", "JSON_TYPE", "JSON"),
	now:       "clock_timestamp()",
	later:     "clock_timestamp() + make_interval(secs => ?)",
	forUpdate: " FOR UPDATE",
	skip:      " FOR UPDATE SKIP LOCKED",
	lock:      "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))",
	numbered:  true,
}

// day is a column's day in UTC, as an expression.
func (d *dialect) day(column string) string {
	if d.textTimes {
		return "substr(" + column + ", 1, 10)"
	}
	return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
}

// bind writes a statement's parameters as the engine wants them. No statement has a question mark of another meaning.
func (d *dialect) bind(query string) string {
	if !d.numbered {
		return query
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}

// textTime is how SQLite keeps times: of one length, so that they compare as texts.
const textTime = "2006-01-02 15:04:05.000000"

// at is a time as a parameter; nil for none.
func (d *dialect) at(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case d.textTimes:
		return t.UTC().Truncate(time.Microsecond).Format(textTime)
	default:
		return t.UTC().Truncate(time.Microsecond)
	}
}

// when reads a time, of either engine, into what it points at.
type when struct{ to *time.Time }

// Scan implements sql.Scanner.
func (w when) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*w.to = time.Time{}
	case time.Time:
		*w.to = v.UTC()
	case string:
		t, err := time.Parse(textTime, v)
		*w.to = t
		return err
	default:
		return fmt.Errorf("a time of type %T", v)
	}
	return nil
}

// text is a text that both engines take: PostgreSQL refuses NUL and what is not UTF-8.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// optional is a text that is NULL when empty.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}
