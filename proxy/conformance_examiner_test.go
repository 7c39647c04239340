package proxy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// examiner is a transport that holds every answer against openapi.yaml: an unknown route, an undocumented status, media
// type or member, a body that does not fit its schema, a malformed stream — each fails the test.
//
// kin-openapi checks bodies and headers against their schemas, with JSON Schema 2020-12 as OpenAPI 3.1 wants it. What it
// has not, stands here: its routers match no parameter with a slash in it, its filter knows no event streams (OpenAPI
// 3.1 itself has no word for the items of one: the schema there is that of each event), and nothing tells members that
// a schema does not name.
type examiner struct {
	t      testing.TB
	next   http.RoundTripper
	prefix string // of the public address: a reverse proxy may leave it in front of every path
}

// examined is the client of every house's tests; what is measured is not examined.
func examined(t testing.TB, publicURL string) *http.Client {
	if _, measured := t.(*testing.B); measured {
		return http.DefaultClient
	}
	u, err := url.Parse(publicURL)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: &examiner{t: t, next: http.DefaultTransport, prefix: strings.TrimSuffix(u.Path, "/")}}
}

// pages are for people: what the playground is made of is in no description.
var pages = regexp.MustCompile(`^/+(playground/*)?(assets/[^/]+)?$`)

func (e *examiner) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := e.next.RoundTrip(r)
	if err == nil {
		resp.Body = &examinedBody{e: e, r: r, resp: resp, body: resp.Body}
	}
	return resp, err
}

// examinedBody is a body that is examined when it has been read to its end; what is left before that is not judged.
type examinedBody struct {
	e    *examiner
	r    *http.Request
	resp *http.Response
	body io.ReadCloser
	read bytes.Buffer
	over bool
}

func (x *examinedBody) Read(p []byte) (int, error) {
	n, err := x.body.Read(p)
	x.read.Write(p[:n])
	if errors.Is(err, io.EOF) && !x.over {
		x.over = true
		path := strings.TrimPrefix(x.r.URL.EscapedPath(), x.e.prefix)
		if pages.MatchString(path) && !strings.HasPrefix(x.resp.Header.Get("Content-Type"), "application/json") {
			return n, err
		}
		if strings.HasSuffix(path, "/mcp") && bytes.Contains(x.read.Bytes(), []byte(`"jsonrpc":"2.0"`)) {
			return n, err // another protocol, which has its own examiners
		}
		if bad := describedAPI().check(x.r.Method, path, x.resp.StatusCode, x.resp.Header, x.read.Bytes()); bad != nil {
			x.e.t.Errorf("%s %s = %d %.300s: %v", x.r.Method, x.r.URL.Path, x.resp.StatusCode, x.read.Bytes(), bad)
		}
	}
	return n, err
}

func (x *examinedBody) Close() error { return x.body.Close() }

// apiDescription is openapi.yaml, ready to be asked.
type apiDescription struct {
	doc    *openapi3.T
	routes []describedRoute
}

type describedRoute struct {
	path    string
	pattern *regexp.Regexp
	item    *openapi3.PathItem
}

var describedAPI = sync.OnceValue(func() *apiDescription {
	doc, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		panic(err)
	}
	d := &apiDescription{doc: doc}
	param := regexp.MustCompile(`\\\{\w+\\\}`)
	for path, item := range doc.Paths.Map() {
		one := "[^/]+"
		if strings.HasSuffix(path, "{file}") { // bytes; without an extension it is OpenAI's path without /v1
			one = `[^/]+\.[a-z0-9]+`
		}
		if path == "/v1/models/{id}" || strings.HasSuffix(path, "{path}") {
			one = ".+"
		}
		pattern := regexp.MustCompile("^" + param.ReplaceAllString(regexp.QuoteMeta(path), one) + "$")
		d.routes = append(d.routes, describedRoute{path, pattern, item})
	}
	slices.SortFunc(d.routes, func(a, b describedRoute) int { // words before parameters
		return strings.Count(a.path, "{") - strings.Count(b.path, "{")
	})
	return d
})

// check says what is wrong with an answer.
func (d *apiDescription) check(method, path string, status int, header http.Header, body []byte) error {
	if method == http.MethodOptions {
		return d.checkPreflight(status, body)
	}
	if !strings.HasPrefix(header.Get("X-Request-Id"), "req_") {
		return errors.New("an answer without x-request-id")
	}
	item := d.item(path)
	if item == nil {
		return d.checkRefusal(http.StatusNotFound, status, header, body)
	}
	asked := method
	if method == http.MethodHead {
		asked = http.MethodGet
	}
	op := item.GetOperation(asked)
	if op == nil {
		return d.checkRefusal(http.StatusMethodNotAllowed, status, header, body)
	}
	ref := op.Responses.Status(status)
	if ref == nil && status >= 400 {
		ref = op.Responses.Default()
	}
	if ref == nil {
		return errors.New("the status is not documented")
	}
	if err := checkHeaders(ref.Value, header); err != nil || method == http.MethodHead {
		return err
	}
	return checkBody(ref.Value, header, body)
}

// item finds a path in the one spelling that the description has.
func (d *apiDescription) item(path string) *openapi3.PathItem {
	path = "/" + strings.Join(slices.DeleteFunc(strings.Split(path, "/"), func(s string) bool { return s == "" }), "/")
	for _, p := range []string{path, "/v1" + path} {
		for _, r := range d.routes {
			if r.pattern.MatchString(p) {
				return r.item
			}
		}
	}
	return nil
}

func (d *apiDescription) checkPreflight(status int, body []byte) error {
	if status != http.StatusNoContent || len(body) > 0 {
		return errors.New("a preflight is answered with 204 and nothing else")
	}
	return nil
}

// checkRefusal is for what the description does not have: the answer must say so in the envelope.
func (d *apiDescription) checkRefusal(want, status int, header http.Header, body []byte) error {
	if status == http.StatusUnauthorized {
		want = status // who may not ask is not told what there is
	}
	if status != want {
		return errors.New("the route is not documented")
	}
	if want == http.StatusMethodNotAllowed && header.Get("Allow") == "" {
		return errors.New("a 405 without Allow")
	}
	return checkBody(d.doc.Components.Responses["Error"].Value, header, body)
}

func checkHeaders(r *openapi3.Response, header http.Header) error {
	for name, ref := range r.Headers {
		value := header.Get(name)
		if value == "" {
			if ref.Value.Required {
				return fmt.Errorf("the header %s is missing", name)
			}
			continue
		}
		var typed any = value
		if n, err := strconv.ParseFloat(value, 64); err == nil && ref.Value.Schema.Value.Type.Is("integer") {
			typed = n
		}
		if err := ref.Value.Schema.Value.VisitJSON(typed, openapi3.EnableJSONSchema2020()); err != nil {
			return fmt.Errorf("header %s: %w", name, err)
		}
	}
	return nil
}

func checkBody(r *openapi3.Response, header http.Header, body []byte) error {
	if len(r.Content) == 0 {
		if len(body) > 0 {
			return errors.New("a body where none is documented")
		}
		return nil
	}
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("content type %q: %w", header.Get("Content-Type"), err)
	}
	media := r.Content.Get(kind)
	if media == nil {
		return fmt.Errorf("the media type %s is not documented", kind)
	}
	switch {
	case media.Schema == nil:
		return nil
	case kind == "text/event-stream":
		return checkStream(media.Schema.Value, string(body))
	case kind == "application/json":
		return checkJSON(media.Schema.Value, body)
	default:
		return nil
	}
}

func checkJSON(schema *openapi3.Schema, text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	if err := schema.VisitJSON(value, openapi3.EnableJSONSchema2020()); err != nil {
		return err
	}
	return undeclared(schema, value, "$")
}

// checkStream holds a stream against the rules of framing that every library needs, and each of its events against the
// schema.
func checkStream(schema *openapi3.Schema, body string) error {
	if !strings.HasSuffix(body, "\n\n") {
		return errors.New("the last event has no blank line behind it")
	}
	for block := range strings.SplitSeq(strings.TrimSuffix(body, "\n\n"), "\n\n") {
		if strings.HasPrefix(block, ": ") && !strings.Contains(block, "\n") {
			continue // a comment
		}
		event, data := "", block
		if rest, ok := strings.CutPrefix(block, "event: "); ok {
			event, data, _ = strings.Cut(rest, "\n")
		}
		data, ok := strings.CutPrefix(data, "data: ")
		if !ok || strings.Contains(data, "\n") {
			return fmt.Errorf("a frame %.80q that no stream may have", block)
		}
		if event == "" && data == "[DONE]" {
			continue
		}
		if err := checkEvent(schema, event, data); err != nil {
			return fmt.Errorf("event %q: %w", event, err)
		}
	}
	return nil
}

func checkEvent(schema *openapi3.Schema, event, data string) error {
	var e struct {
		Type  string
		Error json.RawMessage
	}
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		return err
	}
	if event != "" && event != e.Type {
		return fmt.Errorf("its type is %q", e.Type)
	}
	if e.Error != nil && !strings.HasPrefix(data, `{"error":{`) {
		return errors.New("its error is no object, or not its first member")
	}
	return checkJSON(schema, []byte(data))
}

// undeclared finds a member that an object's schemas do not name, where they name any.
func undeclared(schema *openapi3.Schema, value any, at string) error {
	switch v := value.(type) {
	case map[string]any:
		named, open := membersOf(schema)
		if len(named) == 0 || open {
			return nil
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if named[k] == nil {
				return fmt.Errorf("%s.%s is not documented", at, k)
			}
			for _, s := range named[k] {
				if err := undeclared(s, v[k], at+"."+k); err != nil {
					return err
				}
			}
		}
	case []any:
		for i, e := range v {
			if items := itemsOf(schema); items != nil {
				if err := undeclared(items, e, fmt.Sprintf("%s[%d]", at, i)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// branches are a schema and all that it is put together of.
func branches(s *openapi3.Schema) (all []*openapi3.Schema) {
	all = append(all, s)
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, r := range refs {
			all = append(all, branches(r.Value)...)
		}
	}
	return all
}

// membersOf are the members that any branch names; open says that others are welcome.
func membersOf(s *openapi3.Schema) (named map[string][]*openapi3.Schema, open bool) {
	named = map[string][]*openapi3.Schema{}
	for _, b := range branches(s) {
		for name, r := range b.Properties {
			named[name] = append(named[name], r.Value)
		}
		open = open || b.AdditionalProperties.Has != nil && *b.AdditionalProperties.Has
	}
	for name, of := range named {
		if len(of) > 1 { // one member of several branches: what any of them names is named
			named[name] = []*openapi3.Schema{{AnyOf: schemaRefs(of)}}
		}
	}
	return named, open
}

func itemsOf(s *openapi3.Schema) *openapi3.Schema {
	var of []*openapi3.Schema
	for _, b := range branches(s) {
		if b.Items != nil {
			of = append(of, b.Items.Value)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return &openapi3.Schema{AnyOf: schemaRefs(of)}
}

func schemaRefs(all []*openapi3.Schema) (refs openapi3.SchemaRefs) {
	for _, s := range all {
		refs = append(refs, &openapi3.SchemaRef{Value: s})
	}
	return refs
}
