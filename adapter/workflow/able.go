package workflow

import (
	"context"

	"midgate/adapter"
)

// able chooses an account for a new job that needs an optional route: one that has it, if any has. Those that cannot be
// asked are passed over while there are others.
func (s *Service) able(ctx context.Context, c adapter.Caller, speed adapter.Speed, f adapter.Feature) (adapter.Account, bool, error) {
	account, err := s.parts.Accounts.Choose(ctx, c, speed)
	if err != nil {
		return adapter.Account{}, false, err
	}
	first, asked := account, false
	has, err := account.Upstream.Has(ctx, f)
	others, several := s.parts.Accounts.(adapter.Others)
	for tried := []string{account.Name}; several && !has; tried = append(tried, account.Name) {
		if err == nil && !asked {
			first, asked = account, true
		}
		next, none := others.Other(ctx, c, speed, tried)
		if none != nil {
			break
		}
		account = next
		has, err = account.Upstream.Has(ctx, f)
	}
	switch {
	case has:
		return account, true, nil
	case asked:
		return first, false, nil
	default:
		return first, false, err
	}
}
