package native

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
	"midgate/proxy/body"
	"midgate/proxy/web"
)

// submit serves POST /mj/submit/…: the upstream's answer as soon as it has accepted the job.
func (s *Routes) submit(c *gin.Context, route string) error {
	p, err := s.read(c)
	if err != nil {
		return err
	}
	n := adapter.NativeRequest{Route: route, Speed: speedOf(c), Base: s.Base(c)}
	if n.Body, n.Uploads, err = s.takePictures(c, p); err != nil {
		return err
	}
	a, err := web.Attempt(c, p, false, web.Echo{})
	if err != nil {
		return err
	}
	a.Async = false // these clients ask for the task
	t, err := s.natives.Native(c.Request.Context(), a, n)
	if err != nil {
		return err
	}
	web.Announce(c, t)
	failure := t.Accepted(c.Request.Context())
	answer, ok := submitted(t.Job())
	switch {
	case ok: // accepted, whatever became of it since: its task tells
		s.WriteJSON(c, 200, answer)
	case failure != nil:
		t.Abandoned()
		return failure
	default:
		t.Abandoned()
		return adapter.Errorf(adapter.Failed, "The upstream did not name the task.")
	}
	web.Handed(c, t)
	return nil
}

// submitted is the answer for a job whose submission was accepted; false before that.
func submitted(job adapter.Job) (SubmitJSON, bool) {
	if len(job.Steps) == 0 || job.Steps[0].Submission == nil {
		return SubmitJSON{}, false
	}
	sub := job.Steps[0].Submission
	a := SubmitJSON{Code: mjAccepted, Description: "Submit success", Result: sub.TaskID, Properties: map[string]any{}}
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

// read reads a body in which long pictures have been stored already.
func (s *Routes) read(c *gin.Context) (*body.Body, error) {
	text, uploads, err := body.ExtractUploads(c.Request.Body, s.Receive(c))
	if err != nil {
		return nil, body.BadBody(err)
	}
	if strings.TrimSpace(text) == "" {
		text = "{}"
	}
	return body.ParseJSON(text, uploads...)
}

// pictureFields are the members whose texts are pictures.
var pictureFields = map[string]bool{
	"base64": true, "base64Array": true, "image": true, "endImage": true, "maskBase64": true,
	"sourceBase64": true, "targetBase64": true, "link": true, "sourceUrl": true, "targetUrl": true,
}

// takePictures takes the pictures out of a body; each leaves its mark. Addresses of other people's pictures stay: they
// are the upstream's to fetch.
func (s *Routes) takePictures(c *gin.Context, p *body.Body) (json.RawMessage, []adapter.Reference, error) {
	fields, uploads := map[string]any{}, []adapter.Reference{}
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) { // in order: a link may take base64's place
		v := p.Fields[name]
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
		kept, err := s.takeList(c, p, known, value, &uploads)
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

func (s *Routes) takeList(c *gin.Context, p *body.Body, name string, value any, uploads *[]adapter.Reference) (any, error) {
	switch v := value.(type) {
	case []any:
		if len(v) > body.MaxImages {
			return nil, body.TooManyImages()
		}
		for i := range v {
			kept, err := s.takeList(c, p, name, v[i], uploads)
			if err != nil {
				return nil, err
			}
			v[i] = kept
		}
		return v, nil
	case string:
		return s.takePicture(c, p, name, strings.TrimSpace(v), uploads)
	default:
		return value, nil
	}
}

func (s *Routes) takePicture(c *gin.Context, p *body.Body, name, text string, uploads *[]adapter.Reference) (any, error) {
	linked := body.HasScheme(text, "http") || body.HasScheme(text, "https")
	if text == "" || linked && s.OwnPicture(c, text) == "" {
		return text, nil
	}
	src := body.Source{Param: name, Text: text}
	p.Take(&src)
	var ref adapter.Reference
	var err error
	if src.Ref == nil && !linked && !body.HasScheme(text, "data") && web.OwnPath(text) == "" {
		ref, err = s.Services.Pictures.Receive(c.Request.Context(), web.RequestOf(c).Caller, body.Base64Reader(text), "")
		err = body.Blame(err, name)
	} else {
		ref, err = s.Resolve(c, src)
	}
	if err != nil {
		return nil, err
	}
	*uploads = append(*uploads, ref)
	return adapter.NativeUpload + strconv.Itoa(len(*uploads)-1), nil
}
