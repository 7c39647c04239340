//go:build ship

package deploy

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// parcels are the packages of one kind.
func parcels(t *testing.T, kind string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(*bin, "packages", "*."+kind))
	if err != nil || len(found) != 2 {
		t.Fatalf("the packages of this kind are %v, want one for amd64 and one for arm64", found)
	}
	return found
}

// ours is the package of one kind for this machine, brought into the machine's /tmp.
func ours(t *testing.T, m machine, kind string) string {
	t.Helper()
	other := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	for _, file := range parcels(t, kind) {
		if strings.Contains(file, runtime.GOARCH) || strings.Contains(file, other) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m.write(t, "/tmp/midgate."+kind, string(raw))
			return "/tmp/midgate." + kind
		}
	}
	t.Fatalf("there is no .%s for %s", kind, runtime.GOARCH)
	return ""
}

// midgateUser is the number of the user and of the group that the package has made.
func midgateUser(t *testing.T, m machine) (uid, gid uint32) {
	t.Helper()
	var ids [2]uint32
	for i, which := range []string{"-u", "-g"} {
		n, err := strconv.ParseUint(m.shell(t, "id "+which+" midgate"), 10, 32)
		if err != nil || n == 0 {
			t.Fatalf("the user midgate is %d (%v)", n, err)
		}
		ids[i] = uint32(n)
	}
	return ids[0], ids[1]
}

// configured writes the settings that an operator would: an upstream, a key, an address. It returns the API's address.
func configured(t *testing.T, m machine, upstream string) string {
	t.Helper()
	address := free(t)
	text := m.shell(t, "cat "+settings)
	text = strings.Replace(text, "#upstream_url: https://api.cometapi.com\n#upstream_key: sk-...", "upstream_url: "+upstream+"\nupstream_key: k", 1)
	text = strings.Replace(text, "#api_keys:\n#  alice: a-long-random-word", "api_keys:\n  alice: word", 1)
	text = strings.Replace(text, "listen: 127.0.0.1:8080", "listen: "+address, 1)
	m.write(t, settings, text)
	return "http://" + address
}

// asked sends a request as alice and returns the answer.
func asked(t *testing.T, method, url, kind string, body io.Reader) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer word")
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v\n%s", url, resp.Status, err, answer)
	}
	return string(answer)
}

// drawn is the ID of a new picture.
func drawn(t *testing.T, api string) string {
	t.Helper()
	answer := asked(t, "POST", api+"/v1/images/generations", "application/json", strings.NewReader(`{"prompt":"a red fox","response_format":"url"}`))
	return regexp.MustCompile(`img_[A-Z0-9]+`).FindString(answer)
}

// simulated is the address of a simulated Midjourney.
func simulated(t *testing.T) string {
	t.Helper()
	address := free(t)
	machine{"/"}.start(t, 0, 0, nil, "http://"+address+"/sim/", filepath.Join(*bin, "linux-"+runtime.GOARCH, "midgate"), "simulate", "--listen", address, "--pace", "300ms", "--pixels", "256")
	return "http://" + address
}

// line is what the installed unit starts.
func line(t *testing.T, m machine) []string {
	t.Helper()
	return strings.Fields(only(t, m.shell(t, "cat /usr/lib/systemd/system/midgate.service"), `^ExecStart=(.*)`))
}

// TestShipDebLives: installed, run as its user, installed again, upgraded, removed, purged, and installed once more.
func TestShipDebLives(t *testing.T) {
	m, upstream := copied(t), simulated(t)
	deb := ours(t, m, "deb")
	if said := m.shell(t, "dpkg -i "+deb); !strings.Contains(said, "systemctl enable --now midgate") {
		t.Errorf("installing it does not say what is next:\n%s", said)
	}
	uid, gid := midgateUser(t, m)
	for path, want := range map[string]string{settings: "640 root midgate", dataDir: "750 midgate midgate", "/usr/bin/midgate": "755 root root"} {
		if got := m.shell(t, "stat -c '%a %U %G' "+path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if out, err := m.command(t.Context(), 65534, 65534, nil, "/bin/cat", settings).CombinedOutput(); err == nil {
		t.Errorf("anybody may read the settings: %s", out)
	}

	api := configured(t, m, upstream)
	midgate := m.start(t, uid, gid, nil, api+"/readyz", line(t, m)...)
	picture := drawn(t, api)
	m.shell(t, "midgate healthcheck --config "+settings)
	if code := midgate.stop(t, midgate.cmd.Process.Pid); code != 0 {
		t.Errorf("it ends with %d after SIGTERM\n%s", code, &midgate.log)
	}

	edited := m.shell(t, "cat "+settings)
	same := func(after string) {
		t.Helper()
		if got := m.shell(t, "cat "+settings); got != edited {
			t.Errorf("%s changed the settings", after)
		}
		if got := m.shell(t, "stat -c '%a %U %G' "+settings); got != "640 root midgate" {
			t.Errorf("%s made the settings %s", after, got)
		}
	}
	m.shell(t, "dpkg -i "+deb)
	same("installing it again")
	m.shell(t, `cd /tmp; dpkg-deb -R midgate.deb next; sed -i 's/^Version:.*/Version: 999.0.0/' next/DEBIAN/control
		echo '# something new' >>next`+settings+`; dpkg-deb -Znone -b next next.deb; dpkg -i --force-confold next.deb`)
	same("an upgrade")
	if got := m.shell(t, "dpkg-query -W -f '${Version}' midgate"); got != "999.0.0" {
		t.Errorf("the version is %s after the upgrade", got)
	}
	m.shell(t, "dpkg -r midgate; test ! -e /usr/bin/midgate; test -s "+dataDir+"/midgate.db")
	same("a removal")
	m.shell(t, "dpkg -P midgate; test ! -e "+settings+"; test -s "+dataDir+"/midgate.db; id midgate")

	m.shell(t, "dpkg -i "+deb)
	api = configured(t, m, upstream)
	midgate = m.start(t, uid, gid, nil, api+"/readyz", line(t, m)...)
	if list := asked(t, "GET", api+"/v1/images", "", nil); !strings.Contains(list, picture) {
		t.Errorf("a picture from before the purge is lost: %s", list)
	}
	if code := midgate.stop(t, midgate.cmd.Process.Pid); code != 0 {
		t.Errorf("it ends with %d after SIGTERM", code)
	}
}

// TestShipUnitIsSound: systemd understands it, and counts little against it.
func TestShipUnitIsSound(t *testing.T) {
	m := copied(t)
	m.shell(t, "dpkg -i "+ours(t, m, "deb"))
	if said := m.shell(t, "systemd-analyze verify /usr/lib/systemd/system/midgate.service 2>&1 | grep -i midgate || true"); said != "" {
		t.Errorf("systemd says of the unit:\n%s", said)
	}
	report := m.shell(t, "systemd-analyze security --offline=true --no-pager /usr/lib/systemd/system/midgate.service 2>&1 | tail -1")
	if exposure, err := strconv.ParseFloat(only(t, report, `: (\d+\.\d+) `), 64); err != nil || exposure > 2 {
		t.Errorf("its exposure is more than 2.0: %s", report)
	}
	t.Log(report)
}

// TestShipUnitAllowsWhatMidgateCalls: everything that midgate asks of the kernel while it starts, draws and stops passes the unit's filter.
func TestShipUnitAllowsWhatMidgateCalls(t *testing.T) {
	m, upstream := copied(t), simulated(t)
	m.shell(t, "dpkg -i "+ours(t, m, "deb"))
	uid, gid := midgateUser(t, m)
	api := configured(t, m, upstream)
	m.shell(t, "install -d -o midgate /tmp/trace")
	// With -D the traced program is the child, and the tracer goes beside it.
	midgate := m.start(t, uid, gid, nil, api+"/readyz", append([]string{"/usr/bin/strace", "-D", "-f", "-o", "/tmp/trace/calls"}, line(t, m)...)...)
	pid := midgate.cmd.Process.Pid
	asked(t, "GET", api+"/images/"+drawn(t, api)+".png?width=320", "", nil)
	if code := midgate.stop(t, pid); code != 0 {
		t.Errorf("it ends with %d after SIGTERM\n%s", code, &midgate.log)
	}
	ended := regexp.MustCompile(fmt.Sprintf(`(?m)^%d +\+\+\+ exited`, pid))
	var calls string
	for deadline := time.Now().Add(time.Minute); !ended.MatchString(calls); {
		if time.Now().After(deadline) {
			t.Fatal("strace does not finish")
		}
		calls = m.shell(t, "cat /tmp/trace/calls")
	}
	allowed := filtered(t, m)
	var seen []string
	for _, call := range regexp.MustCompile(`(?m)^\d+ +(?:<\.\.\. )?([a-z][a-z0-9_]*)[( ]`).FindAllStringSubmatch(calls, -1) {
		if !slices.Contains(seen, call[1]) {
			seen = append(seen, call[1])
		}
	}
	if len(seen) < 30 {
		t.Fatalf("only %d calls were seen: %v", len(seen), seen)
	}
	for _, call := range seen {
		if !slices.Contains(allowed, call) {
			t.Errorf("midgate calls %s, which the unit refuses", call)
		}
	}
	t.Logf("%d different calls", len(seen))
}

// filtered are the calls that the unit's lines of SystemCallFilter allow.
func filtered(t *testing.T, m machine) (allowed []string) {
	t.Helper()
	for _, filter := range regexp.MustCompile(`(?m)^SystemCallFilter=(~?)(.*)$`).FindAllStringSubmatch(read(t, folder+"midgate.service"), -1) {
		for group := range strings.FieldsSeq(filter[2]) {
			calls := members(t, m, group)
			if filter[1] == "" {
				allowed = append(allowed, calls...)
				continue
			}
			allowed = slices.DeleteFunc(allowed, func(call string) bool { return slices.Contains(calls, call) })
		}
	}
	return append(allowed, members(t, m, "@default")...) // always allowed
}

// members are the calls of a group, and of the groups in it.
func members(t *testing.T, m machine, group string) (calls []string) {
	t.Helper()
	for l := range strings.Lines(m.shell(t, "systemd-analyze syscall-filter --no-pager "+group)) {
		switch word := strings.TrimSpace(l); {
		case word == group, word == "", strings.HasPrefix(word, "#"):
		case strings.HasPrefix(word, "@"):
			calls = append(calls, members(t, m, word)...)
		default:
			calls = append(calls, word)
		}
	}
	return calls
}

// TestShipRpmLives: installed, installed again, erased.
func TestShipRpmLives(t *testing.T) {
	m := copied(t)
	rpm := ours(t, m, "rpm")
	// This may be a Debian, whose rpm knows nothing of what is installed and warns of itself.
	m.shell(t, "rpm -i --nodeps --force-debian "+rpm)
	if got := m.shell(t, "stat -c '%a %U %G' "+settings+" "+dataDir+" | xargs"); got != "640 root midgate 750 midgate midgate" {
		t.Errorf("settings and data are %s", got)
	}
	uid, gid := midgateUser(t, m)
	api := configured(t, m, "http://127.0.0.1:1")
	midgate := m.start(t, uid, gid, nil, api+"/healthz", line(t, m)...)
	if code := midgate.stop(t, midgate.cmd.Process.Pid); code != 0 {
		t.Errorf("it ends with %d after SIGTERM", code)
	}
	edited := m.shell(t, "cat "+settings)
	m.shell(t, "rpm -U --replacepkgs --nodeps --force-debian "+rpm)
	if m.shell(t, "cat "+settings) != edited {
		t.Error("installing it again changed the settings")
	}
	m.shell(t, "rpm -e --nodeps --force-debian midgate; test ! -e /usr/bin/midgate; test -s "+dataDir+"/midgate.db; id midgate")
	if m.shell(t, "cat "+settings+".rpmsave") != edited {
		t.Error("edited settings are lost")
	}
}

// TestShipApkHoldsAll: there is no apk outside Alpine, so its files and scripts are only looked at.
func TestShipApkHoldsAll(t *testing.T) {
	for _, file := range parcels(t, "apk") {
		list := strings.Fields(string(output(t, "tar", "--ignore-zeros", "-tzf", file)))
		for _, want := range []string{"usr/bin/midgate", "etc/midgate/midgate.yaml", "etc/init.d/midgate", ".pre-install", ".post-install", ".pre-deinstall", ".post-deinstall"} {
			if !slices.Contains(list, want) {
				t.Errorf("%s lacks %s: %v", filepath.Base(file), want, list)
			}
		}
		if slices.ContainsFunc(list, func(name string) bool { return strings.Contains(name, "systemd") }) {
			t.Errorf("%s brings systemd's unit", filepath.Base(file))
		}
	}
}
