package download

import (
	"slices"
	"time"

	"midgate/adapter"
)

// Patience is how long a finished task's file is asked for that cannot be fetched. What cannot be stored, since the disk is
// full, is paid all the same: that is tried until the run ends.
const Patience = 2 * time.Minute

// File is where a finished task's file is: at the addresses that the task names, by its newest word. Addresses
// expire and move, so that the task is read again when none of them has the file.
type File struct {
	Task     adapter.Task  // its newest word
	Patience time.Duration // 0: the usual one
	account  adapter.Account
	pick     func(adapter.Task) []string // the addresses, best first
	moving   bool                        // only a clip will do: some servers show its first frame in its place for a while
}

// Whole is where the task's one picture is, or its grid.
func Whole(a adapter.Account, t adapter.Task) File {
	return File{Task: t, account: a, pick: func(t adapter.Task) []string {
		return append([]string{t.ImageURL, first(t.ImageURLs)}, t.OtherURLs...)
	}}
}

// Grid is where the task's grid is. Where an upstream names none, the first of its four pictures is none.
func Grid(a adapter.Account, t adapter.Task) File {
	return File{Task: t, account: a, pick: func(t adapter.Task) []string {
		if t.ImageURL == "" {
			return nil
		}
		return append([]string{t.ImageURL}, t.OtherURLs...)
	}}
}

// Nth is where one of the task's separate pictures is.
func Nth(a adapter.Account, t adapter.Task, i int) File {
	return File{Task: t, account: a, pick: func(t adapter.Task) []string { return at(t.ImageURLs, i) }}
}

// Clip is where one of the task's clips is. On some accounts a video is one animated picture.
func Clip(a adapter.Account, t adapter.Task, i int) File {
	return File{Task: t, account: a, moving: true, pick: func(t adapter.Task) []string {
		if len(t.VideoURLs) == 0 && i == 0 {
			return append([]string{t.ImageURL, first(t.ImageURLs)}, t.OtherURLs...)
		}
		return at(t.VideoURLs, i)
	}}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func at(list []string, i int) []string {
	if i >= len(list) {
		return nil
	}
	return list[i : i+1]
}

// Addresses are those that can be asked.
func (f File) Addresses() []string {
	var out []string
	for _, u := range f.pick(f.Task) {
		if u != "" && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}
