package jetstream

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"

	"github.com/minio/highwayhash"
)

// A record in a block file of the server (nats-server, filestore.go): length(4) sequence(8) time(8) subject length(2)
// subject [header length(4) header] body checksum(8), little-endian, the length of all of it with its highest bit set
// where there are headers. The checksum covers sequence, time, subject, header and body, but no length.
const (
	recordHead = 22
	recordSum  = 8
	recordMost = 2 << 20 // the server takes no message of more than 1 MiB
	headerBit  = 1 << 31
	erasedBit  = 1 << 63 // of the sequence: the body is gone
	deletedBit = 1 << 62 // of the sequence: says that another record was deleted
)

// headerEnd ends the headers of a NATS message.
var headerEnd = []byte("\r\n\r\n")

// checker recognises the records of one block.
type checker struct {
	hash   hash.Hash64
	bucket string // empty: not one of ours
	named  bool   // its values are JSON that begins with their key; else its keys are digests
}

func newChecker(stream string, block int) checker {
	key := sha256.Sum256(fmt.Appendf(nil, "%s-%d", stream, block))
	h, err := highwayhash.New64(key[:])
	if err != nil {
		panic(err) // only for a key that is not 32 bytes long
	}
	c := checker{hash: h}
	if bucket, ours := strings.CutPrefix(stream, "KV_"); ours {
		c.bucket, c.named = bucket, strings.HasSuffix(bucket, "_images") || strings.HasSuffix(bucket, "_runs")
	}
	return c
}

// finding is what scan found out about a block.
type finding int

const (
	sound      finding = iota
	unfinished         // the last record was being written when the process or the machine stopped
	damaged
)

// scan reads the records of a block, and says at which byte it does not go on.
func scan(data []byte, c checker) (at int, found finding) {
	for at < len(data) {
		n := c.record(data[at:])
		if n == 0 {
			return at, c.rest(data[at:])
		}
		at += n
	}
	return at, sound
}

// record returns the length of the record that data begins with, 0 if it does not begin with a sound one.
func (c checker) record(data []byte) int {
	if len(data) < recordHead+recordSum {
		return 0
	}
	length := binary.LittleEndian.Uint32(data)
	n := int(length &^ headerBit)
	if n < recordHead+recordSum || n > len(data) || n > recordMost || !c.sum(data[:n], length&headerBit != 0) {
		return 0
	}
	return n
}

// sum checks a record whose length is known.
func (c checker) sum(rec []byte, headers bool) bool {
	subject, end := recordHead+int(binary.LittleEndian.Uint16(rec[20:])), len(rec)-recordSum
	body := subject
	if headers {
		body += 4
	}
	if body > end {
		return false
	}
	c.hash.Reset()
	for _, part := range [][]byte{rec[4:20], rec[recordHead:subject], rec[body:end]} {
		_, _ = c.hash.Write(part) // a hash never fails
	}
	if !bytes.Equal(c.hash.Sum(nil), rec[end:]) {
		return false
	}
	if headers && int(binary.LittleEndian.Uint32(rec[subject:])) != bytes.Index(rec[body:end], headerEnd)+len(headerEnd) {
		return false // the checksum covers the header, but not its length
	}
	if binary.LittleEndian.Uint64(rec[4:])&(erasedBit|deletedBit) != 0 {
		return true
	}
	return c.belongs(string(rec[recordHead:subject]), rec[body:end], headers)
}

// belongs checks that a subject and a body were not cut apart at the wrong place: the checksum does not notice that.
func (c checker) belongs(subject string, body []byte, headers bool) bool {
	if c.bucket == "" {
		return true
	}
	key, ok := strings.CutPrefix(subject, "$KV."+c.bucket+".")
	switch {
	case !ok || !validKey.MatchString(key):
		return false
	case headers, key == probeKey, key == readyKey: // what is cut elsewhere has no header there
		return true
	case c.named:
		return bytes.HasPrefix(body, zstdMagic) || bytes.HasPrefix(body, []byte(`{"id":"`+key+`"`))
	default:
		return len(key) == sha256.Size*2
	}
}

// rest judges data that does not begin with a sound record: is it the beginning of one, as an interrupted write leaves
// it, or was it more once?
func (c checker) rest(data []byte) finding {
	for at := 1; at < len(data); at++ {
		if c.record(data[at:]) > 0 {
			return damaged // records follow
		}
	}
	for _, headers := range []bool{false, true} {
		if len(data) >= recordHead+recordSum && c.sum(data, headers) {
			return damaged // all of it is there but its length
		}
	}
	if len(data) < recordHead {
		return unfinished
	}
	n := int(binary.LittleEndian.Uint32(data) &^ headerBit)
	if n > len(data) || allZero(data[max(0, len(data)-recordSum):]) {
		return unfinished // shorter than it says, or a page that never reached the disk
	}
	return damaged
}

func allZero(data []byte) bool { return len(bytes.Trim(data, "\x00")) == 0 }
