package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"midgate/adapter"
)

// table is one of the tables, as it is copied or moved in time: its columns, and which of them hold times.
type table struct {
	name    string
	columns []string
	times   []string
}

// kept are the tables that hold something beyond the life of a process.
var kept = []table{
	{"jobs", strings.Fields(`id owner caller kind route model prompt n speed status cancel deleted replica upstream created finished deadline expires
		next_look body claim retry late attended sharing seed sealed_key request echo result error spend trace`), []string{"created", "finished", "deadline", "expires", "next_look"}},
	{"steps", strings.Fields(`job name n state upstream intended task_id submitted dialog existing queued prompt status finished polls free continues answers
		unkept tries refusal sold speed price refunded`), []string{"intended", "submitted", "finished"}},
	{"deliveries", strings.Fields("job n quarter state at replica taken retry"), []string{"at"}},
	{"job_bytes", strings.Fields("job name"), nil},
	{"images", strings.Fields(`id owner job kind created expires model prompt folded revised version speed width height source quarter place grid parent
		action upstream task_id favorite cells buttons single`), []string{"created", "expires"}},
	{"digests", strings.Fields("owner digest image expires"), []string{"expires"}},
	{"prints", strings.Fields("image owner ratio c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 c11 c12 c13 c14 c15 pixels actions created"), []string{"created"}},
	{"looks", strings.Fields("image looks"), nil},
	{"files", strings.Fields("id owner name purpose source created expires"), []string{"created", "expires"}},
	{"presses", strings.Fields("button job"), nil},
	{"ledger", strings.Fields("account span spent_jobs spent_micros held_jobs held_micros"), nil},
	{"orphans", strings.Fields("name"), nil},
}

// Each calls see with every job, oldest first.
func (t jobTable) Each(ctx context.Context, see func(adapter.Job) error) error {
	ids, err := t.names(ctx, "SELECT id FROM jobs ORDER BY created, id")
	if err != nil {
		return err
	}
	for _, id := range ids {
		job, err := t.Job(ctx, id)
		if err != nil {
			return err
		}
		if err := see(job); err != nil {
			return err
		}
	}
	return nil
}

// ShiftTimes moves every time that is recorded, as if the clock had been wrong, and returns how many rows that changed.
// It is for tests.
func (s *Store) ShiftTimes(ctx context.Context, by time.Duration) (rows int64, err error) {
	err = s.Write(ctx, func(tx adapter.Tx) error {
		t, ok := tx.(tables)
		if !ok {
			return fmt.Errorf("a unit of type %T", tx)
		}
		for _, table := range kept {
			var sets []string
			var args []any
			for _, column := range table.times {
				sets = append(sets, column+" = "+t.shifted(column))
				args = append(args, by.Seconds())
			}
			if len(sets) == 0 {
				continue
			}
			n, err := t.exec(ctx, "UPDATE "+table.name+" SET "+strings.Join(sets, ", "), args...)
			if err != nil {
				return err
			}
			rows += n
		}
		return nil
	})
	return rows, err
}

// shifted is a column's time so many seconds later: one parameter.
func (d *dialect) shifted(column string) string {
	if d.textTimes {
		return "strftime('%Y-%m-%d %H:%M:%f', " + column + ", ? || ' seconds') || '000'"
	}
	return column + " + make_interval(secs => ?)"
}
