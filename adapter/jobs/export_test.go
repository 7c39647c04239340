package jobs

import "midgate/adapter/jobs/dedup"

// Rules are rules that an engine is to do without.
type Rules = withoutRules

// Without switches rules off, before Start.
func (s *Engine) Without(rules Rules) { s.without = rules }

// EachRule is every rule that can be switched off, by what it says.
var EachRule = map[string]Rules{
	"a late original joins its repeat":                           {Without: dedup.Without{LateOriginals: true}},
	"a repeat without a counter overtakes the end of its client": {Without: dedup.Without{Overtaking: true}},
	"budgets are looked at where they are taken":                 {inUnit: true},
	"a deserted job submits nothing":                             {deserted: true},
	"quarters rotate":                                            {Without: dedup.Without{Rotation: true}},
	"a U that several need is pressed once":                      {onePress: true},
	"a press after a reported failure is meant":                  {Without: dedup.Without{MeantPresses: true}},
}
