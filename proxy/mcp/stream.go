package mcp

import (
	"net/http"
	"sync"
	"time"
)

// stream is an answer's way out. The library writes nothing before it has something to say: this one sends comments
// meanwhile, so that nobody in between takes silence for death.
type stream struct {
	http.ResponseWriter
	pace  func() // gives the client time for the next piece
	every time.Duration

	mu    sync.Mutex
	tools int // at work: only then comments are sent
	timer *time.Timer
	begun bool
	over  bool
	err   error
}

// keepAlive begins to send comments when nothing was written for a while, until quiet.
func (w *stream) keepAlive() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tools++; w.tools == 1 {
		w.timer = time.AfterFunc(w.every, w.comment)
	}
}

// quiet ends that: what comes now is the answer, which may have another header.
func (w *stream) quiet() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tools--; w.tools == 0 {
		w.timer.Stop()
	}
}

func (w *stream) comment() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over || w.tools == 0 || w.err != nil {
		return
	}
	if !w.begun {
		w.Header().Set("Content-Type", "text/event-stream")
		w.begin(http.StatusOK)
	}
	_, _ = w.put([]byte(": alive\n\n")) // its error is kept in w.err
	w.flush()
	w.timer.Reset(w.every)
}

// begin, put and flush are for who holds mu.
func (w *stream) begin(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *stream) put(p []byte) (n int, err error) {
	w.pace()
	if n, err = w.ResponseWriter.Write(p); err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

func (w *stream) flush() {
	if err := http.NewResponseController(w.ResponseWriter).Flush(); err != nil && w.err == nil && err != http.ErrNotSupported { //nolint:errorlint // it is that very value
		w.err = err
	}
}

// WriteHeader implements http.ResponseWriter. After the first comment the status is out.
func (w *stream) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.begun {
		w.begin(status)
	}
}

// Write implements http.ResponseWriter.
func (w *stream) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begun = true
	if w.tools > 0 && !w.over {
		w.timer.Reset(w.every)
	}
	return w.put(p)
}

// Flush implements http.Flusher.
func (w *stream) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush()
}

// Unwrap leads to what the connection can do beside.
func (w *stream) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// end ends the comments and returns what kept a piece from being written.
func (w *stream) end() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	if w.timer != nil {
		w.timer.Stop()
	}
	if w.begun {
		w.flush()
	}
	return w.err
}
