package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// bridge carries messages of the Model Context Protocol between standard input and output and a midgate. It reads no more
// of them than it must, so that revisions that it does not know pass through.
type bridge struct {
	url, key, save string
	client         *http.Client
	out            io.Writer
	say            func(format string, args ...any)

	writing  sync.Mutex
	mu       sync.Mutex
	revision string                        // that was agreed on, where that is done once
	calls    map[string]context.CancelFunc // under way, by their ID
}

// message is what the bridge reads of a message.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		Name      string          `json:"name"`
		URI       string          `json:"uri"`
		RequestID json.RawMessage `json:"requestId"`
		Meta      struct {
			Revision string `json:"io.modelcontextprotocol/protocolVersion"`
		} `json:"_meta"`
	} `json:"params"`
	Result struct {
		Revision string `json:"protocolVersion"`
	} `json:"result"`
}

// longest is how long one message may be.
const longest = 32 << 20

// run carries messages until standard input ends, or ctx.
func (b *bridge) run(ctx context.Context, in io.Reader) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	b.calls = map[string]context.CancelFunc{}
	lines, failed := make(chan []byte), make(chan error, 1)
	go func() { // it ends with the process, where nobody closes standard input
		defer close(lines)
		s := bufio.NewScanner(in)
		s.Buffer(make([]byte, 64<<10), longest)
		for s.Scan() {
			if line := bytes.TrimSpace(s.Bytes()); len(line) > 0 {
				select {
				case lines <- bytes.Clone(line):
				case <-ctx.Done():
					return
				}
			}
		}
		failed <- s.Err()
	}()
	var all sync.WaitGroup
	for {
		select {
		case <-ctx.Done():
			all.Wait()
			return nil
		case line, more := <-lines:
			if !more {
				b.finish(ctx, stop, &all)
				return <-failed
			}
			b.take(ctx, &all, line)
		}
	}
}

// finish waits for the calls that are under way.
func (b *bridge) finish(ctx context.Context, stop func(), all *sync.WaitGroup) {
	ctx, cancel := context.WithTimeout(ctx, atEnd)
	defer cancel()
	defer context.AfterFunc(ctx, stop)()
	all.Wait()
}

// take sends one message on its way. The answers may come in any order.
func (b *bridge) take(ctx context.Context, all *sync.WaitGroup, line []byte) {
	var m message
	_ = json.Unmarshal(line, &m) // what is no object goes on as it is
	if m.Method == "notifications/cancelled" {
		b.cancel(m.Params.RequestID)
		return
	}
	ctx, end := context.WithCancel(ctx)
	id := string(m.ID)
	b.mu.Lock()
	if id != "" {
		b.calls[id] = end
	}
	b.mu.Unlock()
	work := func() {
		defer end()
		b.carry(ctx, m, line)
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.calls, id)
	}
	if m.Method == "initialize" { // what follows depends on its answer
		work()
		return
	}
	all.Go(work)
}

// cancel hangs up: the job goes on, and an equal call gets it.
func (b *bridge) cancel(id json.RawMessage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if end := b.calls[string(id)]; end != nil {
		end()
	}
}

// carry brings a message to midgate and its answers back. One that is cut is sent again once: equal calls are one job.
func (b *bridge) carry(ctx context.Context, m message, line []byte) {
	answered, err := b.post(ctx, m, line)
	if !answered && err != nil && ctx.Err() == nil {
		answered, err = b.post(ctx, m, line)
	}
	if err == nil || answered || ctx.Err() != nil {
		return
	}
	b.say("%v", err)
	if len(m.ID) > 0 {
		b.refuse(m, err.Error())
	}
}

// refuse answers a call with an error.
func (b *bridge) refuse(m message, says string) {
	text, err := json.Marshal(says)
	if err != nil {
		text = []byte(`"midgate failed"`)
	}
	b.write(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"error":{"code":-32000,"message":%s}}`, m.ID, text))
}

// post sends a message once; answered is true when its answer is out.
func (b *bridge) post(ctx context.Context, m message, line []byte) (answered bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url, bytes.NewReader(line))
	if err != nil {
		return false, err
	}
	b.header(r.Header, m)
	resp, err := b.client.Do(r)
	if err != nil {
		return false, fmt.Errorf("midgate cannot be reached: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	switch {
	case strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream"):
		return b.events(ctx, m, resp.Body)
	case resp.StatusCode == http.StatusAccepted:
		return true, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, longest))
	if err != nil {
		return false, fmt.Errorf("midgate's answer was cut: %w", err)
	}
	var plain bytes.Buffer
	if bytes.Contains(body, []byte(`"jsonrpc"`)) && json.Compact(&plain, body) == nil {
		b.write(b.heard(ctx, m, plain.Bytes()))
		return true, nil
	}
	return b.refused(m, resp.StatusCode, body)
}

// refused says what an answer means that is none of the protocol.
func (b *bridge) refused(m message, status int, body []byte) (bool, error) {
	var e struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	says := strings.TrimSpace(string(body[:min(len(body), 300)]))
	if json.Unmarshal(body, &e) == nil && e.Error.Message != "" {
		says = e.Error.Message
	}
	if status == http.StatusUnauthorized {
		says += " (MIDGATE_KEY)"
	}
	if len(m.ID) > 0 {
		b.refuse(m, fmt.Sprintf("midgate answers %d: %s", status, says))
	}
	b.say("midgate answers %d: %s", status, says)
	return true, nil
}

func (b *bridge) header(h http.Header, m message) {
	h.Set("Content-Type", "application/json")
	h.Set("Accept", "application/json, text/event-stream")
	h.Set("User-Agent", "midgate-mcp/"+version)
	if b.key != "" {
		h.Set("Authorization", "Bearer "+b.key)
	}
	b.mu.Lock()
	revision := b.revision
	b.mu.Unlock()
	if m.Params.Meta.Revision != "" {
		revision = m.Params.Meta.Revision
		h.Set("Mcp-Method", m.Method)
		if name := m.Params.Name + m.Params.URI; name != "" {
			h.Set("Mcp-Name", name)
		}
	}
	if revision != "" && m.Method != "initialize" {
		h.Set("MCP-Protocol-Version", revision)
	}
}

// events writes each event's data as a line, until the answer has come.
func (b *bridge) events(ctx context.Context, m message, from io.Reader) (answered bool, err error) {
	s := bufio.NewScanner(from)
	s.Buffer(make([]byte, 64<<10), longest)
	for s.Scan() {
		data, is := bytes.CutPrefix(s.Bytes(), []byte("data:"))
		if data = bytes.TrimSpace(data); !is || len(data) == 0 {
			continue
		}
		var got message
		if json.Unmarshal(data, &got) == nil && len(got.ID) > 0 && got.Method == "" {
			answered, data = true, b.heard(ctx, m, data)
		}
		b.write(data)
	}
	if err = s.Err(); err == nil && !answered && len(m.ID) > 0 {
		err = errors.New("it ended")
	}
	if err != nil && !answered {
		return false, fmt.Errorf("midgate's answer was cut: %w", err)
	}
	return true, nil
}

// heard notes what an answer says to the bridge itself, and returns what goes on.
func (b *bridge) heard(ctx context.Context, m message, answer []byte) []byte {
	switch {
	case m.Method == "initialize":
		var got message
		_ = json.Unmarshal(answer, &got) // without a revision there is none to send
		b.mu.Lock()
		b.revision = got.Result.Revision
		b.mu.Unlock()
	case m.Method == "tools/call" && b.save != "":
		return b.saved(ctx, answer)
	}
	return answer
}

// write writes one message. Nothing else is ever written to standard output.
func (b *bridge) write(line []byte) {
	b.writing.Lock()
	defer b.writing.Unlock()
	if _, err := b.out.Write(append(bytes.Clone(line), '\n')); err != nil {
		b.say("standard output: %v", err)
	}
}
