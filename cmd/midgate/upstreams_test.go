package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// Three upstreams from a YAML file, in front of a gate of its own: one is full, one dies. Nothing is paid twice, what
// was drawn stays reachable, and follow-ups go where their picture was made or nowhere.
func TestThreeUpstreamsOfAFile(t *testing.T) {
	t.Parallel()
	names := []string{"one", "two", "three"}
	sims, servers := map[string]*simulator.Simulator{}, map[string]*httptest.Server{}
	file := "listen: 127.0.0.1:0\ndata_dir: " + t.TempDir() + "\napi_keys: alice:alices-key\nupstreams:\n"
	for i, name := range names {
		sims[name] = simulator.New(simulator.Config{Key: "key-of-" + name, Pixels: 64, Pace: 300 * time.Millisecond,
			Dialect: []simulator.Dialect{simulator.Comet, simulator.Comet, simulator.TrueAI}[i]})
		servers[name] = httptest.NewServer(sims[name])
		t.Cleanup(func() { servers[name].CloseClientConnections(); servers[name].Close(); sims[name].Close() })
		file += fmt.Sprintf("  - {name: %s, url: %q, key: key-of-%s, speed: fast, weight: %d", name, servers[name].URL, name, []int{1_000_000, 1, 1}[i])
		file += []string{"}\n", ", max_in_flight: 4}\n", ", auth: authorization-raw, prefixes: {relax: /mj-relax, fast: /mj-fast}}\n"}[i]
	}
	path := filepath.Join(t.TempDir(), "midgate.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, status := runHere(t, nil, "check", "--config", path)
	if status != 0 || strings.Count(out, "key                accepted") != 3 || !strings.Contains(out, "upstream three, ") {
		t.Fatalf("check = %d\n%s%s", status, out, errs)
	}
	gate := start(t, nil, "serve", "--config", path)
	url := gate.url()
	if line, host := gate.until(gate.err, `"midgate serves"`), func(name string) string { return name + "=" + strings.TrimPrefix(servers[name].URL, "http://") }; !strings.Contains(line, `"upstreams":"`+host("one")+","+host("two")+","+host("three")+`"`) {
		t.Errorf("it begins with %s", line)
	}
	paid := func() (n [3]int) {
		for i, name := range names {
			n[i] = len(sims[name].Ledger())
		}
		return n
	}
	draw := func(prompt string) (id, at string) {
		var d drawn
		ask(t, url+"/v1/images/generations", "alices-key", fmt.Sprintf(`{"prompt": %q, "response_format": "url"}`, prompt)).into(t, &d)
		var record struct{ Upstream struct{ Name string } }
		ask(t, url+"/v1/images/"+d.Data[0].ID, "alices-key", "").into(t, &record)
		return d.Data[0].ID, record.Upstream.Name
	}
	first, at := draw("a red fox")
	if at != "one" || paid() != [3]int{1, 0, 0} {
		t.Fatalf("the first picture came from %q, paid %v, want the heavy one", at, paid())
	}

	sims["one"].Fail(simulator.Fault{Route: "submit", Kind: "queue-full", Times: 1})
	if _, at := draw("a blue fox"); at == "one" || slices.Max(func() []int { n := paid(); return n[:] }()) != 1 {
		t.Errorf("while one was full the picture came from %q, paid %v, want another, at once", at, paid())
	}

	servers["one"].CloseClientConnections()
	servers["one"].Close()
	before := paid()
	atOnce(8, func(i int) {
		if _, at := draw(fmt.Sprintf("hill %d", i)); at == "one" {
			t.Errorf("hill %d came from a dead upstream", i)
		}
	})
	if after := paid(); after[0] != before[0] || after[1]+after[2] != before[1]+before[2]+8 {
		t.Errorf("paid %v after %v, want eight more at the two that live", after, before)
	}
	act := `{"action": "vary", "response_format": "url"}`
	if a := ask(t, url+"/v1/images/"+first+"/actions", "alices-key", act); a.status != 503 {
		t.Errorf("a follow-up of the dead one's picture = %d %s, want 503", a.status, a.body)
	}
	if a := ask(t, url+"/images/"+first+".png", "", ""); a.status != 200 {
		t.Errorf("the dead one's picture = %d, want it all the same", a.status)
	}
	second, at := draw("a hare")
	ask(t, url+"/v1/images/"+second+"/actions", "alices-key", act)
	if kinds := sims[at].Ledger(); kinds[len(kinds)-1].Kind != "variation" {
		t.Errorf("the variation of a picture of %s is not paid there", at)
	}
}
