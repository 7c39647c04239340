package config

import (
	"slices"
	"strings"

	"midgate/adapter"
	"midgate/adapter/prompt"
)

// KnownModel is what may be told to others of a model's name that a client sent: a name that midgate lists, or an alias
// without wildcards, as it is; any other name, which clients may have made up, as the model that it stands for.
func (c Config) KnownModel(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return ""
	}
	known := append(slices.Clone(c.Proxy.Models), adapter.DefaultListed...)
	for pattern := range c.Workflow.Aliases {
		if !strings.ContainsAny(pattern, `*?[\`) {
			known = append(known, pattern)
		}
	}
	for _, own := range known {
		if own = strings.ToLower(strings.TrimSpace(own)); own == name {
			return own
		}
	}
	return canonicalModel(name, c.Workflow.Aliases)
}

// canonicalModel is a model's name after aliases; one that nobody knows draws as midjourney.
func canonicalModel(name string, aliases map[string]string) string {
	m, err := prompt.ParseModel(name, aliases)
	text := "midjourney"
	if err == nil && m.Niji {
		text = "niji"
	}
	if m.Version != "" && m.Niji {
		text += "-" + m.Version
	} else if m.Version != "" {
		text += "-v" + m.Version
	}
	if m.Speed != "" {
		text += "-" + string(m.Speed)
	}
	return text
}
