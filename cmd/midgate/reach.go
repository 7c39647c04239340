package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"midgate/adapter/midjourney"
)

// heard is how old news of an upstream may be before somebody who looks has it asked again.
const heard = 30 * time.Second

// reached says in words whether the upstreams answer: "answered 3s ago"; several are told apart by their names. Addresses
// stay out of it, everybody may ask. stops is false where none of them can stop a job, as is known.
func reached(fleet *midjourney.Fleet) func(ctx context.Context, ask bool) (words string, stops bool) {
	return func(ctx context.Context, ask bool) (string, bool) {
		fresh := time.Duration(0)
		if ask {
			fresh = heard
		}
		all := fleet.Reach(ctx, fresh)
		words := make([]string, len(all))
		for i, r := range all {
			words[i] = wording(r, time.Now())
			if len(all) > 1 {
				words[i] = r.Name + " " + words[i]
			}
		}
		return strings.Join(words, "; "), slices.ContainsFunc(all, func(r midjourney.Reach) bool { return !r.Cannot })
	}
}

func wording(r midjourney.Reach, now time.Time) string {
	ago := now.Sub(r.At).Round(time.Second).String() + " ago"
	switch {
	case r.At.IsZero():
		return "was not asked yet"
	case r.Answered:
		return "answered " + ago
	default:
		return "did not answer " + ago
	}
}
