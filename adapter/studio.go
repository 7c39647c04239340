package adapter

// Studio answers image, video and text requests with Midjourney's work. It is safe for concurrent use.
//
// Every method that costs money returns a Ticket once the request was checked and recorded; an error from it means that
// nothing was recorded and nothing was spent.
type Studio struct {
	*Recipes
	jobs *Engine
}

// NewStudio makes a studio whose jobs an engine executes by the recipes.
func NewStudio(recipes *Recipes, jobs *Engine) *Studio { return &Studio{Recipes: recipes, jobs: jobs} }

// Model returns an *Error for a name that is no model's.
func (s *Studio) Model(name string) error {
	_, err := ParseModel(name, s.cfg.Aliases)
	return err
}
