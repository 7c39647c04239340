package pictures

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/pictures/picturetest"
)

// TestABucketIsWeighed: on a disk and elsewhere, all that stands in it, and again after a while.
func TestABucketIsWeighed(t *testing.T) {
	one, two := picturetest.PNG(t, picturetest.Painting(16, 16, 1)), picturetest.PNG(t, picturetest.Painting(40, 16, 2))
	for name, url := range map[string]string{"a disk": t.TempDir(), "elsewhere": "mem://"} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, url)
			s.shop.working.Wait()
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				told := make(chan int64)
				go s.Weigh(ctx, func(n int64) { told <- n })
				if n := <-told; n != 0 {
					t.Errorf("an empty bucket weighs %d bytes", n)
				}
				for key, data := range map[string][]byte{"tasks/a/1": one, "uploads/b": two} {
					if err := s.bucket.writeAll(ctx, key, data); err != nil {
						t.Fatal(err)
					}
				}
				began := time.Now()
				if n := <-told; n != int64(len(one)+len(two)) {
					t.Errorf("%d bytes, want the %d of both", n, len(one)+len(two))
				}
				if waited := time.Since(began); waited != weighEvery {
					t.Errorf("weighed again after %v, want %v", waited, weighEvery)
				}
				stop()
				synctest.Wait()
			})
		})
	}
}
