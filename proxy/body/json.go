package body

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// Limits of JSON. Our deepest field is four levels down, and a reader that recurses must not be led into the depths by
// somebody else's brackets. A value that is read takes about forty times the two bytes that it can be written in, so that
// a body of allowed size could take hundreds of megabytes; a long conversation has some thousands of them.
const (
	maxDepth  = 64
	maxValues = 100_000
)

// readJSON reads a JSON object, whatever the content type said. Pictures in a long body go to keep.
func readJSON(body io.Reader, length int64, keep Receiver) (*Body, error) {
	if length < 0 || length > longString {
		text, uploads, err := ExtractUploads(body, keep)
		if err != nil {
			return nil, BadBody(err)
		}
		return ParseJSON(text, uploads...)
	}
	var b strings.Builder
	b.Grow(int(length))
	buf := copyBuffers.Get().(*[16 << 10]byte)
	_, err := io.CopyBuffer(&b, body, buf[:])
	copyBuffers.Put(buf)
	if err != nil {
		return nil, BadBody(err)
	}
	return ParseJSON(b.String())
}

// copyBuffers save most requests their biggest allocation.
var copyBuffers = sync.Pool{New: func() any { return new([16 << 10]byte) }}

// ParseJSON reads the text of a body, in which uploads have left marks.
func ParseJSON(text string, uploads ...Upload) (*Body, error) {
	const mark = "\ufeff" // some editors begin every file with it
	whole, text := len(text), strings.TrimPrefix(text, mark)
	moved := func(at int) int64 { return inBody(uploads, at+whole-len(text)) }
	if strings.TrimSpace(text) == "" {
		return nil, adapter.Errorf(adapter.Invalid, "The request body is empty; a JSON object is expected.")
	}
	if !modest(text) {
		return nil, adapter.BadParam("", "too_many_values", "The request body has more than %d values or nests deeper than %d levels.", maxValues, maxDepth)
	}
	if wrong := misspelt(text, moved); wrong != nil {
		return nil, wrong
	}
	if !gjson.Valid(text) {
		return nil, brokenJSON(text, moved)
	}
	root := gjson.Parse(text)
	if !root.IsObject() {
		return nil, adapter.Errorf(adapter.Invalid, "The request body must be a JSON object.")
	}
	p := &Body{Fields: make(map[string]gjson.Result, 8), uploads: uploads}
	if name, again := membersOf(root, p.Fields); again {
		return nil, twice(Shortened(name, 100))
	}
	p.Sum = func() string { return sumOf(root) }
	return p, nil
}

// membersOf reads an object's members; a name that is there twice with different values is told: only one could be obeyed.
func membersOf(o gjson.Result, members map[string]gjson.Result) (name string, again bool) {
	o.ForEach(func(k, v gjson.Result) bool {
		name = k.String()
		old, had := members[name]
		again = had && sumOf(old) != sumOf(v)
		members[name] = v
		return !again
	})
	return name, again
}

// sumOf is the digest of a value's meaning.
func sumOf(v gjson.Result) string {
	h := sha256.New()
	canonical(h, v)
	return hex.EncodeToString(h.Sum(nil))
}

// modest reports whether no bracket nests deeper than maxDepth and there are at most maxValues values; what stands inside
// strings does not count.
func modest(text string) bool {
	depth, values := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = closingQuote(text, i+1)
		case '{', '[':
			if depth++; depth > maxDepth {
				return false
			}
		case ',':
			if values++; values >= maxValues {
				return false
			}
		case '}', ']':
			depth--
		}
	}
	return true
}

// closingQuote returns where the string that begins at i ends.
func closingQuote[T string | []byte](text T, i int) int {
	for {
		end := i
		for end < len(text) && text[end] != '"' {
			end++
		}
		if end == len(text) {
			return end
		}
		slashes := 0
		for k := end - 1; k >= i && text[k] == '\\'; k-- {
			slashes++
		}
		if slashes%2 == 0 {
			return end
		}
		i = end + 1
	}
}

// canonical feeds a value to a digest so that only its meaning counts: no blanks, keys in
// order, escapes resolved, every piece with its length. Numbers count as they are written.
func canonical(h hash.Hash, v gjson.Result) {
	switch {
	case v.IsObject():
		keys, members := []string{}, map[string]gjson.Result{}
		v.ForEach(func(k, m gjson.Result) bool {
			name := k.String()
			if _, again := members[name]; !again {
				keys = append(keys, name)
			}
			members[name] = m
			return true
		})
		slices.Sort(keys)
		mark(h, '{', len(keys))
		for _, k := range keys {
			piece(h, '"', k)
			canonical(h, members[k])
		}
	case v.IsArray():
		items := v.Array()
		mark(h, '[', len(items))
		for _, m := range items {
			canonical(h, m)
		}
	case v.Type == gjson.String:
		piece(h, '"', v.Str)
	default:
		piece(h, '0', v.Raw)
	}
}

func piece(h hash.Hash, kind byte, text string) {
	mark(h, kind, len(text))
	_, _ = io.WriteString(h, text) // a hash takes everything
}

func mark(h hash.Hash, kind byte, n int) {
	var b [9]byte
	b[0] = kind
	binary.BigEndian.PutUint64(b[1:], uint64(n))
	_, _ = h.Write(b[:])
}

// brokenJSON says where a body stops being JSON.
func brokenJSON(text string, moved func(int) int64) error {
	var whole json.RawMessage
	err := json.Unmarshal([]byte(text), &whole)
	at, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return adapter.Errorf(adapter.Invalid, "The request body could not be parsed as JSON.")
	}
	return adapter.Errorf(adapter.Invalid, "The request body could not be parsed as JSON: %s, at byte %d.", at.Error(), moved(int(at.Offset)))
}
