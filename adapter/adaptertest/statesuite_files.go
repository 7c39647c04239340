package adaptertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"midgate/adapter"
)

func stateFiles(t *testing.T, here, there adapter.State) {
	at := birth.Truncate(time.Microsecond)
	file := adapter.FileRecord{ID: "file-1", Owner: "me", Name: "a.png", Purpose: "vision", Source: "uploads/1", Created: at, Expires: time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.PutFile(ctx, file), tx.PutFile(ctx, adapter.FileRecord{ID: "file-2", Owner: "me", Created: at}),
			tx.PutFile(ctx, adapter.FileRecord{ID: "img_3", Owner: "me", Purpose: adapter.PurposeReference, Created: at}),
			tx.PutFile(ctx, adapter.FileRecord{ID: "file-4", Owner: "you", Created: at}))
	})
	got, err := there.File(bounded(t), "file-1")
	ok(t, "File", err)
	same(t, "File", got, file)
	files := func(limit int, after string) (ids []string) {
		files, err := there.Files(bounded(t), "me", limit, after)
		ok(t, "Files", err)
		for _, f := range files {
			ids = append(ids, f.ID)
		}
		return ids
	}
	wantIDs(t, "Files", files(9, ""), "file-2 file-1")
	wantIDs(t, "Files", files(1, ""), "file-2")
	wantIDs(t, "Files", files(9, "file-2"), "file-1")
	_, err = there.Files(bounded(t), "me", 9, "file-4")
	wantError(t, "Files after another owner's", err, adapter.ErrNotFound)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.RemoveFile(ctx, "file-1") })
	_, err = there.File(bounded(t), "file-1")
	wantError(t, "File that was removed", err, adapter.ErrNotFound)
}
