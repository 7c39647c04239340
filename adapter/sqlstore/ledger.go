package sqlstore

import (
	"context"
	"strings"
	"time"

	"midgate/adapter"
)

const ledgerColumns = "account, span, spent_jobs, spent_micros, held_jobs, held_micros"

func scanLedger(scan func(...any) error) (r adapter.LedgerRow, err error) {
	err = scan(&r.Account, &r.Span, &r.Spent.Jobs, &r.Spent.Money, &r.Held.Jobs, &r.Held.Money)
	return r, err
}

// ledgerTable is what accounts have spent, and what was sold.
type ledgerTable struct{ *statements }

// Ledger implements adapter.LedgerReader.
func (t ledgerTable) Ledger(ctx context.Context, account string) (rows []adapter.LedgerRow, err error) {
	err = t.each(ctx, "SELECT "+ledgerColumns+" FROM ledger WHERE account = ? ORDER BY span", []any{account}, func(scan func(...any) error) error {
		row, err := scanLedger(scan)
		rows = append(rows, row)
		return err
	})
	return rows, err
}

// Book implements adapter.LedgerWriter.
func (t ledgerTable) Book(ctx context.Context, add []adapter.LedgerRow) ([]adapter.LedgerRow, error) {
	if len(add) == 0 {
		return nil, nil
	}
	var args []any
	for _, r := range add {
		args = append(args, r.Account, r.Span, r.Spent.Jobs, int64(r.Spent.Money), r.Held.Jobs, int64(r.Held.Money))
	}
	type key struct{ account, span string }
	now := map[key]adapter.LedgerRow{}
	err := t.each(ctx, "INSERT INTO ledger ("+ledgerColumns+") VALUES (?, ?, ?, ?, ?, ?)"+strings.Repeat(", (?, ?, ?, ?, ?, ?)", len(add)-1)+`
		ON CONFLICT (account, span) DO UPDATE SET spent_jobs = ledger.spent_jobs + excluded.spent_jobs, spent_micros = ledger.spent_micros + excluded.spent_micros,
			held_jobs = ledger.held_jobs + excluded.held_jobs, held_micros = ledger.held_micros + excluded.held_micros
		RETURNING `+ledgerColumns, args, func(scan func(...any) error) error {
		row, err := scanLedger(scan)
		now[key{row.Account, row.Span}] = row
		return err
	})
	if err != nil {
		return nil, err
	}
	rows := make([]adapter.LedgerRow, len(add))
	for i, r := range add {
		rows[i] = now[key{r.Account, r.Span}]
	}
	return rows, nil
}

// PutSpend implements adapter.LedgerWriter.
func (t ledgerTable) PutSpend(ctx context.Context, id string, s adapter.Spend) error {
	_, err := t.exec(ctx, "UPDATE jobs SET spend = ? WHERE id = ?", asJSON{s}, id)
	return err
}

// Sales implements adapter.LedgerReader.
func (t ledgerTable) Sales(ctx context.Context, owner string, since, until time.Time) (sales []adapter.Sale, err error) {
	day := t.day("s.intended")
	// A step counts as adapter.Step.Counts says.
	err = t.each(ctx, `SELECT `+day+`, s.sold, s.speed,
			sum(CASE WHEN s.refunded THEN 0 ELSE 1 END), sum(CASE WHEN s.refunded THEN 0 ELSE coalesce(s.price, 0) END),
			sum(CASE WHEN s.refunded THEN 1 ELSE 0 END), sum(CASE WHEN s.refunded THEN coalesce(s.price, 0) ELSE 0 END),
			sum(CASE WHEN s.n = (SELECT min(x.n) FROM steps x WHERE x.job = j.id AND NOT x.free AND x.task_id <> '' AND x.name NOT LIKE 'single/%') AND j.status = 'completed' THEN j.n ELSE 0 END)
		FROM jobs j JOIN steps s ON s.job = j.id
		WHERE j.owner = ? AND s.intended >= ? AND s.intended < ? AND s.sold <> '' AND NOT s.free AND NOT s.existing AND (s.task_id <> '' OR s.refusal IS NULL)
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`, []any{owner, t.at(since), t.at(until)}, func(scan func(...any) error) error {
		var s adapter.Sale
		err := scan(&s.Day, &s.Kind, &s.Speed, &s.Spent.Jobs, &s.Spent.Money, &s.Refunded.Jobs, &s.Refunded.Money, &s.Pictures)
		sales = append(sales, s)
		return err
	})
	return sales, err
}
