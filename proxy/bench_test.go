package proxy

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

// naiveBase64 is how most servers put a picture into JSON.
func naiveBase64(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }

// rounds is how often subject and baseline take turns.
const rounds = 7

// asker is one kept-alive connection that asks the same thing again and again.
type asker struct {
	conn net.Conn
	r    *bufio.Reader
	raw  string
}

func ask(b *testing.B, c *child, body string) *asker {
	b.Helper()
	conn, err := net.Dial("tcp", c.addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return &asker{conn: conn, r: bufio.NewReaderSize(conn, 64<<10), raw: "POST /v1/images/generations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-alice\r\n" +
		"Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body}
}

func (a *asker) send() error {
	_, err := io.WriteString(a.conn, a.raw)
	return err
}

func (a *asker) receive(status int) (n int64, err error) {
	resp, err := http.ReadResponse(a.r, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != status {
		return 0, fmt.Errorf("status %d, want %d", resp.StatusCode, status)
	}
	return io.Copy(io.Discard, resp.Body)
}

func (a *asker) exchange(b *testing.B, status int) {
	b.Helper()
	if err := a.send(); err != nil {
		b.Fatal(err)
	}
	if _, err := a.receive(status); err != nil {
		b.Fatal(err)
	}
}

const bench300 = "a lighthouse on a cliff above a stormy sea at night, long exposure, fog, volumetric light from the lamp room, " +
	"birds in the distance, dramatic clouds, painted in oil with visible brush strokes, muted blues and greys with one warm accent"

// P2: CPU of a request that is checked and refused, against gin binding the same JSON. Bar: 2.0.
func BenchmarkP2RefusedRequest(b *testing.B) {
	body := `{"model":"midjourney","prompt":"` + bench300 + `","n":11,"size":"1024x1024","response_format":"url"}`
	cost := func(c *child) func() float64 {
		a := ask(b, c, body)
		return func() float64 {
			const n = 6000
			before := c.cpu(b)
			for range n {
				a.exchange(b, 400)
			}
			return float64(c.cpu(b)-before) / n
		}
	}
	subject, baseline := cost(start(b, "midgate")), cost(start(b, "gin"))
	compare(b, subject, baseline, "ns-cpu/req")
}

// compare takes turns, A B B A, and reports the median of the ratios.
func compare(b *testing.B, subject, baseline func() float64, unit string) {
	b.Helper()
	var ratios, ours, theirs []float64
	subject()
	baseline()
	for i := range rounds {
		var s, base float64
		if i%2 == 0 {
			s, base = subject(), baseline()
		} else {
			base, s = baseline(), subject()
		}
		ours, theirs, ratios = append(ours, s), append(theirs, base), append(ratios, s/base)
	}
	b.ReportMetric(median(ours), unit)
	b.ReportMetric(median(theirs), "baseline-"+unit)
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}

// park opens n requests that wait, a few at a time.
func park(b *testing.B, c *child, n int) []*asker {
	b.Helper()
	all := make([]*asker, n)
	body := `{"model":"midjourney","prompt":"park ` + bench300 + `","response_format":"url"}`
	for i := range all {
		all[i] = ask(b, c, body)
		if err := all[i].send(); err != nil {
			b.Fatal(err)
		}
	}
	settle(b, c)
	return all
}

// settle waits until the server has read what was sent: when it computes no more.
func settle(b *testing.B, c *child) {
	b.Helper()
	for last, same := c.cpu(b), 0; same < 5; {
		<-time.After(50 * time.Millisecond)
		if now := c.cpu(b); now == last {
			same++
		} else {
			last, same = now, 0
		}
	}
}

const parked = 5000

// P3: memory of a parked request, against a gin handler that only waits. Bar: 2.0. The core's own record of
// a job is not in it: it is measured where the core is.
func BenchmarkP3ParkedRequest(b *testing.B) {
	weigh := func(kind string) float64 {
		c := start(b, kind)
		c.tell("free")
		before := c.memory(b, "VmRSS")
		all := park(b, c, parked)
		c.tell("free")
		after := c.memory(b, "VmRSS")
		for _, a := range all {
			_ = a.conn.Close()
		}
		c.stop()
		return (after - before) / parked
	}
	var ratios, ours, theirs []float64
	for range 3 {
		s, base := weigh("midgate"), weigh("gin")
		ours, theirs, ratios = append(ours, s), append(theirs, base), append(ratios, s/base)
	}
	b.ReportMetric(median(ours), "B/parked")
	b.ReportMetric(median(theirs), "baseline-B/parked")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}

// P4: time from the end of 5,000 jobs to the last byte of the last answer, against the same gin handler. Bar: 3.
func BenchmarkP4WakeUp(b *testing.B) {
	wake := func(kind string) float64 {
		c := start(b, kind)
		all := park(b, c, parked)
		var readers sync.WaitGroup
		begun := time.Now()
		c.tell("release")
		for part := range 8 {
			readers.Go(func() {
				for i := part; i < len(all); i += 8 {
					if _, err := all[i].receive(200); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		readers.Wait()
		took := time.Since(begun)
		for _, a := range all {
			_ = a.conn.Close()
		}
		c.stop()
		return float64(took.Milliseconds())
	}
	var ratios, ours, theirs []float64
	for range 3 {
		s, base := wake("midgate"), wake("gin")
		ours, theirs, ratios = append(ours, s), append(theirs, base), append(ratios, s/base)
	}
	b.ReportMetric(median(ours), "ms")
	b.ReportMetric(median(theirs), "baseline-ms")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}

const bigAnswer = `{"model":"midjourney","prompt":"a fox","response_format":"b64_json"}`

// P6: CPU of an answer with 4 MiB in base64, against gin's c.JSON of a string. Bars: CPU 0.25, peak memory of fifty
// at once 0.10.
func BenchmarkP6Base64Answer(b *testing.B) {
	cost := func(c *child) func() float64 {
		a := ask(b, c, bigAnswer)
		return func() float64 {
			const n = 100
			before := c.cpu(b)
			for range n {
				a.exchange(b, 200)
			}
			return float64(c.cpu(b)-before) / n
		}
	}
	compare(b, cost(start(b, "midgate")), cost(start(b, "gin")), "ns-cpu/answer")
	peak := func(kind string) float64 {
		c := start(b, kind)
		before := c.memory(b, "VmRSS")
		var clients sync.WaitGroup
		for range 50 {
			a := ask(b, c, bigAnswer)
			clients.Go(func() {
				for range 4 {
					if err := a.send(); err != nil {
						b.Error(err)
						return
					}
					if _, err := a.receive(200); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		clients.Wait()
		defer c.stop()
		return c.memory(b, "VmHWM") - before
	}
	ours, theirs := peak("midgate"), peak("gin")
	b.ReportMetric(ours/(1<<20), "peak-MiB")
	b.ReportMetric(theirs/(1<<20), "baseline-peak-MiB")
	b.ReportMetric(ours/theirs, "peak-ratio")
}
