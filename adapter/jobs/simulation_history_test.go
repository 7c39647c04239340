package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// history is what happened in a world, and what of it must not.
type history struct {
	mu       sync.Mutex
	began    time.Time
	events   []string
	problems []string
}

// note notes an event.
func (h *history) note(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.add(fmt.Sprintf(format, args...))
}

// wrong notes something that must not happen.
func (h *history) wrong(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	problem := fmt.Sprintf(format, args...)
	h.add("WRONG: " + problem)
	h.problems = append(h.problems, problem)
}

func (h *history) add(event string) {
	h.events = append(h.events, fmt.Sprintf("%9.3fs  %s", time.Since(h.began).Seconds(), event))
}

// failed reports whether something happened that must not.
func (h *history) failed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.problems) > 0
}

func (h *history) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.events, "\n") + "\n\n" + strings.Join(h.problems, "\n")
}

// short is the end of a name, by which a history tells it from others.
func short(id string) string { return id[max(0, len(id)-6):] }

// Enabled, Handle, WithAttrs and WithGroup make what a process logs part of the history.
type logOf struct {
	*history
	process string
}

func (l logOf) Enabled(context.Context, slog.Level) bool { return true }

func (l logOf) Handle(_ context.Context, r slog.Record) error {
	line := fmt.Sprintf("%s says: %s", l.process, r.Message)
	r.Attrs(func(a slog.Attr) bool {
		line += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		return true
	})
	l.note("%s", line)
	return nil
}

func (l logOf) WithAttrs([]slog.Attr) slog.Handler { return l }

func (l logOf) WithGroup(string) slog.Handler { return l }
