package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter"
)

func stateKeepsImages(t *testing.T, here, _ adapter.State) {
	want := FullImage("img_1")
	bare := adapter.Image{ID: "img_2", Created: birth.Truncate(time.Microsecond)}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.PutImages(ctx, want, bare) })
	for _, img := range []adapter.Image{want, bare} {
		got, err := here.Image(bounded(t), img.ID)
		ok(t, "Image", err)
		same(t, "Image", got, img)
	}
	_, err := here.Image(bounded(t), "img_3")
	wantError(t, "Image of an unknown ID", err, adapter.ErrNotFound)
}

func statePutsImagesAgain(t *testing.T, here, _ adapter.State) {
	img := image("me", 1)
	img.Single = nil
	single := &adapter.Single{TaskID: "5", Buttons: []adapter.Button{{CustomID: "x"}}}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		if err := tx.PutImages(ctx, img); err != nil {
			return err
		}
		return tx.UpdateImage(ctx, img.ID, func(i *adapter.Image) { i.Single, i.Favorite = single, true })
	})
	img.Prompt = "another"
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.PutImages(ctx, img) })
	got, err := here.Image(bounded(t), img.ID)
	ok(t, "Image", err)
	if got.Single == nil || got.Single.TaskID != "5" || !got.Favorite || got.Prompt != "another" {
		t.Fatalf("after it was put again the record is %+v", got)
	}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return tx.UpdateImage(ctx, img.ID, func(i *adapter.Image) { i.Favorite = false })
	})
	if got, err = here.Image(bounded(t), img.ID); err != nil || got.Favorite {
		t.Fatalf("a favorite that is none any more: %v, %v", got.Favorite, err)
	}
}

func stateUpdatesImages(t *testing.T, here, there adapter.State) {
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return tx.PutImages(ctx, adapter.Image{ID: "img_1", Created: birth})
	})
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			s := []adapter.State{here, there}[i%2]
			err := s.Write(bounded(t), func(tx adapter.Tx) error {
				return tx.UpdateImage(t.Context(), "img_1", func(img *adapter.Image) { img.Cells = append(img.Cells, strconv.Itoa(i)) })
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	img, err := here.Image(bounded(t), "img_1")
	ok(t, "Image", err)
	if len(img.Cells) != 20 {
		t.Fatalf("%d changes were kept of 20", len(img.Cells))
	}
	err = here.Write(bounded(t), func(tx adapter.Tx) error { return tx.UpdateImage(t.Context(), "img_2", func(*adapter.Image) {}) })
	wantError(t, "UpdateImage of an unknown ID", err, adapter.ErrNotFound)
}

func stateListsImages(t *testing.T, here, _ adapter.State) {
	put := func(n int, change func(*adapter.Image)) adapter.Image {
		img := adapter.Image{ID: "img_" + strconv.Itoa(n), Owner: "me", Created: birth.Add(time.Duration(n) * time.Second), Prompt: "a lighthouse", Source: "pictures/x"}
		change(&img)
		return img
	}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return tx.PutImages(ctx,
			put(1, func(i *adapter.Image) { i.Prompt = "100% ÄPFEL_!" }), put(2, func(i *adapter.Image) { i.Favorite = true }),
			put(3, func(i *adapter.Image) { i.Cells = []string{"a"} }), put(4, func(i *adapter.Image) { i.Grid = "img_3" }),
			put(5, func(i *adapter.Image) { i.Owner = "you" }), put(6, func(i *adapter.Image) { i.Expires = time.Now().Add(-time.Second) }))
	})
	for want, q := range map[string]adapter.ImageQuery{
		"img_4 img_3 img_2 img_1": {Limit: 9},
		"img_4 img_3":             {Limit: 2},
		"img_2 img_1":             {Limit: 2, After: "img_3"},
		"img_1":                   {Limit: 9, Text: "äpfel_"},
		"img_1 ":                  {Limit: 9, Text: "100%"},
		" img_1":                  {Limit: 9, Text: "!"},
		"img_4 img_3 img_2":       {Limit: 9, Text: "LIGHT"},
		"":                        {Limit: 9, Text: "l_ght"},
		"img_2":                   {Limit: 9, Favorite: true},
		"img_3":                   {Limit: 9, Kind: adapter.ImageGrid},
		"img_4":                   {Limit: 9, Kind: adapter.ImageQuarter},
		"img_2  img_1":            {Limit: 9, Kind: adapter.ImageSingle},
		"img_2 img_1 ":            {Limit: 9, Before: birth.Add(3 * time.Second)},
	} {
		q.Owner = "me"
		images, err := here.Images(bounded(t), q)
		ok(t, "Images", err)
		var ids []string
		for _, img := range images {
			ids = append(ids, img.ID)
		}
		wantIDs(t, fmt.Sprintf("Images(%+v)", q), ids, strings.Join(strings.Fields(want), " "))
	}
	_, err := here.Images(bounded(t), adapter.ImageQuery{Owner: "me", Limit: 2, After: "img_5"})
	wantError(t, "Images after another owner's", err, adapter.ErrNotFound)
}

func stateClaimsPresses(t *testing.T, here, there adapter.State) {
	insert(t, here, plainJob("job_1", nil), plainJob("job_2", nil), plainJob("job_3", nil))
	claim := func(s adapter.State, job string) (holder string) {
		unit(t, s, func(ctx context.Context, tx adapter.Tx) (err error) {
			holder, err = tx.ClaimPress(ctx, "img_1", job)
			return err
		})
		return holder
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	holders := map[string]bool{}
	for i := range 10 {
		all.Go(func() {
			h := claim([]adapter.State{here, there}[i%2], []string{"job_1", "job_2"}[i%2])
			mu.Lock()
			defer mu.Unlock()
			holders[h] = true
		})
	}
	all.Wait()
	if len(holders) != 1 {
		t.Fatalf("the button is held by %v", holders)
	}
	for holder := range holders {
		unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
			job, err := tx.LockJob(ctx, holder)
			job.Status, job.Finished = adapter.JobFailed, birth
			return errors.Join(err, tx.PutJob(ctx, job, "one"))
		})
	}
	if h := claim(there, "job_3"); h != "job_3" {
		t.Fatalf("the button of a job that is over is held by %s", h)
	}
	insert(t, here, plainJob("job_4", nil))
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.ReleasePress(ctx, "img_1", "job_4"), tx.ReleasePress(ctx, "img_none", "job_4"))
	})
	if h := claim(there, "job_4"); h != "job_3" {
		t.Fatalf("the button was let go by another job: %s holds it", h)
	}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.ReleasePress(ctx, "img_1", "job_3") })
	if h := claim(there, "job_4"); h != "job_4" {
		t.Fatalf("the button that was let go is held by %s", h)
	}
}
