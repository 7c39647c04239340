package avif

import (
	"bytes"
	"compress/gzip"
	"errors"
	"image/color"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/tetratelabs/wazero"
)

// grid is a picture of 64×48 pixels whose quarters have a colour each.
func grid(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/grid.avif")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func near(a, b uint8) bool { return max(a, b)-min(a, b) <= 6 }

func TestDecode_TheColoursAreWhereTheyBelong(t *testing.T) {
	file := grid(t)
	var all sync.WaitGroup
	for range 3 { // several at once
		all.Go(func() {
			img, err := Decode(file, 64, 48)
			if err != nil {
				t.Error(err)
				return
			}
			for at, want := range map[[2]int]color.RGBA{{16, 12}: {200, 40, 40, 255}, {48, 12}: {40, 200, 40, 255}, {16, 36}: {40, 40, 200, 255}, {48, 36}: {220, 220, 60, 255}} {
				if got := img.RGBAAt(at[0], at[1]); !near(got.R, want.R) || !near(got.G, want.G) || !near(got.B, want.B) || got.A != 255 {
					t.Errorf("the pixel at %v is %v, want about %v", at, got, want)
				}
			}
		})
	}
	all.Wait()
}

func TestDecode_RefusesWhatIsBroken(t *testing.T) {
	file := grid(t)
	for name, b := range map[string][]byte{
		"nothing":      nil,
		"half of it":   file[:len(file)/2],
		"only a start": file[:40],
		"other bytes":  bytes.Repeat([]byte("page"), 100),
	} {
		if img, err := Decode(b, 64, 48); !errors.Is(err, ErrDecode) {
			t.Errorf("Decode(%s) = %v, %v; want %v", name, img != nil, err, ErrDecode)
		}
	}
	if _, err := Decode(file, 1<<12, 1<<12); !errors.Is(err, ErrDecode) {
		t.Errorf("Decode of a picture that is announced larger = %v, want %v", err, ErrDecode)
	}
}

// Where no memory may be written and run, wazero's compiler panics: the decoder is interpreted then.
func TestStarted_WithoutMemoryForMachineCode(t *testing.T) {
	z, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		t.Fatal(err)
	}
	code, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	denied := func() wazero.RuntimeConfig { panic(syscall.EACCES) }
	d, err := started(t.Context(), code, denied, wazero.NewRuntimeConfigInterpreter)
	if err != nil {
		t.Fatal(err)
	}
	img, err := d.picture(grid(t), 64, 48)
	if err != nil {
		t.Fatal(err)
	}
	if got := img.RGBAAt(16, 12); !near(got.R, 200) || !near(got.G, 40) || !near(got.B, 40) {
		t.Errorf("the interpreted decoder shows %v, want about 200 40 40", got)
	}
	if _, err := started(t.Context(), code, denied); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("without any way it says %v", err)
	}
}
