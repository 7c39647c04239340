package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/metrics"
	"midgate/proxy/web"
)

// Benchmarks measure a server in a process of its own, so that its CPU time and memory are nobody else's, against a
// baseline in another, in turns within the same minute.

const childVar = "MIDGATE_BENCH_SERVER"

func TestMain(m *testing.M) {
	if kind := os.Getenv(childVar); kind != "" {
		serveChild(kind)
		return
	}
	os.Exit(m.Run())
}

// serveChild serves one kind of server until its standard input ends.
func serveChild(kind string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	handler, release := childHandlers[kind]()
	go func() { _ = (&http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}).Serve(l) }() // until the process ends
	fmt.Println(l.Addr())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		switch in.Text() {
		case "free":
			debug.FreeOSMemory()
		case "release":
			release()
		}
		fmt.Println("done")
	}
}

// childHandlers are the servers: midgate with a core that is at no cost, and the least that gin can do.
var childHandlers = map[string]func() (http.Handler, func()){
	"midgate": func() (http.Handler, func()) { h, r := midgateChild(); return h, r },
	"gin":     func() (http.Handler, func()) { h, r := ginChild(); return h, r },
	"uploads": uploadsChild,
	"parsing": parsingChild,
}

func midgateChild() (http.Handler, func()) {
	f := newFake()
	f.add(testImage, nil)
	f.hold = make(chan struct{})
	cfg := web.Config{Auth: web.AuthKeys, Keys: []web.Key{{Name: "alice", Secret: "sk-alice"}}, PublicURL: "https://mid.example", Heartbeat: 10 * time.Minute}
	s, err := New(cfg, Core{Draw: parking{f}, Edit: f, Keep: sized{f}, Jobs: f, Ready: f}, metrics.New(), slog.New(slog.NewJSONHandler(io.Discard, nil)))
	if err != nil {
		panic(err)
	}
	return s, func() { close(f.hold) }
}

// parking holds those whose prompt says so, and answers the others at once with one picture.
type parking struct{ *fake }

func (p parking) Generate(_ context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error) {
	t := &fakeTicket{f: &fake{}, run: adapter.Job{ID: testJob, Owner: a.Caller.Owner, N: 1}, result: adapter.Result{Images: []string{testImage}}}
	if strings.HasPrefix(g.Prompt, "park") {
		t.f = p.fake
	}
	return t, nil
}

// sized hands out 4 MiB for every picture.
type sized struct{ *fake }

func (sized) Bytes(context.Context, string, adapter.Format, int) (*adapter.Blob, error) {
	return zeroes(4 << 20), nil
}

// ginChild does the least: bind JSON and answer, wait and answer, answer a picture in base64.
func ginChild() (http.Handler, func()) {
	hold := make(chan struct{})
	g := gin.New()
	g.POST("/v1/images/generations", func(c *gin.Context) {
		var req struct {
			Prompt string `json:"prompt"`
			Model  string `json:"model"`
			N      int    `json:"n"`
			Size   string `json:"size"`
			Form   string `json:"response_format"`
		}
		if err := c.ShouldBindJSON(&req); err != nil {
			c.JSON(400, gin.H{"error": gin.H{"message": err.Error(), "type": "invalid_request_error", "param": nil, "code": nil}})
			return
		}
		switch {
		case req.N > 10:
			c.JSON(400, gin.H{"error": gin.H{"message": "n is too large", "type": "invalid_request_error", "param": "n", "code": "integer_above_max_value"}})
		case strings.HasPrefix(req.Prompt, "park"):
			select {
			case <-hold:
				c.JSON(200, gin.H{"created": 1, "data": []gin.H{{"url": "https://mid.example/images/" + testImage + ".png"}}})
			case <-c.Request.Context().Done():
			}
		default:
			c.JSON(200, gin.H{"created": 1, "data": []gin.H{{"b64_json": naiveBase64(4 << 20)}}})
		}
	})
	return g, func() { close(hold) }
}

// child is a running server.
type child struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Scanner
	addr string
}

func start(b *testing.B, kind string) *child {
	b.Helper()
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	c := &child{cmd: exec.Command(exe)}
	c.cmd.Env = append(os.Environ(), childVar+"="+kind)
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	c.out = bufio.NewScanner(out)
	c.out.Scan()
	c.addr = c.out.Text()
	b.Cleanup(c.stop)
	return c
}

func (c *child) stop() {
	_ = c.in.Close()
	_ = c.cmd.Wait() // it ends with its input
}

func (c *child) tell(word string) {
	_, _ = io.WriteString(c.in, word+"\n")
	c.out.Scan()
}

// cpu is the time that the process has computed, at the kernel's granularity of 10 ms.
func (c *child) cpu(b *testing.B) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	if err != nil {
		b.Skip("CPU times need /proc")
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.Atoi(fields[11]) // utime and stime are always there
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory reads VmRSS or VmHWM in bytes.
func (c *child) memory(b *testing.B, what string) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		b.Skip("memory needs /proc")
	}
	_, line, _ := strings.Cut(string(status), what+":")
	kib, _ := strconv.Atoi(strings.Fields(line)[0]) // the kernel's own number
	return float64(kib) * 1024
}

// median of some numbers.
func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
