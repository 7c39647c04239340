package png

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"regexp"
	"strings"
)

// tagKeyword names the iTXt chunk in which a PNG carries its image ID. The README promises it to clients.
const tagKeyword = "midgate-id"

// startSize is the length of a PNG's signature and IHDR chunk.
const startSize = len(Signature) + 12 + 13

var tagForm = regexp.MustCompile(`\A[0-9A-Za-z_-]{0,64}\z`)

// ValidTag reports whether an ID may stand in a PNG's iTXt chunk; empty means none.
func ValidTag(id string) bool { return tagForm.MatchString(id) }

// Tagged is a stored PNG with the ID's chunk after IHDR, put in while it is read. A
// chunk of that kind that stood there is replaced, so that there is exactly one.
type Tagged struct {
	head []byte // signature, IHDR, our chunk
	body io.ReadSeekCloser
	skip int64 // how much of body head stands for
	size int64
	at   int64 // where the reader stands in the whole
	in   int64 // where body stands
}

// Tag returns the PNG in body with the ID in it. body has size bytes and stands at its beginning.
func Tag(body io.ReadSeekCloser, size int64, id string) (*Tagged, error) {
	start := make([]byte, startSize, startSize+64)
	if _, err := io.ReadFull(body, start); err != nil {
		return nil, unexpected(err)
	}
	s := &Tagged{head: append(start, tagChunk(id)...), body: body, skip: int64(startSize)}
	var peek [8 + len(tagKeyword) + 1]byte
	n, err := io.ReadFull(body, peek[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	s.in = s.skip + int64(n)
	if string(peek[4:]) == "iTXt"+tagKeyword+"\x00" {
		s.skip += 12 + int64(binary.BigEndian.Uint32(peek[:4]))
	} else {
		// What was peeked at joins the head: reading on needs no seek, which for a remote
		// bucket would be another request.
		s.head = append(s.head, peek[:n]...)
		s.skip += int64(n)
	}
	s.size = size - s.skip + int64(len(s.head))
	if s.size < int64(len(s.head)) {
		return nil, io.ErrUnexpectedEOF
	}
	return s, nil
}

// Size is the length of the whole, the chunk included.
func (s *Tagged) Size() int64 { return s.size }

// Read continues where the last read or seek left off.
func (s *Tagged) Read(b []byte) (int, error) {
	if s.at < int64(len(s.head)) {
		n := copy(b, s.head[s.at:])
		s.at += int64(n)
		return n, nil
	}
	if want := s.at - int64(len(s.head)) + s.skip; want != s.in {
		if _, err := s.body.Seek(want, io.SeekStart); err != nil {
			return 0, err
		}
		s.in = want
	}
	n, err := s.body.Read(b)
	s.in += int64(n)
	s.at += int64(n)
	return n, err
}

// Seek as io.Seeker; the body follows at the next read.
func (s *Tagged) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	s.at = offset
	return offset, nil
}

// Close closes the stored object.
func (s *Tagged) Close() error { return s.body.Close() }

// tagChunk is an iTXt chunk with the ID, not compressed, in no particular language.
func tagChunk(id string) []byte {
	return chunk("iTXt", []byte(tagKeyword+"\x00\x00\x00\x00\x00"+id))
}

// TagOf returns the image ID that a PNG carries, empty if it carries none. It reads
// no further than the chunks before the picture data, one megabyte at most.
func TagOf(r io.Reader) string {
	src := bufio.NewReader(io.LimitReader(r, 1<<20))
	var sig [len(Signature)]byte
	if _, err := io.ReadFull(src, sig[:]); err != nil || string(sig[:]) != Signature {
		return ""
	}
	for {
		var h [8]byte
		if _, err := io.ReadFull(src, h[:]); err != nil {
			return ""
		}
		size, kind := int64(binary.BigEndian.Uint32(h[:4])), string(h[4:])
		switch {
		case kind == "IDAT" || kind == "IEND":
			return ""
		case kind == "iTXt" && size <= 256:
			b := make([]byte, size+4)
			if _, err := io.ReadFull(src, b); err != nil {
				return ""
			}
			if id := tagIn(b[:size]); id != "" {
				return id
			}
		default:
			if _, err := io.CopyN(io.Discard, src, size+4); err != nil {
				return ""
			}
		}
	}
}

// tagIn reads an iTXt chunk's data.
func tagIn(data []byte) string {
	rest, ok := bytes.CutPrefix(data, []byte(tagKeyword+"\x00\x00\x00"))
	if !ok {
		return ""
	}
	fields := strings.SplitN(string(rest), "\x00", 3) // language, translated keyword, text
	if len(fields) != 3 || !ValidTag(fields[2]) {
		return ""
	}
	return fields[2]
}
