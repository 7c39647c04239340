package jetstream

import (
	"fmt"
	"log/slog"
	"strings"
)

// serverLog passes on what the embedded server has to say. Its messages name streams and files, never values.
type serverLog struct {
	log   *slog.Logger
	fatal chan string // why it cannot go on: the first reason fits in
}

const fromServer = "state engine"

// outdated is in the message that an index is made anew from its records, which is all that a killed process leaves to do.
const outdated = "state is outdated"

func (l serverLog) Noticef(string, ...any) {}
func (l serverLog) Debugf(string, ...any)  {}
func (l serverLog) Tracef(string, ...any)  {}

func (l serverLog) Warnf(format string, v ...any) {
	if strings.Contains(format, outdated) {
		l.log.Debug(fromServer, "message", fmt.Sprintf(format, v...))
		return
	}
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
