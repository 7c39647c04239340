package jobs

// Rules are rules that an engine is to do without.
type Rules = withoutRules

// Without switches rules off, before Start.
func (s *Engine) Without(rules Rules) { s.without = rules }
