package body

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"midgate/adapter"
)

// disposition is what a part of a form says of itself.
type disposition struct {
	name, file string
	charset    string    // of a text, where it says another one than UTF-8
	json       bool      // its type says so
	picture    bool      // its type or its file name says so; that they say nothing means nothing
	body       io.Reader // decoded
}

// readDisposition reads the headers of the numberth part as leniently as servers do: many programs write names and file
// names without the escapes that the standard asks for. What cannot be read even so is refused, since a part that is left
// out may be the mask of a picture that is paid for.
func readDisposition(part *multipart.Part, number int) (d disposition, err error) {
	lines := headerLines(part, "Content-Disposition")
	if len(lines) == 0 {
		return d, badPart(number, "it has no Content-Disposition")
	}
	if d.name, d.file, err = namesOf(lines, number); err != nil {
		return d, err
	}
	if t := headerLines(part, "Content-Type"); len(t) > 0 {
		kind, params, _ := mime.ParseMediaType(t[0]) // a type that cannot be read says nothing
		d.charset, d.picture = strings.ToLower(params["charset"]), strings.HasPrefix(kind, "image/")
		d.json = kind == "application/json"
	}
	d.picture = d.picture || pictureFile.MatchString(d.file)
	d.body = part
	for _, coding := range headerLines(part, "Content-Transfer-Encoding") {
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "", "7bit", "8bit", "binary":
		case "base64":
			d.body = base64.NewDecoder(base64.StdEncoding, d.body)
		case "quoted-printable":
			d.body = quotedprintable.NewReader(d.body)
		default:
			return d, badPart(number, "its Content-Transfer-Encoding is not known here")
		}
	}
	return d, nil
}

var pictureFile = regexp.MustCompile(`(?i)\.(png|jpe?g|jfif|webp|gif|avif|heic|heif|bmp|tiff?|jxl)$`)

// badPart blames a part that cannot be named.
func badPart(number int, why string) error {
	return adapter.BadParam("", "invalid_form_part", "Part %d of the form could not be read: %s.", number, why)
}

// headerLines are the values of a header, also where a blank stands before its colon.
func headerLines(part *multipart.Part, name string) (values []string) {
	for key, lines := range part.Header {
		if strings.EqualFold(strings.TrimSpace(key), name) {
			values = append(values, lines...)
		}
	}
	return values
}

// namesOf are the one name and the file name that a part's headers agree upon.
func namesOf(lines []string, number int) (name, file string, err error) {
	for _, line := range lines {
		n, f, ok := strictNames(line)
		if !ok {
			n, f, ok = looseNames(line)
		}
		if !ok || name != "" && n != name {
			return "", "", badPart(number, "the name in its Content-Disposition cannot be made out")
		}
		name, file = n, cmp.Or(file, f)
	}
	switch {
	case name == "":
		return "", "", badPart(number, "it has no name")
	case !utf8.ValidString(name):
		return "", "", badPart(number, "its name is not valid UTF-8")
	}
	if file != "" {
		file = path.Base(strings.ToValidUTF8(strings.ReplaceAll(file, `\`, "/"), "_"))
	}
	return name, file, nil
}

// strictNames reads a header as the standard has it.
func strictNames(line string) (name, file string, ok bool) {
	_, params, err := mime.ParseMediaType(line)
	if err != nil || params["name"] == "" {
		return "", "", false
	}
	return strings.TrimSpace(unquoted(params["name"])), params["filename"], true
}

// unquoted takes single quotes away, which are none by the standard.
func unquoted(text string) string {
	if len(text) > 2 && text[0] == '\'' && text[len(text)-1] == '\'' {
		return text[1 : len(text)-1]
	}
	return text
}

// key finds where a name or a file name begins: at the start of a line, or behind a blank, a semicolon or a quote.
var key = regexp.MustCompile(`(?i)(?:^|[\s;,"'])(name|filename)(\*?)\s*=\s*`)

// unclear is what no name has: it belongs to a piece of the header that was cut in the wrong place.
const unclear = "\";=\r\n\x00"

// looseNames reads a header that breaks the standard: each value goes on to where the next one begins, and quotes are
// what stands at both of its ends. A name that comes twice must be the same.
func looseNames(line string) (name, file string, ok bool) {
	begins := key.FindAllStringSubmatchIndex(line, -1)
	for i, at := range begins {
		end := len(line)
		if i+1 < len(begins) {
			end = begins[i+1][2]
		}
		value := looseValue(line[at[1]:end])
		if line[at[4]:at[5]] == "*" {
			value = extended(value)
		}
		if strings.EqualFold(line[at[2]:at[3]], "filename") {
			file = cmp.Or(file, value)
			continue
		}
		if value == "" || name != "" && value != name || strings.ContainsAny(value, unclear) {
			return "", "", false
		}
		name = value
	}
	return name, file, true
}

// closing is a quote that nothing but the next parameter follows.
var closing = regexp.MustCompile(`"\s*(?:;|$)`)

// looseValue takes a value out of what stands around it.
func looseValue(text string) string {
	text = strings.Trim(text, " \t;,")
	if strings.HasPrefix(text, `"`) {
		text = text[1:]
		if at := closing.FindStringIndex(text); at != nil {
			text = text[:at[0]]
		}
		return strings.TrimSpace(strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(text))
	}
	text, _, _ = strings.Cut(text, ";")
	return unquoted(strings.TrimSpace(text))
}

// extended resolves charset'language'escaped bytes.
func extended(value string) string {
	charset, rest, ok := strings.Cut(value, "'")
	_, escaped, both := strings.Cut(rest, "'")
	raw, err := url.PathUnescape(escaped)
	if !ok || !both || err != nil {
		return value
	}
	if text, ok := decoded([]byte(raw), strings.ToLower(charset)); ok {
		return text
	}
	return raw
}

// decoded is a text in UTF-8: what it is already stays as it is, also where it names Latin-1, as some libraries do whatever
// they write. Latin-1 itself is the other charset that forms are written in, and browsers take it for Windows-1252. Of any
// other the plain letters are taken.
func decoded(text []byte, charset string) (string, bool) {
	switch charset {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return string(text), utf8.Valid(text)
	case "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252":
		if utf8.Valid(text) {
			return string(text), true
		}
		b, err := charmap.Windows1252.NewDecoder().Bytes(text)
		return string(b), err == nil
	default:
		special := func(r rune) bool { return r > '~' || r < ' ' && !strings.ContainsRune("\t\r\n", r) }
		return string(text), bytes.IndexFunc(text, special) < 0
	}
}
