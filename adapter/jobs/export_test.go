package jobs

// Rules are rules that an engine is to do without.
type Rules = withoutRules

// Without switches rules off, before Start.
func (s *Engine) Without(rules Rules) { s.without = rules }

// EachRule is every rule that can be switched off, by what it says.
var EachRule = map[string]Rules{
	"a late original joins its repeat":                           {lateOriginals: true},
	"a repeat without a counter overtakes the end of its client": {overtaking: true},
	"a deserted job submits nothing":                             {deserted: true},
	"quarters rotate":                                            {rotation: true},
	"a U that several need is pressed once":                      {onePress: true},
	"a press after a reported failure is meant":                  {meantPresses: true},
	"an attempt is decided in one transaction":                   {oneDecision: true},
}
