package playground

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"
)

var (
	monkeyTime = flag.Duration("monkey", 20*time.Second, "how long the monkey plays")
	monkeySeed = flag.Int("monkey-seed", 7, "which random numbers the monkey plays by")
)

// TestMonkey lets random presses loose on the page, as web/test/monkey.mjs says: no error may stand in the console, and
// no job be there that no press asked for.
func TestMonkey(t *testing.T) {
	needPackages(t)
	mux := http.NewServeMux()
	mux.Handle("/pictures/", http.StripPrefix("/pictures", front(demo(t))))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	run(t, "node", "test/monkey.mjs", server.URL+"/pictures/", strconv.Itoa(int(monkeyTime.Seconds())), strconv.Itoa(*monkeySeed))
}
