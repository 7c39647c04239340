package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"midgate/adapter"
)

// cellColumns are the columns of a print's cells.
var cellColumns = func() string {
	var names []string
	for i := range len(adapter.Print{}.Cells) {
		names = append(names, "c"+strconv.Itoa(i))
	}
	return strings.Join(names, ", ")
}()

var printColumns = "image, owner, ratio, pixels, actions, created, " + cellColumns

func scanPrint(scan func(...any) error, more ...any) (p adapter.Print, err error) {
	to := append(more, &p.Image, &p.Owner, &p.Ratio, &p.Pixels, &p.Actions, when{&p.Created})
	for i := range p.Cells {
		to = append(to, &p.Cells[i])
	}
	return p, scan(to...)
}

// printTable is what pictures are recognised by.
type printTable struct{ *statements }

// Prints implements adapter.ImageReader. The cells are compared in the index alone.
func (t printTable) Prints(ctx context.Context, q adapter.PrintQuery) (prints []adapter.Print, err error) {
	where, args := "WHERE owner = ? AND ratio BETWEEN ? AND ?", []any{q.Owner, q.Ratio - q.RatioOff, q.Ratio + q.RatioOff}
	var misses, away []string
	var near []any
	for i := range len(adapter.Print{}.Cells) {
		if v, ok := q.Cells[i]; ok {
			misses = append(misses, fmt.Sprintf("CASE WHEN c%d BETWEEN ? AND ? THEN 0 ELSE 1 END", i))
			args = append(args, int(v)-q.Within, int(v)+q.Within)
			away, near = append(away, fmt.Sprintf("abs(c%d - ?)", i)), append(near, int(v))
		}
	}
	if len(misses) > 0 {
		where += " AND " + strings.Join(misses, " + ") + " <= ?"
		args = append(args, q.Misses)
	}
	nearest := ""
	if len(away) > 0 {
		nearest = strings.Join(away, " + ") + ", "
	}
	args = append(append(args, near...), q.Limit)
	err = t.each(ctx, "SELECT "+printColumns+" FROM prints "+where+" ORDER BY "+nearest+"created DESC, image LIMIT ?", args, func(scan func(...any) error) error {
		p, err := scanPrint(scan)
		prints = append(prints, p)
		return err
	})
	return prints, err
}

// Fingerprint implements adapter.ImageReader.
func (t printTable) Fingerprint(ctx context.Context, owner, id string) (p adapter.Print, looks []byte, err error) {
	found := false
	err = t.each(ctx, "SELECT looks, "+printColumns+" FROM prints JOIN looks USING (image) WHERE image = ? AND owner = ?", []any{id, owner}, func(scan func(...any) error) error {
		found = true
		p, err = scanPrint(scan, &looks)
		return err
	})
	if err == nil && !found {
		err = adapter.ErrNotFound
	}
	return p, looks, err
}

// PutPrint implements adapter.ImageWriter.
func (t printTable) PutPrint(ctx context.Context, p adapter.Print, looks []byte) error {
	args := []any{p.Image, p.Owner, p.Ratio, p.Pixels, p.Actions, t.at(p.Created)}
	var again []string
	for i, c := range p.Cells {
		args = append(args, int(c))
		again = append(again, fmt.Sprintf("c%d = excluded.c%d", i, i))
	}
	_, err := t.exec(ctx, "INSERT INTO prints ("+printColumns+") VALUES (?"+strings.Repeat(", ?", len(args)-1)+`)
		ON CONFLICT (image) DO UPDATE SET owner = excluded.owner, ratio = excluded.ratio, pixels = excluded.pixels, actions = excluded.actions,
			created = excluded.created, `+strings.Join(again, ", "), args...)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "INSERT INTO looks (image, looks) VALUES (?, ?) ON CONFLICT (image) DO UPDATE SET looks = excluded.looks", p.Image, looks)
	return err
}
