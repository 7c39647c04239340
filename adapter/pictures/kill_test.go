package pictures

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
)

// killVar names the folder to the process that is killed.
const killVar = "MIDGATE_TEST_KILLED_PICTURES"

// A process is killed while it stores pictures, anywhere between the first byte and the name: what it said was stored is
// there, and no picture is there in part.
func TestAKillLeavesNoHalfPicture(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(killVar); dir != "" {
		storeForEver(t, dir)
		return
	}
	dir := t.TempDir()
	whole := picturetest.PNG(t, picturetest.Painting(96, 96, 7))
	seen := 0
	for round := range 5 {
		stored := storeUntilKilled(t, dir, seen+1+round)
		s := newStore(t, dir)
		for i := seen; i < stored+2; i++ {
			name := pictureName(i)
			p, err := s.Stat(t.Context(), name)
			if errors.Is(err, adapter.ErrNotFound) && i > stored {
				continue // never told of
			}
			if err != nil || p.Size != int64(len(whole)) || p.Width != 96 {
				t.Fatalf("round %d: picture %d of %d is %+v, %v; want it whole", round, i, stored, p, err)
			}
			if _, b := read(t, s, adapter.Rendition{Name: name}); !bytes.Equal(b, whole) {
				t.Fatalf("round %d: picture %d has other bytes", round, i)
			}
		}
		seen = stored
	}
}

func pictureName(i int) string { return fmt.Sprintf("pictures/img_%d", i) }

// storeUntilKilled runs a process that stores pictures, kills it when it has told of so many, and returns the last one
// that it told of.
func storeUntilKilled(t *testing.T, dir string, enough int) (last int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAKillLeavesNoHalfPicture$")
	cmd.Env = append(os.Environ(), killVar+"="+dir, "TMPDIR="+t.TempDir()) // it cannot tidy up after itself
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for s := bufio.NewScanner(out); s.Scan(); {
		if _, err := fmt.Sscanf(s.Text(), "stored %d", &last); err == nil && last >= enough {
			if err := cmd.Process.Kill(); err != nil { // it goes on for a moment, at whatever it does then
				t.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("the process ended with %v, want killed", err)
	}
	return last
}

// storeForEver is the process that is killed.
func storeForEver(t *testing.T, dir string) {
	s := newStore(t, dir)
	whole := picturetest.PNG(t, picturetest.Painting(96, 96, 7))
	for i := 0; ; i++ {
		if _, err := s.Save(t.Context(), pictureName(i), bytes.NewReader(whole), limit); err != nil {
			t.Fatal(err)
		}
		fmt.Println("stored", i)
	}
}
