package main

import (
	"bytes"
	"debug/elf"
	endian "encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clock is the wall clock of one process, which can be set without that of the machine: programs ask the kernel's vDSO
// for the time, whose code is mapped into each of them. Its monotonic clock goes on as it is.
type clock struct {
	memory string // of the process, as a file
	offset int64  // where the seconds are kept that its wall clock is off
}

// The code below, and the seconds behind it, are put where the vDSO's last page is filled up with zeros.
const (
	offsetAt = 32
	roomFor  = offsetAt + 8
)

// tampered is clock_gettime(edi, rsi) as x86-64 code: the system call, and for CLOCK_REALTIME (0) the seconds added.
var tampered = []byte{
	0xb8, 0xe4, 0x00, 0x00, 0x00, // mov eax, 228
	0x0f, 0x05, // syscall
	0x85, 0xff, // test edi, edi
	0x75, 0x0a, // jnz end
	0x48, 0x8b, 0x0d, 0x0e, 0x00, 0x00, 0x00, // mov rcx, [rip+14]: the seconds
	0x48, 0x01, 0x0e, // add [rsi], rcx
	0xc3, // end: ret
}

// startClocked starts a command whose wall clock can be set. It does not wait for it.
func startClocked(cmd *exec.Cmd) (*clock, error) {
	runtime.LockOSThread() // only the thread that started it may let it go on
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(cmd.Process.Pid, &status, 0, nil); err != nil || !status.Stopped() {
		return nil, fmt.Errorf("the process does not stop before its first instruction: %v, %w", status, err)
	}
	c, err := tamper(cmd.Process.Pid)
	if err = errors.Join(err, syscall.PtraceDetach(cmd.Process.Pid)); err != nil {
		return nil, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	return c, nil
}

// tamper replaces the vDSO's clock of a process that has not begun to run.
func tamper(pid int) (*clock, error) {
	dir := "/proc/" + strconv.Itoa(pid)
	from, to, err := vdso(dir + "/maps")
	if err != nil {
		return nil, err
	}
	c := &clock{memory: dir + "/mem"}
	code := make([]byte, to-from)
	mem, err := os.Open(c.memory)
	if err != nil {
		return nil, err
	}
	defer func() { _ = mem.Close() }()
	if _, err := mem.ReadAt(code, from); err != nil {
		return nil, err
	}
	file, err := elf.NewFile(bytes.NewReader(code))
	if err != nil {
		return nil, err
	}
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return nil, err
	}
	for _, s := range symbols {
		if s.Name == "__vdso_clock_gettime" {
			return c, c.divert(from+int64(s.Value), from, code)
		}
	}
	return nil, errors.New("the vDSO has no clock_gettime")
}

// divert makes the function at an address jump to the code that tells another time.
func (c *clock) divert(function, from int64, code []byte) error {
	room := len(code) - 2*roomFor&^15
	if !bytes.Equal(code[room:], make([]byte, len(code)-room)) {
		return errors.New("the vDSO has no room at its end")
	}
	there := from + int64(room)
	c.offset = there + offsetAt
	jump := endian.LittleEndian.AppendUint32([]byte{0xe9}, uint32(int32(there-function-5))) // from behind the jump
	return errors.Join(c.write(there, tampered), c.set(0), c.write(function, jump))
}

// vdso is where a process has it.
func vdso(maps string) (from, to int64, err error) {
	lines, err := os.ReadFile(maps)
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(lines)) {
		if strings.HasSuffix(strings.TrimSpace(line), "[vdso]") {
			_, err := fmt.Sscanf(line, "%x-%x", &from, &to)
			return from, to, err
		}
	}
	return 0, 0, errors.New("the process has no vDSO")
}

// set sets the wall clock by so much, from what it truly is.
func (c *clock) set(by time.Duration) error {
	return c.write(c.offset, endian.LittleEndian.AppendUint64(nil, uint64(int64(by/time.Second))))
}

func (c *clock) write(at int64, data []byte) error {
	mem, err := os.OpenFile(c.memory, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = mem.WriteAt(data, at)
	return errors.Join(err, mem.Close())
}
