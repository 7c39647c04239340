package avif

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed" // the decoder
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

//go:embed decode.wasm.gz
var compressed []byte

// What one picture may cost: the memory of its decoder in pages of 64 KB, and the time that it takes.
const (
	maxPages = 16 << 10
	maxTime  = time.Minute
)

// ErrDecode is the error of bytes that are no whole AVIF picture.
var ErrDecode = errors.New("avif: the picture cannot be decoded")

// decoder is the compiled module, which every picture gets an instance of.
type decoder struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

var compiled = sync.OnceValues(func() (*decoder, error) {
	ctx := context.Background()
	z, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, fmt.Errorf("avif: unpack the decoder: %w", err)
	}
	code, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("avif: unpack the decoder: %w", err)
	}
	return started(ctx, code, wazero.NewRuntimeConfigCompiler, wazero.NewRuntimeConfigInterpreter)
})

// started makes the decoder ready, by the first way that works: compiled to machine code or, where the system gives no memory that can
// be written and run (systemd's MemoryDenyWriteExecute, SELinux) or wazero knows no compiler for it, interpreted, which is slow.
func started(ctx context.Context, code []byte, ways ...func() wazero.RuntimeConfig) (d *decoder, err error) {
	for _, way := range ways {
		if d, err = start(ctx, code, way); err == nil {
			return d, nil
		}
	}
	return nil, err
}

// start makes it ready in one way. wazero panics where it gets no memory for its machine code.
func start(ctx context.Context, code []byte, way func() wazero.RuntimeConfig) (_ *decoder, err error) {
	defer func() {
		if why := recover(); why != nil {
			err = fmt.Errorf("avif: start the decoder: %v", why)
		}
	}()
	r := wazero.NewRuntimeWithConfig(ctx, way().WithMemoryLimitPages(maxPages).WithCloseOnContextDone(true))
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r); err != nil {
		return nil, fmt.Errorf("avif: start the decoder: %w", err)
	}
	m, err := r.CompileModule(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("avif: compile the decoder: %w", err)
	}
	return &decoder{r, m}, nil
}

// Decode decodes a picture of w×h pixels, of a sequence the first one. Deep colours become 8 bits.
func Decode(file []byte, w, h int) (*image.RGBA, error) {
	d, err := compiled()
	if err != nil {
		return nil, err
	}
	return d.picture(file, w, h)
}

// picture decodes one.
func (d *decoder) picture(file []byte, w, h int) (*image.RGBA, error) {
	ctx, cancel := context.WithTimeout(context.Background(), maxTime)
	defer cancel()
	instance, err := d.runtime.InstantiateModule(ctx, d.module, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		return nil, fmt.Errorf("avif: start the decoder: %w", err)
	}
	defer func() { _ = instance.Close(ctx) }()
	return call{ctx, instance}.decode(file, w, h)
}

// call is one run of the decoder. Its memory goes with the instance, so that nothing of it is freed.
type call struct {
	ctx context.Context
	in  api.Module
}

// facts is the room for the five figures that the decoder tells: four numbers, and how long a frame is shown.
const facts = 4*4 + 8

func (c call) decode(file []byte, w, h int) (*image.RGBA, error) {
	source, err := c.alloc(len(file))
	if err != nil {
		return nil, err
	}
	told, err := c.alloc(facts)
	if err != nil {
		return nil, err
	}
	if !c.in.Memory().Write(source, file) {
		return nil, ErrDecode
	}
	if err := c.run(source, len(file), true, told, 0); err != nil {
		return nil, err
	}
	number := func(i uint32) int {
		n, _ := c.in.Memory().ReadUint32Le(told + 4*i)
		return int(n)
	}
	if number(0) != w || number(1) != h {
		return nil, fmt.Errorf("%w: it has %d×%d pixels, and %d×%d are announced", ErrDecode, number(0), number(1), w, h)
	}
	size, deep := 4*w*h, number(2) > 8
	if deep {
		size *= 2
	}
	pixels, err := c.alloc(size)
	if err != nil {
		return nil, err
	}
	if err := c.run(source, len(file), false, told, pixels); err != nil {
		return nil, err
	}
	out, ok := c.in.Memory().Read(pixels, uint32(size))
	if !ok {
		return nil, ErrDecode
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	if !deep {
		copy(img.Pix, out)
		return img, nil
	}
	for i := range img.Pix {
		img.Pix[i] = out[2*i+1] // the upper half of a little-endian number
	}
	return img, nil
}

func (c call) alloc(n int) (uint32, error) {
	res, err := c.in.ExportedFunction("malloc").Call(c.ctx, uint64(n))
	if err != nil || res[0] == 0 {
		return 0, fmt.Errorf("%w: no room for %d bytes", ErrDecode, n)
	}
	return uint32(res[0]), nil
}

// run decodes the source to pixels, or only reads what it is.
func (c call) run(source uint32, length int, look bool, told, pixels uint32) error {
	flag := uint64(0)
	if look {
		flag = 1
	}
	at := func(i uint32) uint64 { return uint64(told + 4*i) }
	res, err := c.in.ExportedFunction("decode").Call(c.ctx, uint64(source), uint64(length), flag, 0, at(0), at(1), at(2), at(3), at(4), uint64(pixels))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDecode, err)
	case res[0] == 0:
		return ErrDecode
	}
	return nil
}
