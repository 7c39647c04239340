package png

import (
	"bytes"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
)

// noise is bytes in which nothing repeats but some are more frequent than others.
func noise(n int) []byte { return allNoise()[:n] }

var allNoise = sync.OnceValue(func() []byte {
	rng := rand.New(rand.NewPCG(1, 1))
	b := make([]byte, 2*stretchSize)
	for i := range b {
		v := rng.Uint32()
		b[i] = byte((v & 7) * (v >> 8 & 7))
	}
	return b
})

func TestDeflaterIsReadBackWhateverItIsFed(t *testing.T) {
	smooth := bytes.Repeat([]byte("\x00\x01\x00\x00\x02\x00\x00\xff"), stretchSize/8)
	tests := map[string][]byte{
		"nothing":                       nil,
		"one byte":                      {7},
		"less than a sample":            noise(sampleSize - 1),
		"exactly a sample":              noise(sampleSize),
		"exactly a stretch":             noise(stretchSize),
		"noise":                         noise(2*stretchSize - 5),
		"smooth":                        smooth,
		"smooth, noise, smooth, noise":  bytes.Join([][]byte{smooth, noise(stretchSize), smooth[:stretchSize/2], noise(stretchSize / 2)}, nil),
		"the same beginning twice over": bytes.Join([][]byte{noise(stretchSize), smooth, noise(stretchSize)}, nil),
	}
	for name, want := range tests {
		for _, chunk := range []int{5000, 3 << 20} {
			t.Run(name, func(t *testing.T) {
				var b bytes.Buffer
				d := newDeflater(&b)
				for rest := want; len(rest) > 0; {
					n := min(chunk, len(rest))
					if _, err := d.Write(rest[:n]); err != nil {
						t.Fatal(err)
					}
					rest = rest[n:]
				}
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
				z, err := zlib.NewReader(&b)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("read back %d of %d bytes, %v", len(got), len(want), err)
				}
			})
		}
	}
}

func TestDeflaterSearchesForMatchesWhereItPays(t *testing.T) {
	smooth := bytes.Repeat([]byte("\x00\x01\x00\x00\x02\x00\x00\xff"), sampleSize/8)
	if !worthMatching(smooth) {
		t.Error("worthMatching(smooth) = false, want true")
	}
	if worthMatching(noise(sampleSize)) {
		t.Error("worthMatching(noise) = true, want false")
	}
}
