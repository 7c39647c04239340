package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"midgate/adapter"
)

// sweepLot is how many records of each sort are removed in one unit.
const sweepLot = 100

// sweep removes what has expired from the state, and then the bytes that no record needs any more, until ctx ends.
func sweep(ctx context.Context, every time.Duration, state adapter.State, bytes adapter.Pictures, log *slog.Logger) {
	for adapter.Pause(ctx, cmp.Or(every, time.Minute)) {
		if err := errors.Join(expire(ctx, state, log), bury(ctx, state, bytes)); err != nil && ctx.Err() == nil {
			log.Warn("what has expired could not be removed; trying again", "error", err)
		}
	}
}

// expire removes expired records, a lot at a time: others write in between.
func expire(ctx context.Context, state adapter.State, log *slog.Logger) error {
	total := 0
	for {
		removed := 0
		err := state.Write(ctx, func(tx adapter.Tx) (err error) {
			removed, err = tx.Expire(ctx, time.Now(), sweepLot)
			return err
		})
		if total += removed; err == nil && removed > 0 {
			continue
		}
		if total > 0 {
			log.Info("expired records were removed", "records", total)
		}
		return err
	}
}

// bury deletes bytes that no record needs.
func bury(ctx context.Context, state adapter.State, bytes adapter.Pictures) error {
	for {
		var names []string
		err := state.Write(ctx, func(tx adapter.Tx) (err error) {
			names, err = tx.Orphans(ctx, sweepLot)
			return err
		})
		if err != nil || len(names) == 0 {
			return err
		}
		for _, name := range names {
			needed, err := state.Needed(ctx, name) // the same upload may have been sent again
			if err != nil {
				return err
			}
			if err := deleteUnneeded(ctx, bytes, name, needed); err != nil {
				return err
			}
			if err := state.Write(ctx, func(tx adapter.Tx) error { return tx.Buried(ctx, name) }); err != nil {
				return err
			}
		}
	}
}

func deleteUnneeded(ctx context.Context, bytes adapter.Pictures, name string, needed bool) error {
	if needed {
		return nil
	}
	if err := bytes.Delete(ctx, name); !errors.Is(err, adapter.ErrNotFound) {
		return err
	}
	return nil
}

// needed tells whether a record names bytes. What cannot be asked is needed.
func needed(ctx context.Context, state adapter.State) func(name string) bool {
	return func(name string) bool {
		needed, err := state.Needed(ctx, name)
		return needed || err != nil
	}
}
