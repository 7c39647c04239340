package jetstream

import (
	"fmt"
	"log/slog"
)

// serverLog passes on what the embedded server has to say. Its messages name streams and files, never values.
type serverLog struct{ log *slog.Logger }

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

func (l serverLog) Fatalf(format string, v ...any) {
	l.log.Error(fromServer, "message", fmt.Sprintf(format, v...))
}
