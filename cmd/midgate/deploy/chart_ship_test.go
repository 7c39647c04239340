//go:build ship

package deploy

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// templated is what Helm itself makes of the chart.
func templated(t *testing.T, v values) (text []byte, said string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "values.json")
	raw, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(file, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	cmd := exec.CommandContext(t.Context(), *helm, "template", "pictures", "chart", "-f", file)
	cmd.Stderr = &errs
	text, err = cmd.Output()
	return text, errs.String(), err
}

// checksum takes out the only part that depends on how a mapping is written.
func checksum(o object) {
	if notes, ok := at(o, "spec", "template", "metadata", "annotations").(map[string]any); ok {
		delete(notes, "checksum/settings")
	}
}

// TestShipHelmRendersTheSame: what the other tests say of the chart, they say of what Helm makes of it.
func TestShipHelmRendersTheSame(t *testing.T) {
	for name, c := range installs {
		text, said, err := templated(t, c.values)
		if err != nil {
			t.Errorf("%s: %v: %s", name, err, said)
			continue
		}
		theirs := documents(t, text)
		ours, err := rendered(t, "pictures", c.values)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range append(ours, theirs...) {
			checksum(o)
		}
		for i, o := range theirs {
			if len(ours) != len(theirs) || !reflect.DeepEqual(o, ours[i]) {
				t.Errorf("%s: Helm renders\n%v\nthe tests\n%v", name, o, ours[min(i, len(ours)-1)])
			}
		}
	}
}

func TestShipHelmSaysWhatCannotWork(t *testing.T) {
	more := maps.Clone(refused)
	more["a misspelt value"] = struct {
		values values
		says   string
	}{needed(values{"upstreamURL": "http://relay"}), "upstreamURL"}
	more["a misspelt setting"] = struct {
		values values
		says   string
	}{needed(values{"settings": map[string]any{"sped_limit": "fast"}}), "sped_limit"}
	for name, c := range more {
		if _, said, err := templated(t, c.values); err == nil || !strings.Contains(said, c.says) {
			t.Errorf("%s: %v: %s", name, err, said)
		}
	}
}

func TestShipHelmLintsTheChart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "values.json")
	raw, err := json.Marshal(several(nil))
	if err == nil {
		err = os.WriteFile(file, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	output(t, *helm, "lint", "--strict", "chart", "-f", file)
}

// TestShipChartIsValid: every field of every object is one that Kubernetes knows, with a value of its type.
func TestShipChartIsValid(t *testing.T) {
	schemas := t.TempDir()
	kinds := schemasOf(t, schemas)
	check := func(text []byte) (string, error) {
		cmd := exec.CommandContext(t.Context(), *kubeconform, "-strict", "-summary", "-skip", "ServiceMonitor", "-schema-location", schemas+"/{{.ResourceKind}}{{.KindSuffix}}.json", "-")
		cmd.Stdin = strings.NewReader(string(text))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	var last []byte
	for name, c := range installs {
		text, said, err := templated(t, c.values)
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, said)
		}
		others := strings.Count(string(text), "\nkind: ServiceMonitor\n") // of Prometheus' operator: Kubernetes' own description does not have it
		if out, err := check(text); err != nil || !strings.Contains(out, fmt.Sprintf("Invalid: 0, Errors: 0, Skipped: %d", others)) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		last = text
	}
	for from, to := range map[string]string{"readinessProbe:": "readynessProbe:", "replicas: ": "replicas: some", "terminationGracePeriodSeconds: 30": "terminationGracePeriodSeconds: soon"} {
		if out, err := check([]byte(strings.Replace(string(last), from, to, 1))); err == nil {
			t.Errorf("%s passes as valid: %s", to, out)
		}
	}
	t.Logf("%d kinds of objects known", kinds)
}

// schemasOf writes a JSON schema for each kind of object that Kubernetes' own description knows, and says how many there are.
func schemasOf(t *testing.T, dir string) (kinds int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", *kubernetes)
	cmd.Dir = dir // outside of this module
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", *kubernetes, err, out)
	}
	raw, err := os.ReadFile(filepath.Join(decoded[struct{ Dir string }](t, out).Dir, "api", "openapi-spec", "swagger.json"))
	if err != nil {
		t.Fatal(err)
	}
	definitions := decoded[struct{ Definitions map[string]map[string]any }](t, raw).Definitions
	for _, d := range definitions {
		strict(d)
	}
	// The two types that are written in more than one way.
	either := map[string]any{"type": []string{"string", "number"}}
	definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = either
	definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = either
	for name, d := range definitions {
		kind, _ := d["x-kubernetes-group-version-kind"].([]any)
		if len(kind) != 1 { // lists of options belong to every group
			continue
		}
		group, _, _ := strings.Cut(at(kind[0], "group").(string), ".")
		parts := slices.DeleteFunc([]string{at(kind[0], "kind").(string), group, at(kind[0], "version").(string)}, func(s string) bool { return s == "" })
		with := map[string]any{}
		reached(name, definitions, with)
		schema, err := json.Marshal(map[string]any{"$ref": "#/definitions/" + name, "definitions": with})
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, strings.ToLower(strings.Join(parts, "-"))+".json"), schema, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		kinds++
	}
	return kinds
}

// strict refuses fields that a type does not name.
func strict(d map[string]any) {
	if _, fields := d["properties"]; fields && d["additionalProperties"] == nil {
		d["additionalProperties"] = false
	}
}

// reached collects a definition and all that it refers to.
func reached(name string, all map[string]map[string]any, into map[string]any) {
	if into[name] != nil {
		return
	}
	into[name] = all[name]
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, inner := range v {
				if ref, is := inner.(string); key == "$ref" && is {
					reached(strings.TrimPrefix(ref, "#/definitions/"), all, into)
				}
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(map[string]any(all[name]))
}
