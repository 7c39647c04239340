package main

import (
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"midgate/config"
)

// loaded is the configuration of an untouched environment.
func loaded(t *testing.T) config.Config {
	t.Helper()
	cfg, err := config.Load(config.Source{NoUpstream: true})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestComposeFileRunsMidgate(t *testing.T) {
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  t.TempDir(),
		ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Content: []byte(root(t, "compose.yaml"))}},
		Environment: types.Mapping{"MIDGATE_UPSTREAM_URL": "http://relay", "MIDGATE_UPSTREAM_KEY": "k", "MIDGATE_API_KEYS": "a:b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	service, err := project.GetService("midgate")
	if err != nil {
		t.Fatal(err)
	}
	var environ []string
	for name, value := range service.Environment {
		if value != nil {
			environ = append(environ, name+"="+*value)
		}
	}
	cfg, err := config.Load(config.Source{Environ: environ})
	if err != nil {
		t.Fatalf("midgate refuses the settings of compose.yaml: %v", err)
	}
	if got := time.Duration(*service.StopGracePeriod); got <= cfg.Grace {
		t.Errorf("the container is killed after %v, within midgate's own grace of %v", got, cfg.Grace)
	}
	if service.Ports[0].Target != 8080 || service.Volumes[0].Target != "/data" || !service.ReadOnly {
		t.Errorf("ports %v, volumes %v, read-only %v; want 8080, /data and true", service.Ports, service.Volumes, service.ReadOnly)
	}
}
