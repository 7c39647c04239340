package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

func stateDigests(t *testing.T, here, there adapter.State) {
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.PutDigest(ctx, "me", "d", "img_1", time.Time{}), tx.PutDigest(ctx, "me", "d", "img_2", time.Time{}))
	})
	id, err := there.ImageByDigest(bounded(t), "me", "d")
	ok(t, "ImageByDigest", err)
	if id != "img_2" {
		t.Fatalf("ImageByDigest = %s, want the last", id)
	}
	_, err = there.ImageByDigest(bounded(t), "you", "d")
	wantError(t, "ImageByDigest of another owner", err, adapter.ErrNotFound)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.DeleteImage(ctx, "img_2") })
	_, err = there.ImageByDigest(bounded(t), "me", "d")
	wantError(t, "ImageByDigest of a deleted image", err, adapter.ErrNotFound)
}

func statePrints(t *testing.T, here, _ adapter.State) {
	made := func(id string, n int, change func(*adapter.Print)) (adapter.Print, []byte) {
		p := adapter.Print{Image: id, Owner: "me", Ratio: 0, Pixels: 100 + n, Actions: n, Created: birth.Add(time.Duration(n) * time.Second).UTC().Truncate(time.Microsecond)}
		for i := range p.Cells {
			p.Cells[i] = uint8(10 * i)
		}
		change(&p)
		return p, []byte(id)
	}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		for i, change := range []func(*adapter.Print){
			func(*adapter.Print) {}, func(p *adapter.Print) { p.Cells[3] = 255 }, func(p *adapter.Print) { p.Cells[3], p.Cells[4] = 255, 255 },
			func(p *adapter.Print) { p.Ratio = 300 }, func(p *adapter.Print) { p.Owner = "you" }, func(p *adapter.Print) { p.Cells[0] = 4 },
		} {
			p, looks := made("img_"+strconv.Itoa(i), i, change)
			if err := errors.Join(tx.PutImages(ctx, adapter.Image{ID: p.Image, Owner: p.Owner, Created: birth}), tx.PutPrint(ctx, p, looks), tx.PutPrint(ctx, p, looks)); err != nil {
				return err
			}
		}
		return nil
	})
	all, _ := made("", 0, func(*adapter.Print) {})
	cells := map[int]uint8{}
	for i, c := range all.Cells {
		cells[i] = c
	}
	for want, q := range map[string]adapter.PrintQuery{
		"img_0 img_5":                   {Cells: cells, Within: 5, Limit: 9},
		"img_0":                         {Cells: cells, Within: 3, Limit: 9},
		"img_0 img_5 img_1":             {Cells: cells, Within: 5, Misses: 1, Limit: 9},
		"img_0 img_5 ":                  {Cells: cells, Within: 5, Misses: 1, Limit: 2},
		"img_5 img_2 img_1 img_0":       {Cells: map[int]uint8{1: 10}, Within: 5, Limit: 9},
		"img_5 img_3 img_2 img_1 img_0": {RatioOff: 300, Limit: 9},
	} {
		q.Owner = "me"
		prints, err := here.Prints(bounded(t), q)
		ok(t, "Prints", err)
		var ids []string
		for _, p := range prints {
			ids = append(ids, p.Image)
		}
		wantIDs(t, fmt.Sprintf("Prints(%+v)", q), ids, strings.TrimSpace(want))
	}
	p, looks, err := here.Fingerprint(bounded(t), "me", "img_2")
	ok(t, "Fingerprint", err)
	want, _ := made("img_2", 2, func(p *adapter.Print) { p.Cells[3], p.Cells[4] = 255, 255 })
	if p != want || string(looks) != "img_2" {
		t.Fatalf("Fingerprint = %+v, %q; want %+v", p, looks, want)
	}
	_, _, err = here.Fingerprint(bounded(t), "you", "img_2")
	wantError(t, "Fingerprint of another owner's", err, adapter.ErrNotFound)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.DeleteImage(ctx, "img_2") })
	_, _, err = here.Fingerprint(bounded(t), "me", "img_2")
	wantError(t, "Fingerprint of a deleted image", err, adapter.ErrNotFound)
}
