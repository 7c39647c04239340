package deploy

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"midgate/config"
)

// needed are the values without which nothing is installed, and more.
func needed(more values) values {
	return merged(values{"image": map[string]any{"repository": "registry.example.com/midgate"}, "upstreamUrl": "http://relay", "upstreamKey": "k", "apiKeys": "alice:a-long-word"}, more)
}

// several are the values of two replicas.
func several(more values) values {
	return needed(merged(values{
		"replicas": 2, "databaseUrl": "postgres://midgate@db/midgate", "picturesUrl": "s3://pictures?region=eu-central-1", "secret": strings.Repeat("ab", 32),
		"persistence": map[string]any{"enabled": false},
	}, more))
}

// installs are values of all sorts, each with what midgate makes of them.
var installs = map[string]struct {
	values values
	holds  func(config.Config) bool
}{
	"the least": {needed(nil), func(c config.Config) bool {
		return c.Midjourney.Upstreams[0].Key == "k" && len(c.SettingsKeys) == 1 && c.State.URL == "" && c.KeysFile == ""
	}},
	"settings of each form": {
		needed(values{"publicUrl": "https://pictures.example.com", "settings": map[string]any{
			"speed_limit": "fast", "max_pixels": 50000000, "retention": 0, "fetch_allow": []any{"10.0.0.0/8", "pictures.local"}, "model_aliases": map[string]any{"flux-*": "midjourney"},
		}}),
		func(c config.Config) bool {
			return c.Workflow.SpeedLimit == "fast" && c.Pictures.MaxPixels == 50000000 && c.Jobs.Retention == 0 && len(c.Proxy.FetchAllow) == 2 && c.Proxy.PublicURL != ""
		},
	},
	"keys with budgets": {
		needed(values{"apiKeys": "", "keysFile": map[string]any{
			"prices": map[string]any{"default": map[string]any{"generation": map[string]any{"relax": 0.015}}},
			"keys":   []any{map[string]any{"name": "bob", "hash": []any{"sha256:" + strings.Repeat("0", 64)}, "speed": "relax", "budget": map[string]any{"day": map[string]any{"jobs": 40}}}},
		}}),
		func(c config.Config) bool {
			return len(c.Proxy.Keys) == 1 && c.Proxy.Keys[0].Name == "bob" && c.Spend != nil
		},
	},
	"a Secret of theirs": {
		needed(values{"upstreamKey": "", "apiKeys": "", "existingSecret": "mine"}),
		func(c config.Config) bool {
			return c.Midjourney.Upstreams[0].Key == "their-upstreamKey" && len(c.SettingsKeys) == 1
		},
	},
	"both Secrets": {
		needed(values{"apiKeys": "", "existingSecret": "mine", "existingSecretKeys": []any{"apiKeys"}}),
		func(c config.Config) bool { return c.Midjourney.Upstreams[0].Key == "k" && len(c.SettingsKeys) == 1 },
	},
	"two upstreams": {
		needed(values{"upstreamUrl": "", "upstreamKey": "", "existingSecret": "mine", "existingSecretKeys": []any{"one"}, "settings": map[string]any{"upstreams": []any{
			map[string]any{"name": "one", "url": "http://one", "key_file": "/run/secrets/midgate/one"}, map[string]any{"name": "two", "url": "http://two", "key": "k"},
		}}}),
		func(c config.Config) bool {
			return len(c.Midjourney.Upstreams) == 2 && c.Midjourney.Upstreams[0].Key == "their-one"
		},
	},
	"replicas": {several(nil), func(c config.Config) bool {
		return c.State.URL == "postgres://midgate@db/midgate" && strings.HasPrefix(c.Pictures.URL, "s3://")
	}},
	"replicas with a Secret of theirs": {
		several(values{"databaseUrl": "", "secret": "", "existingSecret": "mine", "existingSecretKeys": []any{"databaseUrl", "secret"}}),
		func(c config.Config) bool { return c.State.URL == "postgres://their@db/databaseUrl" },
	},
	"metrics on another port": {
		needed(values{"settings": map[string]any{"metrics_listen": ":9100"}, "serviceMonitor": map[string]any{"enabled": true, "interval": "15s", "labels": map[string]any{"release": "prometheus"}}}),
		func(c config.Config) bool { return c.Metrics == ":9100" },
	},
	"metrics on the API's port": {
		needed(values{"settings": map[string]any{"metrics_listen": ""}, "serviceMonitor": map[string]any{"enabled": true}}),
		func(c config.Config) bool { return c.Metrics == "" },
	},
	"everything else": {
		needed(values{
			"image":            map[string]any{"tag": "v1.2.3", "pullPolicy": "Always"},
			"imagePullSecrets": []any{map[string]any{"name": "registry"}},
			"env":              []any{map[string]any{"name": "AWS_REGION", "value": "eu-central-1"}},
			"envFrom":          []any{map[string]any{"secretRef": map[string]any{"name": "bucket"}}},
			"persistence":      map[string]any{"storageClass": "fast", "size": "5Gi"},
			"service":          map[string]any{"type": "LoadBalancer", "annotations": map[string]any{"a": "b"}},
			"ingress":          map[string]any{"enabled": true, "host": "pictures.example.com", "className": "nginx", "tlsSecret": "tls", "annotations": map[string]any{"a/b": "200m"}},
			"podAnnotations":   map[string]any{"prometheus.io/scrape": "true"},
			"nodeSelector":     map[string]any{"kubernetes.io/arch": "arm64"},
			"tolerations":      []any{map[string]any{"key": "a", "operator": "Exists"}},
			"affinity":         map[string]any{"nodeAffinity": map[string]any{}},
		}),
		func(c config.Config) bool { return c.Proxy.Auth == "keys" },
	},
}

// refused are values that cannot work, with what is said of them.
var refused = map[string]struct {
	values values
	says   string
}{
	"no image":                    {values{"upstreamUrl": "http://relay"}, "image.repository is missing"},
	"no upstream":                 {needed(values{"upstreamUrl": ""}), "upstreamUrl is missing"},
	"replicas on a file":          {several(values{"databaseUrl": ""}), "databaseUrl is missing"},
	"replicas without a bucket":   {several(values{"picturesUrl": ""}), "picturesUrl is missing"},
	"replicas without a secret":   {several(values{"secret": ""}), "secret is missing"},
	"a database they do not name": {several(values{"databaseUrl": "", "existingSecret": "mine"}), "databaseUrl is missing"},
	"a name without its Secret":   {several(values{"secret": "", "existingSecretKeys": []any{"secret"}}), "secret is missing"},
	"a key among the settings":    {needed(values{"settings": map[string]any{"api_keys": "alice:word"}}), "set apiKeys"},
	"another folder":              {needed(values{"settings": map[string]any{"data_dir": "/tmp"}}), "settings.data_dir is the chart's own"},
	"upstreams beside one":        {needed(values{"settings": map[string]any{"upstreams": []any{map[string]any{"url": "http://one"}}}}), "beside upstreamUrl"},
	"metrics for one machine":     {needed(values{"settings": map[string]any{"metrics_listen": "127.0.0.1:9090"}}), "settings.metrics_listen is 127.0.0.1:9090"},
	"metrics where the API is":    {needed(values{"settings": map[string]any{"metrics_listen": ":8080"}}), "other than the API's"},
	"an ingress to nowhere":       {needed(values{"ingress": map[string]any{"enabled": true}}), "ingress.host is missing"},
}

func TestChartSaysWhatCannotWork(t *testing.T) {
	for name, c := range refused {
		if _, err := rendered(t, "midgate", c.values); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.says)
		}
	}
}

// TestMidgateTakesWhatTheChartTells: what a pod would see is a configuration that midgate accepts, and the one that was meant.
func TestMidgateTakesWhatTheChartTells(t *testing.T) {
	for name, c := range installs {
		t.Run(name, func(t *testing.T) {
			objects, err := rendered(t, "pictures", c.values)
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := config.Load(config.Source{Environ: podEnviron(t, objects)})
			if err != nil {
				t.Fatal(err)
			}
			if !c.holds(cfg) {
				t.Errorf("midgate understands %+v", cfg)
			}
			set := find(t, objects, "StatefulSet")
			pod := at(set, "spec", "template", "spec")
			if grace := time.Duration(number(t, at(pod, "terminationGracePeriodSeconds"))) * time.Second; grace <= cfg.Grace {
				t.Errorf("a pod is killed after %v, within midgate's own grace of %v", grace, cfg.Grace)
			}
			container := at(pod, "containers", 0)
			for probe, path := range map[string]string{"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"} {
				if at(container, probe, "httpGet", "path") != path || at(container, probe, "httpGet", "port") != at(container, "ports", 0, "name") {
					t.Errorf("%s asks %v", probe, at(container, probe))
				}
			}
			if port := number(t, at(container, "ports", 0, "containerPort")); !strings.HasSuffix(cfg.Listen, ":8080") || port != 8080 || cfg.DataDir != "/data" {
				t.Errorf("the port is %d, midgate listens on %s and keeps its data in %s", port, cfg.Listen, cfg.DataDir)
			}
			if !reflect.DeepEqual(at(set, "spec", "selector", "matchLabels"), at(set, "spec", "template", "metadata", "labels")) ||
				!reflect.DeepEqual(at(set, "spec", "selector", "matchLabels"), at(named(t, objects, "Service", at(set, "metadata", "name")), "spec", "selector")) {
				t.Error("the service, the set and its pods do not have the same labels")
			}
			// A Service named midgate would put MIDGATE_PORT and the like into the environment, which midgate refuses as misspelt settings.
			if at(pod, "enableServiceLinks") != false {
				t.Error("pods get the variables of services")
			}
			kept := at(set, "spec", "volumeClaimTemplates", 0) != nil
			if lost := slices.ContainsFunc(at(pod, "volumes").([]any), func(v any) bool { return at(v, "emptyDir") != nil }); kept == lost {
				t.Errorf("a volume: %v, an empty folder: %v; want one of them", kept, lost)
			}
			if (cfg.State.URL == "") != kept {
				t.Errorf("state in %q and a volume: %v", cfg.State.URL, kept)
			}
		})
	}
}

// TestChartKeepsMetricsWithinTheCluster: they name keys and what those spent, so what is public does not lead to them, and
// whoever scrapes finds them where midgate listens.
func TestChartKeepsMetricsWithinTheCluster(t *testing.T) {
	public := values{"service": map[string]any{"type": "LoadBalancer"}, "ingress": map[string]any{"enabled": true, "host": "pictures.example.com"}}
	for name, c := range map[string]struct {
		values values
		want   int // port; 0: on the API's
	}{
		"as it is installed": {nil, 9090},
		"on another port":    {values{"settings": map[string]any{"metrics_listen": ":19100"}}, 19100},
		"given away":         {values{"settings": map[string]any{"metrics_listen": ""}}, 0},
	} {
		given := needed(merged(public, c.values))
		objects, err := rendered(t, "pictures", given)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(objects, func(o object) bool { return o["kind"] == "ServiceMonitor" }) {
			t.Errorf("%s: there is a ServiceMonitor, which clusters without Prometheus' operator refuse", name)
		}
		given["serviceMonitor"] = map[string]any{"enabled": true}
		if objects, err = rendered(t, "pictures", given); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(config.Source{Environ: podEnviron(t, objects)})
		if err != nil {
			t.Fatal(err)
		}
		ports := map[string]int{}
		set := find(t, objects, "StatefulSet")
		for _, p := range at(set, "spec", "template", "spec", "containers", 0, "ports").([]any) {
			ports[at(p, "name").(string)] = number(t, at(p, "containerPort"))
		}
		want, listen := map[string]int{"http": 8080}, ""
		if c.want > 0 {
			want["metrics"], listen = c.want, fmt.Sprintf(":%d", c.want)
		}
		if !maps.Equal(ports, want) || cfg.Metrics != listen || cfg.Proxy.MetricsApart != (c.want > 0) {
			t.Errorf("%s: midgate listens on %q, its container has the ports %v, want %v", name, cfg.Metrics, ports, want)
		}
		backend := at(find(t, objects, "Ingress"), "spec", "rules", 0, "http", "paths", 0, "backend", "service")
		face := named(t, objects, "Service", at(backend, "name"))
		if list := at(face, "spec", "ports").([]any); len(list) != 1 || at(list[0], "targetPort") != "http" || at(list[0], "name") != at(backend, "port", "name") {
			t.Errorf("%s: the public Service leads to %v", name, list)
		}
		scraped := scrapedBy(t, find(t, objects, "ServiceMonitor"), objects)
		port := at(scraped, "spec", "ports", 0)
		switch {
		case c.want == 0:
			if scraped.id() != face.id() {
				t.Errorf("%s: %s is scraped", name, scraped.id())
			}
		case at(scraped, "spec", "type") != "ClusterIP" || number(t, at(port, "port")) != c.want || at(port, "targetPort") != "metrics" ||
			!reflect.DeepEqual(at(scraped, "spec", "selector"), at(face, "spec", "selector")):
			t.Errorf("%s: the metrics' Service is %v", name, scraped)
		}
	}
	if shown := only(t, read(t, "cmd/midgate/deploy/chart/values.yaml"), `prometheus\.io/port: "(\d+)"`); shown != "9090" {
		t.Errorf("the annotation in values.yaml leads to port %s", shown)
	}
}

// scrapedBy is the only Service that a monitor chooses, which has the port that it names.
func scrapedBy(t *testing.T, monitor object, objects []object) (chosen object) {
	t.Helper()
	for _, o := range objects {
		labels, _ := at(o, "metadata", "labels").(map[string]any)
		fits := o["kind"] == "Service"
		for name, v := range at(monitor, "spec", "selector", "matchLabels").(map[string]any) {
			fits = fits && labels[name] == v
		}
		switch endpoint := at(monitor, "spec", "endpoints", 0); {
		case !fits:
		case chosen != nil || at(endpoint, "port") != at(o, "spec", "ports", 0, "name") || at(endpoint, "path") != "/metrics":
			t.Errorf("the monitor asks %v of %v and %v", endpoint, chosen, o)
		default:
			chosen = o
		}
	}
	if chosen == nil {
		t.Fatalf("%v chooses no Service", monitor)
	}
	return chosen
}

// podEnviron is the environment of midgate in a pod; the files that it names are laid out as their mounts would show them.
func podEnviron(t *testing.T, objects []object) (environ []string) {
	t.Helper()
	root := t.TempDir()
	pod := at(find(t, objects, "StatefulSet"), "spec", "template", "spec")
	mounts := map[string]string{}
	for _, m := range at(pod, "containers", 0, "volumeMounts").([]any) {
		mounts[at(m, "name").(string)] = at(m, "mountPath").(string)
	}
	write := func(volume, file, text string) {
		path := filepath.Join(root, mounts[volume], file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range at(pod, "volumes").([]any) {
		name := at(v, "name").(string)
		if mounts[name] == "" {
			t.Errorf("the volume %s is mounted nowhere", name)
		}
		if from := at(v, "configMap", "name"); from != nil {
			for file, text := range at(named(t, objects, "ConfigMap", from), "data").(map[string]any) {
				for _, path := range mounts { // as the pod's own paths, below this root
					text = strings.ReplaceAll(text.(string), " "+path+"/", " "+root+path+"/")
				}
				write(name, file, text.(string))
			}
		}
		sources, _ := at(v, "projected", "sources").([]any)
		for _, s := range sources {
			if items, theirs := at(s, "secret", "items").([]any); theirs {
				for _, item := range items {
					write(name, at(item, "path").(string), theirSecret(at(item, "key").(string)))
				}
				continue
			}
			for file, text := range at(named(t, objects, "Secret", at(s, "secret", "name")), "stringData").(map[string]any) {
				write(name, file, text.(string))
			}
		}
	}
	for _, e := range at(pod, "containers", 0, "env").([]any) {
		value := at(e, "value").(string)
		for _, path := range mounts {
			if strings.HasPrefix(value, path+"/") {
				value = filepath.Join(root, value)
			}
		}
		environ = append(environ, at(e, "name").(string)+"="+value)
	}
	return environ
}

// theirSecret is what somebody's own Secret holds.
func theirSecret(key string) string {
	switch key {
	case "databaseUrl":
		return "postgres://their@db/databaseUrl"
	case "secret":
		return strings.Repeat("cd", 32)
	case "apiKeys":
		return "carol:another-long-word"
	default:
		return "their-" + key
	}
}

// find returns the only object of a kind.
func find(t *testing.T, objects []object, kind string) object {
	t.Helper()
	var found []object
	for _, o := range objects {
		if o["kind"] == kind {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		t.Fatalf("there are %d of %s, want one", len(found), kind)
	}
	return found[0]
}

// named returns an object by its kind and name.
func named(t *testing.T, objects []object, kind string, name any) object {
	t.Helper()
	for _, o := range objects {
		if o["kind"] == kind && at(o, "metadata", "name") == name {
			return o
		}
	}
	t.Fatalf("there is no %s %v", kind, name)
	return nil
}

// number reads a whole number, whatever type it was read as.
func number(t *testing.T, v any) (n int) {
	t.Helper()
	if raw, err := json.Marshal(v); err != nil || json.Unmarshal(raw, &n) != nil {
		t.Fatalf("%v is no number", v)
	}
	return n
}

// TestChartsSchemaKnowsTheSettings: a misspelt value is refused by Helm, where it would otherwise mean nothing.
func TestChartsSchemaKnowsTheSettings(t *testing.T) {
	var schema struct {
		Properties map[string]struct {
			Properties map[string]any
		}
	}
	if err := json.Unmarshal([]byte(read(t, "cmd/midgate/deploy/chart/values.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	own := parsed[values](t, "cmd/midgate/deploy/chart/values.yaml")
	if got, want := slices.Sorted(maps.Keys(schema.Properties)), slices.Sorted(maps.Keys(merged(own, values{"global": nil}))); !slices.Equal(got, want) {
		t.Errorf("the schema knows the values\n%v, want\n%v", got, want)
	}
	want := []string{"upstreams"}
	for _, s := range config.Settings {
		want = append(want, s.Key())
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(schema.Properties["settings"].Properties)); !slices.Equal(got, want) {
		t.Errorf("the schema knows the settings\n%v, want\n%v", got, want)
	}
}

// TestChartsExamplesAreSettings: what values.yaml shows in comments can be written so.
func TestChartsExamplesAreSettings(t *testing.T) {
	_, examples, found := strings.Cut(read(t, "cmd/midgate/deploy/chart/values.yaml"), "\nsettings:\n")
	if !found {
		t.Fatal("values.yaml has no settings")
	}
	examples, _, _ = strings.Cut(examples, "\n\n")
	var settings map[string]any
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(examples, "\n#", "\n")), &settings); err != nil || len(settings) < 3 {
		t.Fatalf("the examples are %v (%v)", settings, err)
	}
	objects, err := rendered(t, "midgate", needed(values{"settings": settings}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(config.Source{Environ: podEnviron(t, objects)}); err != nil {
		t.Error(err)
	}
}
