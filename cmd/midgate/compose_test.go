package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/goccy/go-yaml"

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

// composed is compose.yaml with some profiles, in an environment of somebody who read its first lines.
func composed(t *testing.T, profiles ...string) *types.Project {
	t.Helper()
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  t.TempDir(),
		ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Content: []byte(root(t, "compose.yaml"))}},
		Environment: types.Mapping{
			"MIDGATE_UPSTREAM_URL": "http://relay", "MIDGATE_UPSTREAM_KEY": "k", "MIDGATE_API_KEYS": "chat:word", "CHAT_KEY": "word",
		},
	}, loader.WithProfiles(profiles))
	if err != nil {
		t.Fatal(err)
	}
	return project
}

// environ is the environment of a service, as os.Environ would show it.
func environ(t *testing.T, project *types.Project, name string) []string {
	t.Helper()
	service, err := project.GetService(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for name, value := range service.Environment {
		if value != nil {
			out = append(out, name+"="+*value)
		}
	}
	return out
}

func TestComposeFileRunsMidgate(t *testing.T) {
	project := composed(t)
	if got := project.ServiceNames(); !slices.Equal(got, []string{"midgate"}) {
		t.Errorf("without a profile %v are started, want midgate alone", got)
	}
	service, err := project.GetService("midgate")
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Source{Environ: environ(t, project, "midgate")})
	if err != nil {
		t.Fatalf("midgate refuses the settings of compose.yaml: %v", err)
	}
	if got := time.Duration(*service.StopGracePeriod); got <= cfg.Grace {
		t.Errorf("the container is killed after %v, within midgate's own grace of %v", got, cfg.Grace)
	}
	if service.Ports[0].Target != 8080 || service.Volumes[0].Target != "/data" || !service.ReadOnly {
		t.Errorf("ports %v, volumes %v, read-only %v; want 8080, /data and true", service.Ports, service.Volumes, service.ReadOnly)
	}
	if got := cfg.Proxy.PublicURL; got != "http://localhost:8080" {
		t.Errorf("pictures are handed out as %q, which browsers on this machine do not find", got)
	}
}

// TestProfilesAreConnected looks at what the chat programs are told of midgate.
func TestProfilesAreConnected(t *testing.T) {
	for profile, tt := range map[string]struct {
		services []string
		told     []string
	}{
		"openwebui": {[]string{"midgate", "openwebui"}, []string{
			"OPENAI_API_BASE_URL=http://midgate:8080/v1", "OPENAI_API_KEY=word",
			"IMAGE_GENERATION_ENGINE=openai", "IMAGES_OPENAI_API_BASE_URL=http://midgate:8080/v1", "IMAGES_OPENAI_API_KEY=word",
			"IMAGE_EDIT_ENGINE=openai", "IMAGES_EDIT_OPENAI_API_BASE_URL=http://midgate:8080/v1", "IMAGES_EDIT_OPENAI_API_KEY=word",
		}},
		"librechat": {[]string{"librechat", "midgate", "mongodb"}, []string{
			"IMAGE_GEN_OAI_BASEURL=http://midgate:8080/v1", "IMAGE_GEN_OAI_API_KEY=word", "MIDJOURNEY_KEY=word",
		}},
		"simulator": {[]string{"midgate", "simulator"}, nil},
	} {
		t.Run(profile, func(t *testing.T) {
			project := composed(t, profile)
			names := project.ServiceNames()
			slices.Sort(names)
			if !slices.Equal(names, tt.services) {
				t.Errorf("the profile starts %v, want %v", names, tt.services)
			}
			if _, err := config.Load(config.Source{Environ: environ(t, project, "midgate")}); err != nil {
				t.Errorf("midgate refuses its settings: %v", err)
			}
			told := environ(t, project, profile)
			for _, want := range tt.told {
				if !slices.Contains(told, want) {
					t.Errorf("%s is not told %s", profile, want)
				}
			}
			for _, setting := range told {
				if strings.HasPrefix(setting, "MIDGATE_") {
					t.Errorf("%s is told %s, a setting of midgate's", profile, setting)
				}
			}
		})
	}
}

// TestReplicasShareWhatTheyMust: both have the same settings, and these are what several processes need.
func TestReplicasShareWhatTheyMust(t *testing.T) {
	project := composed(t, "replicas")
	one, two := environ(t, project, "replica1"), environ(t, project, "replica2")
	slices.Sort(one)
	slices.Sort(two)
	if !slices.Equal(one, two) {
		t.Errorf("the replicas differ: %v and %v", one, two)
	}
	cfg, err := config.Load(config.Source{Environ: append(one, "MIDGATE_SECRET="+strings.Repeat("ab", 32))})
	if err != nil {
		t.Fatalf("midgate refuses the settings of the replicas: %v", err)
	}
	if cfg.State.URL == "" || !strings.HasPrefix(cfg.Pictures.URL, "s3://") {
		t.Errorf("state at %q and pictures at %q, want a database and a bucket", cfg.State.URL, cfg.Pictures.URL)
	}
	conf := project.Configs["front"].Content
	for _, name := range []string{"replica1", "replica2", "database", "bucket", "bucket-made", "front"} {
		if _, err := project.GetService(name); err != nil {
			t.Errorf("the profile lacks %s", name)
		}
		if strings.HasPrefix(name, "replica") && !strings.Contains(conf, "server "+name+":8080") {
			t.Errorf("nginx does not know %s", name)
		}
	}
}

func TestLibreChatsFileNamesMidgate(t *testing.T) {
	var file struct {
		Endpoints struct {
			Custom []struct {
				Name    string
				APIKey  string `yaml:"apiKey"`
				BaseURL string `yaml:"baseURL"`
				Models  struct{ Default []string }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(composed(t, "librechat").Configs["librechat"].Content), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Endpoints.Custom) != 1 {
		t.Fatalf("LibreChat has the endpoints %v, want one", file.Endpoints.Custom)
	}
	e := file.Endpoints.Custom[0]
	if e.APIKey != "${MIDJOURNEY_KEY}" || e.BaseURL != "http://midgate:8080/v1" || !slices.Equal(e.Models.Default, []string{"midjourney"}) {
		t.Errorf("LibreChat's endpoint is %+v, want midgate with the key of its environment", e)
	}
}

func TestTheSimulatorsProfileIsACommandOfOurs(t *testing.T) {
	service, err := composed(t, "simulator").GetService("simulator")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(commands(), func(c command) bool { return c.name == service.Command[0] }) {
		t.Errorf("the simulator runs %v, which is no command", service.Command)
	}
}
