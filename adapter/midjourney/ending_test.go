package midjourney

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// wholeFiles are small files of every format that Midjourney makes.
func wholeFiles(t *testing.T) map[string][]byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i)
	}
	var p, j bytes.Buffer
	if err := png.Encode(&p, img); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&j, img, nil); err != nil {
		t.Fatal(err)
	}
	webp := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), make([]byte, 500)...)
	binary.LittleEndian.PutUint32(webp[4:], uint32(len(webp)-8))
	box := func(kind string, size int) []byte {
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+size)), kind...), make([]byte, size)...)
	}
	large := append([]byte("\x00\x00\x00\x01mdat"), binary.BigEndian.AppendUint64(nil, 16+400)...)
	mp4 := append(append(append(box("ftyp", 16), box("moov", 90)...), large...), make([]byte, 400)...)
	return map[string][]byte{"png": p.Bytes(), "jpeg": j.Bytes(), "webp": webp, "mp4": mp4}
}

// truncating serves the first n bytes at first and all of them later, without a length and as if each were all.
func truncating(file []byte, n int, tries *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		if tries.Add(1) > 1 {
			n = len(file)
		}
		_, _ = w.Write(file[:n/2])
		_ = http.NewResponseController(w).Flush() // from here on there is no length to announce
		_, _ = w.Write(file[n/2 : n])
	}
}

// TestAFileThatARelayCutShortIsFetchedToItsEnd: half a picture would be stored for good, and paid.
func TestAFileThatARelayCutShortIsFetchedToItsEnd(t *testing.T) {
	for name, file := range wholeFiles(t) {
		for _, n := range []int{13, len(file) / 2, len(file) - 1} {
			var tries atomic.Int32
			srv := httptest.NewServer(truncating(file, n, &tries))
			r := rigOver(t, nil, nil, func(c *Config) { c.Upstreams[0].URL, c.PictureRetry = srv.URL, time.Millisecond })
			if got, err := download1(r, "/mj/image/1"); err != nil || got != string(file) {
				t.Errorf("Picture(a %s of %d bytes cut at %d) = %d bytes, %v; want all", name, len(file), n, len(got), err)
			}
			srv.Close()
		}
	}
}

// TestAFileThatEndsOddlyIsTakenAsItIs: it is asked for once more, and no picture is thrown away for its form.
func TestAFileThatEndsOddlyIsTakenAsItIs(t *testing.T) {
	for name, file := range wholeFiles(t) {
		odd := file[:len(file)-3]
		for _, ranges := range []bool{true, false} {
			var tries atomic.Int32
			serve := truncating(odd, len(odd), &tries)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if ranges && req.Header.Get("Range") != "" {
					tries.Add(1)
					w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
					return
				}
				serve(w, req)
			}))
			r := rigOver(t, nil, nil, func(c *Config) { c.Upstreams[0].URL = srv.URL })
			if got, err := download1(r, "/mj/image/1"); err != nil || got != string(odd) || tries.Load() != 2 {
				t.Errorf("Picture(an odd %s, ranges %v) = %d bytes, %v after %d tries; want %d bytes after 2", name, ranges, len(got), err, tries.Load(), len(odd))
			}
			srv.Close()
		}
	}
}

func TestAWholeFileIsFetchedOnce(t *testing.T) {
	for name, file := range wholeFiles(t) {
		var tries atomic.Int32
		srv := httptest.NewServer(truncating(file, len(file), &tries))
		r := rigOver(t, nil, nil, func(c *Config) { c.Upstreams[0].URL = srv.URL })
		if got, err := download1(r, "/mj/image/1"); err != nil || got != string(file) || tries.Load() != 1 {
			t.Errorf("Picture(a whole %s) = %d bytes, %v after %d tries; want %d after 1", name, len(got), err, tries.Load(), len(file))
		}
		srv.Close()
	}
}
