package body

import (
	"bytes"
	"regexp"
	"strings"

	"midgate/adapter"
)

// A header that does not fit its body is the commonest mistake of programs that write their requests themselves. What a
// parser says of such a body names a byte in the middle of it; the mistake is in the header.

// peeked is how much of a body is looked at before it is read.
const peeked = 1024

// urlEncoded is how a URL-encoded form begins; no JSON does.
var urlEncoded = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.%\[\]-]{0,100}=`)

// misnamed says what a body is that its content type, of that kind, does not name; nil where they fit, as far as can be seen.
func misnamed(kind string, head []byte) error {
	isJSON := strings.Contains(kind, "json")
	switch packed := packing(head); {
	case packed != "":
		return adapter.Errorf(WrongEncoding, "The request body is compressed with %s, and its Content-Encoding does not say so. Send 'Content-Encoding: %s' with it.", packed, packed)
	case seemsPicture(head):
		return adapter.BadParam("", "unsupported_content_type", "The request body is a picture and nothing else. Send it as a file of a multipart/form-data body, or as a data URL in a JSON object.")
	case isJSON && boundaryOf(head) != "":
		return adapter.BadParam("", "unsupported_content_type", "The request body is a multipart form, but its Content-Type is '%s'. Leave the Content-Type to your HTTP library: it must be multipart/form-data with the form's boundary.", Excerpt(kind))
	case urlEncoded.Match(head) && !bytes.Contains(head, []byte("\n--")): // that would be the words before a form
		return adapter.BadParam("", "unsupported_content_type", "The request body is a URL-encoded form. Send the body as application/json or multipart/form-data.")
	}
	return nil
}

// packing is the Content-Encoding that a compressed body should have; empty where it is not compressed.
func packing(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b\x08")):
		return "gzip"
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return "zstd"
	case len(head) > 2 && head[0] == 0x78 && (head[1] == 0x9c || head[1] == 0xda):
		return "deflate"
	default:
		return ""
	}
}

// isObject reports whether a body begins as a JSON object and not as a form of that boundary.
func isObject(head []byte, boundary string) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return bytes.HasPrefix(text, []byte("{")) && (boundary == "" || !bytes.Contains(head, []byte("--"+boundary)))
}

// otherBoundary refuses a form that begins with another boundary than its content type names.
func otherBoundary(head []byte, named string) error {
	own := strings.TrimSpace(boundaryOf(head))
	if own == "" || strings.HasPrefix(own, named) {
		return nil
	}
	return adapter.BadParam("", "invalid_form_part", "The multipart body's boundary is '%s', but its Content-Type names another, '%s'. Leave the Content-Type to your HTTP library.", Excerpt(own), Excerpt(named))
}
