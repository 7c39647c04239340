package body

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"strings"

	"midgate/adapter"
)

// pictureData skips a data URL's head and decodes what follows.
func pictureData(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 4<<10)
	if head, _ := b.Peek(5); !strings.EqualFold(string(head), "data:") {
		return streamedBase64(b), nil
	}
	head, err := b.ReadSlice(',')
	if err != nil || !strings.HasSuffix(strings.ToLower(string(head)), ";base64,") {
		return nil, adapter.BadParam("", "invalid_value", "The data URL must be of the form data:image/png;base64,….")
	}
	return streamedBase64(b), nil
}

// DataURL opens the bytes of a data URL; its media type is not believed, the bytes are looked at.
func DataURL(text string) (io.Reader, error) {
	head, data, ok := strings.Cut(text, ",")
	if !ok || !strings.HasSuffix(strings.ToLower(strings.TrimSpace(head)), ";base64") {
		return nil, adapter.BadParam("", "invalid_value", "The data URL must be of the form data:image/png;base64,….")
	}
	if strings.Contains(data, "%") {
		if plain, err := url.PathUnescape(data); err == nil {
			data = plain
		}
	}
	return Base64Reader(data), nil
}

// Base64Reader decodes either alphabet, with and without padding, ignoring line breaks.
func Base64Reader(data string) io.Reader {
	return streamedBase64(strings.NewReader(data))
}

// streamedBase64 decodes base64 as it arrives, padded or not, of either alphabet.
func streamedBase64(r io.Reader) io.Reader {
	return &wordedReader{base64.NewDecoder(base64.RawStdEncoding, &plainAlphabet{r})}
}

// plainAlphabet turns the URL alphabet into the standard one and drops padding and blanks.
type plainAlphabet struct{ r io.Reader }

// Read implements io.Reader.
func (a *plainAlphabet) Read(p []byte) (int, error) {
	for {
		n, err := a.r.Read(p)
		kept := 0
		for _, b := range p[:n] {
			switch b {
			case '=', '\r', '\n', ' ', '\t':
				continue
			case '-':
				b = '+'
			case '_':
				b = '/'
			}
			p[kept] = b
			kept++
		}
		if kept > 0 || err != nil {
			return kept, err
		}
	}
}

// wordedReader says in plain words that base64 is broken.
type wordedReader struct{ r io.Reader }

// Read implements io.Reader.
func (w *wordedReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	var broken base64.CorruptInputError
	if errors.As(err, &broken) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = adapter.BadParam("", "invalid_base64", "The picture's base64 is broken.")
	}
	return n, err
}

// IsBase64 reports whether a text has base64's letters only, of either alphabet.
func IsBase64(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("+/-_=\r\n", r))
	}) < 0
}
