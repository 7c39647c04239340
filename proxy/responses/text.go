package responses

import "midgate/adapter/jsonstream"

// done sends how an item comes to its end: a picture by its event, a text and a call by their pieces, then all of it.
func (t *eventStream) done(i int, it *item) {
	switch {
	case it.picture != nil:
		t.about("response.image_generation_call.completed", placeJSON{i, it.id})
	case it.call != "":
		t.about("response.function_call_arguments.delta", struct {
			placeJSON
			Delta string `json:"delta"`
		}{placeJSON{i, it.id}, it.text})
		t.about("response.function_call_arguments.done", struct {
			placeJSON
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		}{placeJSON{i, it.id}, it.call, it.text})
	default:
		t.text(i, it)
	}
	t.send("response.output_item.done", func(d *jsonstream.Document) {
		d.Members(struct {
			Index int `json:"output_index"`
		}{i})
		d.Text(`,"item":`)
		it.write(d)
	})
}

// pieceJSON is a text's only piece.
type pieceJSON struct {
	placeJSON
	Content int             `json:"content_index"`
	Part    *outputTextJSON `json:"part,omitempty"`
}

// text sends a text in one piece.
func (t *eventStream) text(i int, it *item) {
	place := placeJSON{i, it.id}
	empty, whole := outputText(""), outputText(it.text)
	t.about("response.content_part.added", pieceJSON{placeJSON: place, Part: &empty})
	t.about("response.output_text.delta", struct {
		pieceJSON
		Delta    string     `json:"delta"`
		Logprobs []struct{} `json:"logprobs"`
	}{pieceJSON{placeJSON: place}, it.text, []struct{}{}})
	t.about("response.output_text.done", struct {
		pieceJSON
		Text     string     `json:"text"`
		Logprobs []struct{} `json:"logprobs"`
	}{pieceJSON{placeJSON: place}, it.text, []struct{}{}})
	t.about("response.content_part.done", pieceJSON{placeJSON: place, Part: &whole})
}
