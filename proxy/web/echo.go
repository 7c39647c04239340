package web

import (
	"unicode/utf8"

	"midgate/adapter"
)

// Echo is what rendering an answer needs to know of its request. It is kept with the job, so that the job can show its
// result as its route answered (adapter.Attempt.Echo).
type Echo struct {
	Tokens  int            `json:"tokens,omitempty"` // of the prompt
	Quality string         `json:"quality,omitempty"`
	Output  adapter.Output `json:"output"`
	Router  bool           `json:"router,omitempty"` // the usage has OpenRouter's names

	Cost *adapter.Money `json:"-"` // what the answer cost, in the usage; nil: nobody knows
}

// EchoOf is what rendering the answer to a generation needs to know of it.
func EchoOf(g adapter.Generation) Echo {
	return Echo{Tokens: Tokens(g.Prompt), Quality: g.Quality, Output: g.Output}
}

// InDollars is a cost as answers tell it; nil where nobody knows it.
func InDollars(cost *adapter.Money) *float64 {
	if cost == nil {
		return nil
	}
	return new(cost.Float())
}

// Tokens estimates one for each four characters.
func Tokens(prompt string) int { return (utf8.RuneCountInString(prompt) + 3) / 4 }
