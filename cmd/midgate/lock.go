package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lockDir makes the data folder ours until the returned file is closed or the process dies: two embedded servers on
// one folder would destroy it. The lock's file names the process that holds it.
func lockDir(dir string) (io.Closer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("MIDGATE_DATA_DIR cannot be made: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("MIDGATE_DATA_DIR cannot be written: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := readPID(f)
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, lockedDir{holder, dir}
		}
		return nil, fmt.Errorf("MIDGATE_DATA_DIR cannot be locked: %w", err)
	}
	if err := writePID(f); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("MIDGATE_DATA_DIR cannot be written: %w", err)
	}
	return f, nil
}

// lockedDir says who has a folder.
type lockedDir struct{ holder, dir string }

// Error implements error.
func (l lockedDir) Error() string {
	return fmt.Sprintf("another midgate (pid %s) uses this directory: %s", l.holder, l.dir)
}

func readPID(f *os.File) string {
	b := make([]byte, 20)
	n, _ := f.ReadAt(b, 0)
	if pid := strings.TrimSpace(string(b[:n])); pid != "" {
		return pid
	}
	return "unknown"
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}
