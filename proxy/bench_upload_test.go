package proxy

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/pictures"
	"midgate/proxy/metrics"
	"midgate/proxy/web"
)

// keeping stores uploads as the program does; everything else costs nothing.
type keeping struct {
	*fake
	files *pictures.Store
}

func (k keeping) Receive(ctx context.Context, _ adapter.Caller, r io.Reader, name string) (adapter.Reference, error) {
	p, err := k.files.Receive(ctx, r, 50<<20)
	return adapter.Reference{Upload: p.Name, Hash: p.SHA256, Name: name}, err
}

func uploadsChild() (http.Handler, func()) {
	dir, err := os.MkdirTemp("", "midgate-bench")
	if err != nil {
		panic(err)
	}
	files, err := pictures.New(context.Background(), pictures.Config{URL: dir, TempDir: dir})
	if err != nil {
		panic(err)
	}
	f := newFake()
	f.add(testImage, nil)
	s, err := New(web.Config{Auth: web.AuthKeys, Keys: []web.Key{{Name: "alice", Secret: "sk-alice"}}}, Core{Draw: f, Edit: f, Keep: keeping{f, files}, Jobs: f, Ready: f}, metrics.New(), slog.New(slog.DiscardHandler))
	if err != nil {
		panic(err)
	}
	return s, func() { _ = os.RemoveAll(dir) }
}

// parsingChild is how most servers take uploads.
func parsingChild() (http.Handler, func()) {
	g := gin.New()
	g.POST("/v1/images/edits", func(c *gin.Context) {
		if err := c.Request.ParseMultipartForm(32 << 20); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		c.JSON(http.StatusOK, gin.H{"data": []gin.H{}})
	})
	return g, func() {}
}

// upload is a form with a picture of 25 MiB.
func upload(b *testing.B) (body []byte, contentType string) {
	b.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 2560, 2560))
	for i := range img.Pix {
		img.Pix[i] = byte(i*7 + i>>9)
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	var picture, form bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&picture, img); err != nil {
		b.Fatal(err)
	}
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("image", "in.png")
	if err == nil {
		_, err = part.Write(picture.Bytes())
	}
	if err == nil {
		err = w.WriteField("prompt", "add a boat")
	}
	if err == nil {
		err = w.WriteField("response_format", "url")
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return form.Bytes(), w.FormDataContentType()
}

// P9: peak memory of twenty uploads of 25 MiB at once, against ParseMultipartForm. Bars: 0.05, 50 MiB.
func BenchmarkP9Uploads(b *testing.B) {
	body, contentType := upload(b)
	peak := func(kind string) float64 {
		c := start(b, kind)
		before := c.memory(b, "VmRSS")
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+c.addr+"/v1/images/edits", bytes.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				r.Header.Set("Content-Type", contentType)
				r.Header.Set("Authorization", "Bearer sk-alice")
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					b.Error(err)
					return
				}
				defer func() { _ = resp.Body.Close() }()
				if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
					b.Errorf("%s: %d %s", kind, resp.StatusCode, answer)
				}
			})
		}
		all.Wait()
		grown := c.memory(b, "VmHWM") - before
		c.tell("release")
		return grown
	}
	var ours, theirs float64
	for b.Loop() {
		ours, theirs = peak("uploads"), peak("parsing")
	}
	b.ReportMetric(ours/(1<<20), "peak-MiB")
	b.ReportMetric(theirs/(1<<20), "baseline-peak-MiB")
	b.ReportMetric(ours/theirs, "peak-ratio")
}
