package responses

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"midgate/adapter"
	adapterchat "midgate/adapter/chat"
	"midgate/adapter/jsonstream"
	"midgate/proxy/chat"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// item is one piece of a response's output: a picture, a text, or the call of a function that a client insisted on.
type item struct {
	id      string
	picture *images.Found // of an image_generation_call
	form    web.Echo
	url     string
	text    string
	call    string // name of the function; text has its arguments
}

// outcome is what a response has to show.
type outcome struct {
	chat.Answer
	ids    []string        // pictures, to be looked up
	images []adapter.Image // pictures that are there already
	video  string
}

func outcomeOf(job adapter.Job, f echo, r adapter.Result) outcome {
	o := outcome{ids: r.Images}
	if len(r.Texts) > 0 {
		o.Text = adapterchat.Markdown(adapterchat.Answer{Texts: r.Texts})
	}
	if len(r.Texts) > 0 && f.Schema != nil {
		o.Text = adapterchat.Described(f.Schema, r.Texts)
	}
	if len(r.Videos) > 0 {
		o.video = web.VideoURL("", job.ID, r.Moving)
	}
	return o
}

// items makes the output. Whoever gets it closes it, or gives it to a document.
func (s *Routes) items(ctx context.Context, c adapter.Caller, base string, r responseJSON, o outcome, bytes bool) ([]item, error) {
	suffix := strings.TrimPrefix(r.ID, "resp_")
	for _, img := range o.images {
		o.ids = append(o.ids, img.ID)
		suffix = strings.TrimPrefix(img.ID, "img_")
	}
	switch {
	case o.Calls():
		return []item{{id: "fc_" + suffix, call: o.Reply.Tool, text: o.Reply.Text}}, nil
	case o.video != "":
		return []item{{id: "msg_" + suffix, text: adapterchat.Markdown(adapterchat.Answer{Video: base + o.video})}}, nil
	case o.Reply != nil || o.Text != "":
		return []item{{id: "msg_" + suffix, text: o.Text}}, nil
	}
	f := r.form.Echo
	f.Output.Base64 = bytes && !r.form.TextOnly
	pictures, err := s.pictures.Find(ctx, c, f, o.ids)
	if err != nil {
		return nil, err
	}
	s.Metrics.HandedOut("responses", len(pictures))
	items := make([]item, len(pictures), len(pictures)+1)
	for i := range pictures {
		items[i] = item{id: pictureItem(suffix, i), picture: &pictures[i], form: f, url: web.PictureURL(base, pictures[i].Image.ID, f.Output.Format)}
	}
	switch {
	case r.form.TextOnly && len(pictures) > 0:
		items = []item{{id: "msg_" + suffix, text: toldOf(items, r.form.Note)}}
	case r.form.Talk && len(pictures) > 0:
		items = append(items, item{id: "msg_" + suffix, text: toldOf(items, r.form.Note)})
	case r.form.Note != "":
		items = append(items, item{id: "msg_" + suffix, text: r.form.Note})
	}
	return items, nil
}

// toldOf is what a chat says of these pictures, for clients that named no tool and show nothing but text.
func toldOf(items []item, note string) string {
	urls := make(map[string]string, len(items))
	var images []adapter.Image
	for _, it := range items {
		urls[it.picture.Image.ID] = it.url
		images = append(images, it.picture.Image)
	}
	return adapterchat.Markdown(adapterchat.Answer{Note: note, Images: images, URL: func(id string) string { return urls[id] }})
}

// pictureItem names the i-th picture of a response.
func pictureItem(suffix string, i int) string {
	if i == 0 {
		return "ig_" + suffix
	}
	return "ig_" + suffix + "_" + strconv.Itoa(i+1)
}

func closeItems(items []item) {
	for _, it := range items {
		if it.picture != nil && it.picture.Blob != nil {
			_ = it.picture.Blob.Close() // it was only read
		}
	}
}

// pictureJSON is what an image_generation_call says beside its picture, as the real one does.
type pictureJSON struct {
	Revised      string   `json:"revised_prompt"`
	Size         string   `json:"size"`
	Quality      string   `json:"quality"`
	Background   string   `json:"background"`
	OutputFormat string   `json:"output_format"`
	ImageID      string   `json:"image_id"`
	URL          string   `json:"url"`
	Actions      []string `json:"actions"`
	Likely       []string `json:"likely_actions"`
}

type outputTextJSON struct {
	Type        string     `json:"type"`
	Text        string     `json:"text"`
	Annotations []struct{} `json:"annotations"`
}

func outputText(text string) outputTextJSON {
	return outputTextJSON{Type: "output_text", Text: text, Annotations: []struct{}{}}
}

// write writes the finished item.
func (it *item) write(d *jsonstream.Document) {
	switch {
	case it.picture != nil:
		d.Text(`{"id":"` + it.id + `","type":"image_generation_call","status":"completed","result":`)
		if it.picture.Blob != nil {
			d.File(it.picture.Blob, it.picture.Blob.Size)
		} else {
			d.Text("null")
		}
		d.Text(",")
		img := it.picture.Image
		d.Members(pictureJSON{
			Revised: img.Revised(), Size: fmt.Sprintf("%dx%d", img.Width, img.Height), Quality: images.ShownQuality(it.form.Quality), Background: "opaque",
			OutputFormat: string(web.OrPNG(it.form.Output.Format)), ImageID: img.ID, URL: it.url, Actions: img.Offers(), Likely: img.Likely(),
		})
		d.Text("}")
	case it.call != "":
		d.Value(it.callJSON("completed", it.text))
	default:
		d.Value(it.messageJSON("completed", []outputTextJSON{outputText(it.text)}))
	}
}

// begun is the item as it is announced in a stream.
func (it *item) begun() any {
	switch {
	case it.call != "":
		return it.callJSON("in_progress", "")
	case it.picture == nil:
		return it.messageJSON("in_progress", []outputTextJSON{})
	default:
		return beginning(it.id)
	}
}

// beginningJSON is a picture that does not exist yet.
type beginningJSON struct {
	ID     string  `json:"id"`
	Type   string  `json:"type"`
	Status string  `json:"status"`
	Result *string `json:"result"`
}

func beginning(id string) beginningJSON {
	return beginningJSON{ID: id, Type: "image_generation_call", Status: "in_progress"}
}

type itemCallJSON struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Status    string `json:"status"`
	CallID    string `json:"call_id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

func (it *item) callJSON(status, arguments string) itemCallJSON {
	return itemCallJSON{ID: it.id, Type: "function_call", Status: status, CallID: "call_" + strings.TrimPrefix(it.id, "fc_"), Name: it.call, Arguments: arguments}
}

type itemMessageJSON struct {
	ID      string           `json:"id"`
	Type    string           `json:"type"`
	Status  string           `json:"status"`
	Role    string           `json:"role"`
	Content []outputTextJSON `json:"content"`
}

func (it *item) messageJSON(status string, content []outputTextJSON) itemMessageJSON {
	return itemMessageJSON{ID: it.id, Type: "message", Status: status, Role: "assistant", Content: content}
}

// rewind makes a picture readable once more: a stream shows it in two events.
func rewind(items []item) error {
	for _, it := range items {
		if it.picture == nil || it.picture.Blob == nil {
			continue
		}
		if _, err := it.picture.Blob.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	return nil
}
