package jetstream

import (
	"fmt"
	"log/slog"
)

// serverLog passes on what the embedded server has to say. Its messages name streams and files, never values.
type serverLog struct {
	log   *slog.Logger
	fatal chan string // why it cannot go on: the first reason fits in
}

const fromServer = "state engine"

func (l serverLog) Noticef(string, ...any) {}
func (l serverLog) Debugf(string, ...any)  {}
func (l serverLog) Tracef(string, ...any)  {}

func (l serverLog) Warnf(format string, v ...any) {
	l.log.Warn(fromServer, "message", fmt.Sprintf(format, v...))
}

func (l serverLog) Errorf(format string, v ...any) {
	l.log.Error(fromServer, "message", fmt.Sprintf(format, v...))
}

// Fatalf is where a server by itself would end the process.
func (l serverLog) Fatalf(format string, v ...any) {
	select {
	case l.fatal <- fmt.Sprintf(format, v...):
	default:
	}
}
