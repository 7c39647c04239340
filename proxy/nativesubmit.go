package proxy

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// nativeSubmit serves POST /mj/submit/…: the upstream's answer as soon as it has accepted the job.
func (s *Server) nativeSubmit(c *gin.Context, route string) error {
	p, err := s.readNative(c)
	if err != nil {
		return err
	}
	n := adapter.NativeRequest{Route: route, Speed: nativeSpeed(c), Base: s.base(c)}
	if n.Body, n.Uploads, err = s.nativeBody(c, p); err != nil {
		return err
	}
	a, err := s.attempt(c, p, false, form{})
	if err != nil {
		return err
	}
	a.Async = false // these clients ask for the task
	t, err := s.core.Natives.Native(c.Request.Context(), a, n)
	if err != nil {
		return err
	}
	run := t.Job()
	visitOf(c).follow(t)
	c.Header("Midgate-Job", run.ID)
	failure := t.Accepted(c.Request.Context())
	run = t.Job()
	answer, ok := submitted(run)
	switch {
	case ok: // accepted, whatever became of it since: its task tells
		s.writeJSON(c, 200, answer)
	case failure != nil:
		t.Abandoned()
		return failure
	default:
		t.Abandoned()
		return adapter.Errorf(adapter.Failed, "The upstream did not name the task.")
	}
	handed(c, t)
	return nil
}

// submitted is the answer for a run whose submission was accepted; false before that.
func submitted(run adapter.Job) (submitJSON, bool) {
	if len(run.Steps) == 0 || run.Steps[0].Submission == nil {
		return submitJSON{}, false
	}
	sub := run.Steps[0].Submission
	a := submitJSON{Code: mjAccepted, Description: "Submit success", Result: sub.TaskID, Properties: map[string]any{}}
	switch {
	case sub.Dialog:
		a.Code, a.Description = mjDialog, "Waiting for window confirm"
		a.Properties["finalPrompt"], a.Properties["remix"] = sub.Prompt, true
	case sub.Queued > 0:
		a.Code, a.Description = mjQueued, "In queue, there are "+strconv.Itoa(sub.Queued)+" tasks ahead"
		a.Properties["numberOfQueues"] = sub.Queued
	}
	return a, true
}

// readNative reads a body in which long pictures have been stored already.
func (s *Server) readNative(c *gin.Context) (*payload, error) {
	text, uploads, err := divert(c.Request.Body, s.receive(c))
	if err != nil {
		return nil, badBody(err)
	}
	if strings.TrimSpace(text) == "" {
		text = "{}"
	}
	return parseJSON(text, uploads...)
}

// pictureFields are the members whose texts are pictures (upstream-protocol.md §1.3–§1.9).
var pictureFields = map[string]bool{
	"base64": true, "base64Array": true, "image": true, "endImage": true, "maskBase64": true,
	"sourceBase64": true, "targetBase64": true, "link": true, "sourceUrl": true, "targetUrl": true,
}

// nativeBody takes the pictures out of a body; each leaves its mark. Addresses of other people's pictures stay: they
// are the upstream's to fetch.
func (s *Server) nativeBody(c *gin.Context, p *payload) (json.RawMessage, []adapter.Reference, error) {
	fields, uploads := map[string]any{}, []adapter.Reference{}
	for _, name := range slices.Sorted(maps.Keys(p.fields)) { // in order: a link may take base64's place
		v := p.fields[name]
		var value any
		d := json.NewDecoder(strings.NewReader(v.Raw))
		d.UseNumber()
		if err := d.Decode(&value); err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, adapter.Wrap(adapter.Invalid, err, "The request body could not be parsed as JSON.")
		}
		known := adapter.NativeName(name)
		if !pictureFields[known] {
			fields[name] = value
			continue
		}
		kept, err := s.nativePictures(c, p, known, value, &uploads)
		if err != nil {
			return nil, nil, err
		}
		if text, isText := kept.(string); known == "link" && isText && strings.HasPrefix(text, adapter.NativeUpload) {
			name = "base64" // one of our own pictures: sent along, not linked
		}
		fields[name] = kept
	}
	body, err := json.Marshal(fields)
	return body, uploads, err
}

func (s *Server) nativePictures(c *gin.Context, p *payload, name string, value any, uploads *[]adapter.Reference) (any, error) {
	switch v := value.(type) {
	case []any:
		if len(v) > maxImages {
			return nil, tooManyImages()
		}
		for i := range v {
			kept, err := s.nativePictures(c, p, name, v[i], uploads)
			if err != nil {
				return nil, err
			}
			v[i] = kept
		}
		return v, nil
	case string:
		return s.nativePicture(c, p, name, strings.TrimSpace(v), uploads)
	default:
		return value, nil
	}
}

func (s *Server) nativePicture(c *gin.Context, p *payload, name, text string, uploads *[]adapter.Reference) (any, error) {
	linked := hasScheme(text, "http") || hasScheme(text, "https")
	if text == "" || linked && s.ownPicture(c, text) == "" {
		return text, nil
	}
	src := source{param: name, text: text}
	p.take(&src)
	var ref adapter.Reference
	var err error
	if src.ref == nil && !linked && !hasScheme(text, "data") {
		ref, err = s.core.Keep.Receive(c.Request.Context(), visitOf(c).caller, base64Reader(text), "")
		err = blame(err, name)
	} else {
		ref, err = s.resolve(c, src)
	}
	if err != nil {
		return nil, err
	}
	*uploads = append(*uploads, ref)
	return adapter.NativeUpload + strconv.Itoa(len(*uploads)-1), nil
}
