package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

// file is a YAML file's content: settings as text, in the form that their variables have, and the list of upstreams.
type file struct {
	name      string // as messages show it
	values    map[string]string
	upstreams []any
}

// readFile reads a YAML file. Lists become values with commas, mappings name=value pairs.
func readFile(path string, mistakes *Mistakes) file {
	f := file{name: filepath.Base(path), values: map[string]string{}}
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		mistakes.add("the configuration file %q %v", path, unreadable(err))
		return f
	}
	var root any
	if err := yaml.UnmarshalWithOptions(raw, &root, yaml.UseOrderedMap()); err != nil {
		// The library would quote the lines around the mistake, secrets included.
		mistakes.add("%s is no YAML: %s", f.name, strings.TrimSpace(yaml.FormatError(err, false, false)))
		return f
	}
	settings, ok := root.(yaml.MapSlice)
	if !ok && root != nil {
		mistakes.add("%s holds no settings; allowed: lines such as upstream_url: https://api.cometapi.com", f.name)
	}
	for _, s := range settings {
		f.take(fmt.Sprint(s.Key), s.Value, mistakes)
	}
	return f
}

// take keeps one top-level key.
func (f *file) take(k string, v any, mistakes *Mistakes) {
	if k == "upstreams" {
		list, ok := v.([]any)
		if !ok {
			mistakes.add("upstreams in %s is no list; allowed: items with name, url and key", f.name)
		}
		f.upstreams = list
		return
	}
	pair := "="
	if k == "api_keys" {
		pair = ":"
	}
	text, err := flat(v, pair)
	if err != nil {
		mistakes.add("%s in %s %v", k, f.name, err)
		return
	}
	f.values[k] = strings.TrimSpace(text)
}

// flat writes a YAML value the way its variable would be written.
func flat(v any, pair string) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool, int64, uint64, float64:
		return fmt.Sprint(v), nil
	case []any:
		parts := make([]string, 0, len(v))
		for _, e := range v {
			p, err := flat(e, pair)
			if err != nil {
				return "", err
			}
			parts = append(parts, p)
		}
		return strings.Join(parts, ","), nil
	case yaml.MapSlice:
		parts := make([]string, 0, len(v))
		for _, e := range v {
			p, err := flat(e.Value, pair)
			if err != nil {
				return "", err
			}
			parts = append(parts, fmt.Sprint(e.Key)+pair+p)
		}
		return strings.Join(parts, ","), nil
	default:
		return "", fmt.Errorf("is a %T; allowed: a text, a number, a list or a mapping", v)
	}
}
