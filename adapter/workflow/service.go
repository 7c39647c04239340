package workflow

import (
	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
)

// Service answers image, video and text requests with Midjourney's work. It is safe for concurrent use.
//
// Every method that costs money returns a Ticket once the request was checked and recorded; an error from it means that
// nothing was recorded and nothing was spent.
type Service struct {
	*Recipes
	jobs *jobs.Engine
}

// NewService makes a service whose jobs an engine executes by the recipes.
func NewService(recipes *Recipes, jobs *jobs.Engine) *Service {
	return &Service{Recipes: recipes, jobs: jobs}
}

// Model returns an *Error for a name that is no model's.
func (s *Service) Model(name string) error {
	_, err := prompt.ParseModel(name, s.cfg.Aliases)
	return err
}

// MayUse reports whether a caller's key may use a model, at the speed that its name says.
func (s *Service) MayUse(c adapter.Caller, name string) bool {
	model, err := prompt.ParseModel(name, s.cfg.Aliases)
	return err == nil && s.jobs.MayUse(c, name, model.Speed)
}
