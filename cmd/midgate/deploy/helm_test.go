package deploy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"
)

// values are a chart's values, as they are given to Helm.
type values map[string]any

// object is one of Kubernetes' objects.
type object map[string]any

// rendered is the chart as Helm would render it: Helm's templates are Go's, and the chart uses few of its functions. `make ship`
// compares it with what Helm itself makes of the same values.
func rendered(t *testing.T, release string, given values) ([]object, error) {
	t.Helper()
	chart := parsed[map[string]any](t, "cmd/midgate/deploy/chart/Chart.yaml")
	all := template.New("")
	all.Funcs(functions(all))
	files, err := filepath.Glob("chart/templates/*")
	if err != nil || len(files) < 5 {
		t.Fatalf("the chart has the templates %v (%v)", files, err)
	}
	for _, file := range files {
		template.Must(all.New(filepath.Base(file)).Parse(read(t, "cmd/midgate/deploy/"+file)))
	}
	data := map[string]any{
		"Values":  merged(parsed[values](t, "cmd/midgate/deploy/chart/values.yaml"), given),
		"Release": map[string]any{"Name": release, "Namespace": "default", "Service": "Helm"},
		"Chart":   map[string]any{"Name": chart["name"], "Version": chart["version"], "AppVersion": chart["appVersion"]},
	}
	var objects []object
	for _, file := range files {
		var text bytes.Buffer
		if err := all.ExecuteTemplate(&text, filepath.Base(file), data); err != nil {
			return nil, err
		}
		if filepath.Ext(file) == ".yaml" {
			objects = append(objects, documents(t, text.Bytes())...)
		}
	}
	return objects, nil
}

// documents reads the objects of a stream of YAML, in the order of their kinds and names.
func documents(t *testing.T, text []byte) (objects []object) {
	t.Helper()
	for dec := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var o object
		if err := dec.Decode(&o); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
	slices.SortFunc(objects, func(a, b object) int { return cmp.Compare(a.id(), b.id()) })
	return objects
}

// id is an object's kind and name.
func (o object) id() string { return fmt.Sprint(o["kind"], " ", at(o, "metadata", "name")) }

// at follows keys and indices into an object; nil if there is no such thing.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			switch m := v.(type) {
			case object:
				v = m[step]
			case map[string]any:
				v = m[step]
			default:
				return nil
			}
		case int:
			list, ok := v.([]any)
			if !ok || step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

// merged is the given values over the chart's own, as Helm lays them: mappings are merged, all else is replaced.
func merged(own, given values) values {
	out := maps.Clone(own)
	for k, v := range given {
		a, isMap := out[k].(map[string]any)
		b, too := v.(map[string]any)
		if isMap && too {
			v = map[string]any(merged(a, b))
		}
		out[k] = v
	}
	return out
}

// functions are those of Helm's functions that the chart uses.
func functions(all *template.Template) template.FuncMap {
	toYAML := func(v any) (string, error) {
		raw, err := yaml.Marshal(v)
		return strings.TrimSuffix(string(raw), "\n"), err
	}
	return template.FuncMap{
		"include": func(name string, data any) (string, error) {
			var b strings.Builder
			err := all.ExecuteTemplate(&b, name, data)
			return b.String(), err
		},
		"fail":       func(why string) (string, error) { return "", errors.New(why) },
		"toYaml":     toYAML,
		"toJson":     func(v any) (string, error) { raw, err := json.Marshal(v); return string(raw), err },
		"sha256sum":  func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) },
		"nindent":    func(n int, s string) string { return "\n" + indent(n, s) },
		"quote":      func(v any) string { return fmt.Sprintf("%q", fmt.Sprint(v)) },
		"contains":   func(part, s string) bool { return strings.Contains(s, part) },
		"replace":    func(from, to, s string) string { return strings.ReplaceAll(s, from, to) },
		"trimPrefix": func(start, s string) string { return strings.TrimPrefix(s, start) },
		"regexMatch": func(pattern, s string) bool { return regexp.MustCompile(pattern).MatchString(s) },
		"trimSuffix": func(end, s string) string { return strings.TrimSuffix(s, end) },
		"trunc":      func(n int, s string) string { return s[:min(n, len(s))] },
		"join": func(between string, list []any) string {
			return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", between), "[]")
		},
		"list":   func(list ...any) []any { return list },
		"get":    func(m map[string]any, key string) any { return m[key] },
		"hasKey": func(m map[string]any, key string) bool { _, has := m[key]; return has },
		"dict": func(pairs ...any) map[string]any {
			m := map[string]any{}
			for i := 0; i < len(pairs); i += 2 {
				m[pairs[i].(string)] = pairs[i+1]
			}
			return m
		},
		"default": func(otherwise, v any) any {
			if v == nil || reflect.ValueOf(v).IsZero() {
				return otherwise
			}
			return v
		},
		"int": func(v any) (n int, err error) { _, err = fmt.Sscan(fmt.Sprint(v), &n); return n, err },
	}
}

// indent puts n blanks before every line.
func indent(n int, s string) string {
	blanks := strings.Repeat(" ", n)
	return blanks + strings.ReplaceAll(s, "\n", "\n"+blanks)
}
