package pictures

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"regexp"
	"strings"
)

// idKeyword names the iTXt chunk in which a PNG carries its image ID (contract.md §5).
const idKeyword = "midgate-id"

// startSize is the length of a PNG's signature and IHDR chunk.
const startSize = len(pngSignature) + 12 + 13

var idForm = regexp.MustCompile(`\A[0-9A-Za-z_-]{0,64}\z`)

// validID reports whether id may stand in a PNG's iTXt chunk; empty means none.
func validID(id string) bool { return idForm.MatchString(id) }

// sealed is a stored PNG with the ID's chunk after IHDR, put in while it is read. A
// chunk of that kind that stood there is replaced, so that there is exactly one.
type sealed struct {
	head []byte // signature, IHDR, our chunk
	body io.ReadSeekCloser
	skip int64 // how much of body head stands for
	size int64
	at   int64 // where the reader stands in the whole
	in   int64 // where body stands
}

// newSealed takes a PNG of size bytes that stands at its beginning.
func newSealed(body io.ReadSeekCloser, size int64, id string) (*sealed, error) {
	start := make([]byte, startSize, startSize+64)
	if _, err := io.ReadFull(body, start); err != nil {
		return nil, unexpected(err)
	}
	s := &sealed{head: append(start, idChunk(id)...), body: body, skip: int64(startSize)}
	var peek [8 + len(idKeyword) + 1]byte
	n, err := io.ReadFull(body, peek[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	s.in = s.skip + int64(n)
	if string(peek[4:]) == "iTXt"+idKeyword+"\x00" {
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

// Read continues where the last read or seek left off.
func (s *sealed) Read(b []byte) (int, error) {
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
func (s *sealed) Seek(offset int64, whence int) (int64, error) {
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
func (s *sealed) Close() error { return s.body.Close() }

// idChunk is an iTXt chunk with the ID, not compressed, in no particular language.
func idChunk(id string) []byte {
	return pngChunk("iTXt", []byte(idKeyword+"\x00\x00\x00\x00\x00"+id))
}

// MidgateID returns the image ID that a PNG carries, empty if it carries none. It reads
// no further than the chunks before the picture data, one megabyte at most.
func MidgateID(r io.Reader) string {
	src := bufio.NewReader(io.LimitReader(r, 1<<20))
	var sig [len(pngSignature)]byte
	if _, err := io.ReadFull(src, sig[:]); err != nil || string(sig[:]) != pngSignature {
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
			if id := idIn(b[:size]); id != "" {
				return id
			}
		default:
			if _, err := io.CopyN(io.Discard, src, size+4); err != nil {
				return ""
			}
		}
	}
}

// idIn reads an iTXt chunk's data.
func idIn(data []byte) string {
	rest, ok := bytes.CutPrefix(data, []byte(idKeyword+"\x00\x00\x00"))
	if !ok {
		return ""
	}
	fields := strings.SplitN(string(rest), "\x00", 3) // language, translated keyword, text
	if len(fields) != 3 || !validID(fields[2]) {
		return ""
	}
	return fields[2]
}
