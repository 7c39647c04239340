package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"midgate/config"
)

// parcel is what nfpm.yaml and goreleaser's copy of it say.
type parcel struct {
	Formats     []string       `yaml:"formats"`
	Bindir      string         `yaml:"bindir"`
	Section     string         `yaml:"section"`
	Priority    string         `yaml:"priority"`
	Maintainer  string         `yaml:"maintainer"`
	Description string         `yaml:"description"`
	License     string         `yaml:"license"`
	Umask       int            `yaml:"umask"`
	Contents    []content      `yaml:"contents"`
	Scripts     map[string]any `yaml:"scripts"`
	Recommends  []string       `yaml:"recommends"`
	Overrides   map[string]struct {
		Depends      []string `yaml:"depends"`
		Dependencies []string `yaml:"dependencies"` // goreleaser's word for it
		Recommends   []string `yaml:"recommends"`
	} `yaml:"overrides"`
}

// content is one file of a package.
type content struct {
	Src      string         `yaml:"src"`
	Dst      string         `yaml:"dst"`
	Type     string         `yaml:"type"`
	Packager string         `yaml:"packager"`
	Expand   bool           `yaml:"expand"`
	Info     map[string]any `yaml:"file_info"`
}

const (
	folder   = "cmd/midgate/deploy/package/"
	settings = "/etc/midgate/midgate.yaml"
	dataDir  = "/var/lib/midgate"
)

// binary takes the line of the binary out: goreleaser adds that by itself.
func (p *parcel) binary() (bin content) {
	i := slices.IndexFunc(p.Contents, func(c content) bool { return c.Expand })
	if i >= 0 {
		bin = p.Contents[i]
		p.Contents = slices.Delete(p.Contents, i, i+1)
	}
	return bin
}

func TestGoreleaserPacksTheSame(t *testing.T) {
	ours := parsed[parcel](t, "cmd/midgate/deploy/nfpm.yaml")
	release := parsed[struct {
		Nfpms []parcel `yaml:"nfpms"`
	}](t, ".goreleaser.yaml")
	if len(release.Nfpms) != 1 {
		t.Fatalf("goreleaser makes %d kinds of packages, want one", len(release.Nfpms))
	}
	theirs := release.Nfpms[0]
	if got := filepath.Dir(ours.binary().Dst); got != theirs.Bindir {
		t.Errorf("the binary is in %s, goreleaser's in %s", got, theirs.Bindir)
	}
	if !slices.Equal(theirs.Formats, []string{"deb", "rpm", "apk"}) {
		t.Errorf("goreleaser makes %v", theirs.Formats)
	}
	theirs.Formats, theirs.Bindir = nil, ""
	for kind, o := range theirs.Overrides {
		o.Depends, o.Dependencies = o.Dependencies, nil
		theirs.Overrides[kind] = o
	}
	if !reflect.DeepEqual(ours, theirs) {
		t.Errorf("nfpm.yaml and .goreleaser.yaml differ:\n%+v\n%+v", ours, theirs)
	}
}

func TestPackagesHoldWhatIsThere(t *testing.T) {
	p := parsed[parcel](t, "cmd/midgate/deploy/nfpm.yaml")
	if bin := p.binary(); bin.Dst != "/usr/bin/midgate" || bin.Src != "bin/linux-${ARCH}/midgate" {
		t.Errorf("the binary is %+v", bin)
	}
	kept := ""
	for _, c := range p.Contents {
		if _, err := os.Stat(filepath.Join(top, c.Src)); err != nil {
			t.Errorf("%s: %v", c.Dst, err)
		}
		if strings.HasPrefix(c.Dst, dataDir) {
			t.Errorf("%s is part of the package, so that removing it would take it along", c.Dst)
		}
		if strings.HasPrefix(c.Type, "config") {
			kept += c.Dst
			if c.Info["owner"] != "root" || c.Info["group"] != "midgate" || c.Info["mode"] != uint64(0o640) {
				t.Errorf("%s is owned %v: its keys are for root and midgate alone", c.Dst, c.Info)
			}
		}
	}
	if kept != settings {
		t.Errorf("edits are kept in %q, want %s", kept, settings)
	}
	if len(p.Scripts) != 4 {
		t.Errorf("%d scripts, want 4", len(p.Scripts))
	}
	for when, script := range p.Scripts {
		text := read(t, script.(string))
		if out, err := exec.Command("sh", "-n", filepath.Join(top, script.(string))).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", when, err, out)
		}
		if regexp.MustCompile(`\brm\b|userdel|deluser`).MatchString(text) {
			t.Errorf("%s removes something: data and their owner stay", when)
		}
	}
}

// TestSettingsFileIsUnderstood: as it is installed, and with each of its examples.
func TestSettingsFileIsUnderstood(t *testing.T) {
	shipped := filepath.Join(top, folder, "midgate.yaml")
	cfg, err := config.Load(config.Source{File: shipped, NoUpstream: true})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.DataDir != dataDir || cfg.Listen != "127.0.0.1:8080" {
		t.Errorf("data in %s, listening on %s", cfg.DataDir, cfg.Listen)
	}
	if _, err := config.Load(config.Source{File: shipped}); err == nil || !strings.Contains(err.Error(), "MIDGATE_UPSTREAM_URL") {
		t.Errorf("untouched it is accepted: %v", err)
	}
	dir := t.TempDir()
	keys := filepath.Join(dir, "keys.yaml")
	if err := os.WriteFile(keys, []byte("keys: [{name: bob, hash: [\"sha256:"+strings.Repeat("0", 64)+"\"]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^#(\S| {2}\S)`).ReplaceAllString(read(t, folder+"midgate.yaml"), "$1")
	text = strings.Replace(text, "/etc/midgate/keys.yaml", keys, 1)
	edited := filepath.Join(dir, "midgate.yaml")
	if err := os.WriteFile(edited, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err = config.Load(config.Source{File: edited})
	if err != nil {
		t.Fatalf("with its examples: %v\n%s", err, text)
	}
	if cfg.KeysFile != keys || cfg.Proxy.PublicURL == "" || len(cfg.SettingsKeys) != 1 || cfg.Midjourney.Upstreams[0].Key == "" {
		t.Errorf("not all examples count:\n%s", text)
	}
}

// TestUnitRunsWhatIsInstalled: the program, its file, its user and its folder are those of the package.
func TestUnitRunsWhatIsInstalled(t *testing.T) {
	unit := read(t, folder+"midgate.service")
	for pattern, want := range map[string]string{
		`^ExecStart=(.*)`:        "/usr/bin/midgate serve --config " + settings,
		`^User=(.*)`:             "midgate",
		`^Group=(.*)`:            "midgate",
		`^StateDirectory=(.*)`:   strings.TrimPrefix(dataDir, "/var/lib/"),
		`^WorkingDirectory=(.*)`: dataDir,
	} {
		if got := only(t, unit, pattern); got != want {
			t.Errorf("%s is %q, want %q", pattern, got, want)
		}
	}
	cfg, err := config.Load(config.Source{NoUpstream: true})
	if err != nil {
		t.Fatal(err)
	}
	for file, pattern := range map[string]string{"midgate.service": `^TimeoutStopSec=(\d+)$`, "midgate.openrc": `^retry="TERM/(\d+)/`} {
		seconds, err := strconv.Atoi(only(t, read(t, folder+file), pattern))
		if err != nil || time.Duration(seconds)*time.Second <= cfg.Grace {
			t.Errorf("%s kills after %d s, within midgate's own grace of %v", file, seconds, cfg.Grace)
		}
	}
	openrc := read(t, folder+"midgate.openrc")
	if got := only(t, openrc, `^command="(.*)"`) + " " + only(t, openrc, `^command_args="(.*)"`); got != only(t, unit, `^ExecStart=(.*)`) {
		t.Errorf("OpenRC starts %s", got)
	}
	// The decoder of AVIF pictures is compiled while midgate runs, and slow where that is forbidden; a hangup ends midgate that has no file of keys.
	for _, word := range []string{"MemoryDenyWriteExecute=", "ExecReload="} {
		if regexp.MustCompile(`(?m)^` + word).MatchString(unit) {
			t.Errorf("the unit has %s", word)
		}
	}
}

// walls are the lines by which the unit keeps midgate from the machine, each with what it is there for. What a relay's
// picture makes of its decoder, or a request of midgate, gets no further than these.
var walls = map[string]struct{ value, why string }{
	"ProtectSystem":           {"strict", "the system is read-only, but for the state's folder"},
	"ProtectHome":             {"yes", "people's files are not there"},
	"PrivateTmp":              {"yes", "other programs' temporary files are not there, nor midgate's to them"},
	"PrivateDevices":          {"yes", "no disks, no cameras"},
	"PrivateUsers":            {"yes", "root in it is nobody outside"},
	"ProtectProc":             {"invisible", "other users' processes, with the keys in their environment, are not seen"},
	"ProtectClock":            {"yes", "it does not set the clock"},
	"ProtectHostname":         {"yes", "nor the machine's name"},
	"ProtectKernelLogs":       {"yes", "the kernel's log is not read"},
	"ProtectKernelModules":    {"yes", "no code gets into the kernel"},
	"ProtectKernelTunables":   {"yes", "its settings stay"},
	"ProtectControlGroups":    {"yes", "and the limits of others"},
	"NoNewPrivileges":         {"yes", "no setuid program raises it"},
	"CapabilityBoundingSet":   {"", "it needs none of root's powers: its port is above 1024"},
	"AmbientCapabilities":     {"", "and is given none"},
	"LockPersonality":         {"yes", "addresses stay random"},
	"RemoveIPC":               {"yes", "nothing of it stays in shared memory"},
	"RestrictNamespaces":      {"yes", "it makes no sandbox in which it is root"},
	"RestrictRealtime":        {"yes", "it does not starve the machine"},
	"RestrictSUIDSGID":        {"yes", "it leaves no file behind that runs as somebody else"},
	"RestrictAddressFamilies": {"AF_INET AF_INET6 AF_UNIX AF_NETLINK", "the network, the log, and the list of its own addresses"},
	"SystemCallArchitectures": {"native", "no way round the filter by 32-bit calls"},
	"SystemCallFilter":        {"@system-service; ~@privileged @resources", "what a server calls, without what only root does"},
	"SystemCallErrorNumber":   {"EPERM", "a call that is not allowed fails, where it would kill a process with paid jobs"},
	"UMask":                   {"0077", "pictures and state are its own"},
	"StateDirectoryMode":      {"0750", "and so is their folder"},
}

// known are the names that systemd has for lines of each section, of those that the unit has beside walls.
var known = map[string][]string{
	"Unit": {"Description", "After", "Wants"},
	"Service": {"Type", "User", "Group", "ExecStart", "EnvironmentFile", "WorkingDirectory", "StateDirectory", "Restart", "RestartSec",
		"TimeoutStopSec", "LimitNOFILE"},
	"Install": {"WantedBy"},
}

// TestUnitKeepsEveryWall: each is there with its value, none is missing, and there is no line that systemd would not
// understand: it passes those over, as if they were not there.
func TestUnitKeepsEveryWall(t *testing.T) {
	got, section := map[string]string{}, ""
	for line := range strings.SplitSeq(read(t, folder+"midgate.service"), "\n") {
		name, value, is := strings.Cut(line, "=")
		wall := section == "Service" && walls[name].why != ""
		switch {
		case line == "", strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			if section = strings.Trim(line, "[]"); known[section] == nil || line != "["+section+"]" {
				t.Errorf("%s is no section of a unit", line)
			}
		case !is || !wall && !slices.Contains(known[section], name):
			t.Errorf("systemd knows no %q in [%s], or the table of this test does not", line, section)
		case !wall:
		case got[name] != "":
			got[name] += "; " + value
		default:
			got[name] = value
		}
	}
	for name, want := range walls {
		if value, there := got[name]; !there || value != want.value {
			t.Errorf("%s is %q (there: %v), want %q: %s", name, value, there, want.value, want.why)
		}
	}
}
