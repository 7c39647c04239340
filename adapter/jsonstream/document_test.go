package jsonstream

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// withFiles is a document of two files of so many bytes, one open and one to be opened.
func withFiles(data []byte, size int64, closed *int) *Document {
	counted := func() io.ReadCloser { return closer{bytes.NewReader(data), closed} }
	d := &Document{}
	d.Text(`{"open":`)
	d.File(counted(), size)
	d.Text(`,"later":`)
	d.DataURL("image/png", size, func(context.Context) (io.ReadCloser, error) { return counted(), nil })
	d.Text(",")
	d.Members(struct {
		N int `json:"n"`
	}{7})
	d.Text(`,"s":`)
	d.Value("a\"b")
	d.Text("}")
	return d
}

type closer struct {
	io.Reader
	closed *int
}

func (c closer) Close() error {
	*c.closed++
	return nil
}

// ways are the two in which a document is put out.
var ways = map[string]func(*Document) ([]byte, error){
	"written": func(d *Document) ([]byte, error) {
		var b bytes.Buffer
		err := d.Stream(context.Background(), &b, func() {})
		return b.Bytes(), err
	},
	"read": func(d *Document) ([]byte, error) {
		r := d.Reader(context.Background())
		b, err := io.ReadAll(r)
		return b, errors.Join(err, r.Close())
	},
	"read by the byte": func(d *Document) ([]byte, error) {
		return io.ReadAll(iotest.OneByteReader(d.Reader(context.Background())))
	},
	"primed, then written": func(d *Document) ([]byte, error) {
		if err := errors.Join(d.Prime(), d.Prime()); err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err := d.Stream(context.Background(), &b, func() {})
		return b.Bytes(), err
	},
}

func TestDocument_ComesWhole(t *testing.T) {
	for how, out := range ways {
		for _, size := range []int{0, 1, 2, 3, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 5} {
			data, closed := bytes.Repeat([]byte("midgate\x00\xff"), size/9+1)[:size], 0
			d := withFiles(data, int64(size), &closed)
			got, err := out(d)
			if err != nil || int64(len(got)) != d.Size() {
				t.Fatalf("%s, %d bytes: %d bytes, %v; want %d", how, size, len(got), err, d.Size())
			}
			var v struct {
				Open  []byte
				Later string
				N     int
				S     string
			}
			if err := json.Unmarshal(got, &v); err != nil {
				t.Fatalf("%s, %d bytes: %v", how, size, err)
			}
			later, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(v.Later, "data:image/png;base64,"))
			if err != nil || !bytes.Equal(v.Open, data) || !bytes.Equal(later, data) || v.N != 7 || v.S != `a"b` {
				t.Errorf("%s, %d bytes: files of %d and %d bytes, %d, %q", how, size, len(v.Open), len(later), v.N, v.S)
			}
			if err := d.Close(); err != nil || closed != 2 {
				t.Errorf("%s, %d bytes: %d files closed, %v; want both, once", how, size, closed, err)
			}
		}
	}
}

func TestDocument_FilesOfAnotherSizeAreErrors(t *testing.T) {
	for name, size := range map[string]int64{"shorter than announced": 101, "longer than announced": 99} {
		for how, out := range ways {
			closed := 0
			if _, err := out(withFiles(make([]byte, 100), size, &closed)); err == nil {
				t.Errorf("%s, %s: no error", name, how)
			} else if !strings.HasPrefix(how, "primed") && !errors.Is(err, ErrSize) {
				t.Errorf("%s, %s: %v, want %v", name, how, err, ErrSize)
			}
		}
	}
}

func TestReader_RemembersWhatAFileDid(t *testing.T) {
	gone := errors.New("gone")
	for name, c := range map[string]struct {
		open func(context.Context) (io.ReadCloser, error)
		want error
	}{
		"cannot be opened":           {func(context.Context) (io.ReadCloser, error) { return nil, gone }, gone},
		"ends as the document might": {func(context.Context) (io.ReadCloser, error) { return nil, io.EOF }, io.ErrUnexpectedEOF},
		"breaks off":                 {func(context.Context) (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(gone)), nil }, gone},
	} {
		d := &Document{}
		d.DataURL("image/png", 5, c.open)
		r := d.Reader(t.Context())
		_, err := io.ReadAll(r)
		_, again := io.ReadAll(r)
		if !errors.Is(err, c.want) || !errors.Is(again, c.want) || !errors.Is(r.Failed(), c.want) {
			t.Errorf("%s: %v, then %v, Failed = %v; want %v", name, err, again, r.Failed(), c.want)
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: Close = %v", name, err)
		}
	}
	whole := &Document{}
	whole.Text("{}")
	r := whole.Reader(t.Context())
	if _, err := io.ReadAll(r); err != nil || r.Failed() != nil {
		t.Errorf("a document without files: %v, Failed = %v", err, r.Failed())
	}
}

// A transport may close a body while it is read, and closes it before its end if the answer comes early.
func TestReader_MayBeClosedEarly(t *testing.T) {
	closed := 0
	d := withFiles(make([]byte, 3*chunkSize), 3*chunkSize, &closed)
	r := d.Reader(t.Context())
	if _, err := io.ReadFull(r, make([]byte, int(encodedSize(3*chunkSize))+100)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Read(make([]byte, 10)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("Read after Close = %d, %v", n, err)
	}
	if closed != 1 || r.Failed() != nil {
		t.Errorf("%d files closed, Failed = %v; want the one that was being read, and no failure", closed, r.Failed())
	}
}
