package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"midgate/adapter/nearest"
)

const prefix = "MIDGATE_"

// input is what was given, before anything is understood.
type input struct {
	env      map[string]string // variables with our prefix and a value
	file     file
	guessed  map[string]bool // settings that an unknown name was probably meant for
	port     string          // ":" and the port of the platform, where it gives one and MIDGATE_LISTEN is not set
	mistakes Mistakes
}

// read collects the environment and the file and reports names that nobody knows.
func read(src Source) *input {
	in := &input{env: map[string]string{}, guessed: map[string]bool{}}
	for _, e := range src.Environ {
		name, v, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		delete(in.env, name)
		if v = strings.TrimSpace(v); v != "" {
			in.env[name] = v
		}
	}
	in.platformPort(src.Environ)
	path := src.File
	if path == "" {
		path = in.env[prefix+"CONFIG"]
	}
	if path != "" {
		in.file = readFile(path, &in.mistakes)
	}
	in.unknown()
	in.secretFiles()
	return in
}

// platformPort takes the port that a hosting platform (Railway, Render, Heroku and the like) gives in PORT. Whoever sets
// MIDGATE_LISTEN, in the environment or the file, decides by that.
func (in *input) platformPort(environ []string) {
	port := ""
	for _, e := range environ {
		if v, ok := strings.CutPrefix(e, "PORT="); ok {
			port = strings.TrimSpace(v)
		}
	}
	if port == "" || in.env["MIDGATE_LISTEN"] != "" {
		return
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		in.mistakes.add("PORT is %q, which is no port; allowed: a number from 1 to 65535, or set MIDGATE_LISTEN", shorten(port))
		in.guessed["MIDGATE_LISTEN"] = true
		return
	}
	in.port = ":" + port
}

// value returns a setting's value and the name under which it was given; empty if it was not.
func (in *input) value(s Setting) (raw, where string) {
	if v := in.env[s.Name]; v != "" {
		return v, s.Name
	}
	if v := in.file.values[s.Key()]; v == "" && s.Name == "MIDGATE_LISTEN" {
		return in.port, "PORT"
	}
	return in.file.values[s.Key()], s.Key() + " in " + in.file.name
}

// bad reports whether a setting was given with a value that does not fit: what depends on it is then not judged.
func (in *input) bad(name string) bool {
	if in.guessed[name] {
		return true
	}
	for _, m := range in.mistakes {
		if strings.HasPrefix(m, name) || strings.HasPrefix(m, key(name)) {
			return true
		}
	}
	return false
}

// replaced says which setting does by now what one of earlier versions did, by their keys.
var replaced = map[string]string{"nats_url": "database_url", "nats_url_file": "database_url_file"}

// unknown reports names that are none of ours, each with the nearest that is.
func (in *input) unknown() {
	var names, keys []string
	for _, s := range Settings {
		names, keys = append(names, s.Name), append(keys, s.Key())
		if s.Secret {
			names, keys = append(names, s.Name+"_FILE"), append(keys, s.Key()+"_file")
		}
	}
	for _, name := range sorted(in.env) {
		near, known := nearest.Of(name, append(names, prefix+"CONFIG", prefix+"KEY"))
		if now := replaced[strings.ToLower(strings.TrimPrefix(name, prefix))]; now != "" {
			near = prefix + strings.ToUpper(now)
		}
		if !known {
			in.guessed[strings.TrimSuffix(near, "_FILE")] = true
			in.mistakes.add("%s is no setting; did you mean %s?", name, near)
		}
	}
	for _, k := range sorted(in.file.values) {
		near, known := nearest.Of(k, append(keys, "upstreams"))
		if now := replaced[k]; now != "" {
			near = now
		}
		if !known {
			in.guessed[prefix+strings.ToUpper(strings.TrimSuffix(near, "_file"))] = true
			in.mistakes.add("%s in %s is no setting; did you mean %s?", k, in.file.name, near)
		}
	}
}

// secretFiles replaces NAME_FILE by what the file holds.
func (in *input) secretFiles() {
	for _, s := range Settings {
		if !s.Secret {
			continue
		}
		in.secretFile(in.env, s.Name, s.Name+"_FILE", "")
		in.secretFile(in.file.values, s.Key(), s.Key()+"_file", " in "+in.file.name)
	}
}

func (in *input) secretFile(values map[string]string, name, fileName, where string) {
	path := values[fileName]
	if path == "" {
		return
	}
	if values[name] != "" {
		in.mistakes.add("%s%s is given beside %s; set one of them", fileName, where, name)
		return
	}
	v, err := readSecret(path)
	if err != nil {
		in.mistakes.add("%s%s is %q, which %v; allowed: a file with the value", fileName, where, shorten(path), err)
		in.guessed[prefix+strings.ToUpper(strings.TrimPrefix(name, prefix))] = true
		return
	}
	values[name] = v
}

// readSecret reads a file that holds one value.
func readSecret(path string) (string, error) {
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return "", unreadable(err)
	}
	v := strings.TrimSpace(string(raw))
	if v == "" {
		return "", errors.New("is empty")
	}
	return v, nil
}

// unreadable says in a few words why a file cannot be read.
func unreadable(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("does not exist")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("may not be read by this user")
	default:
		return fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
