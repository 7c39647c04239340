package proxy

import (
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/responses"
)

// A response draws nothing where its client rules the image tool out, and a picture where it insists on one.
func TestResponses_ObeyTheChoiceOfTools(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	fox := `"input":"a red fox","tools":[{"type":"image_generation"},{"type":"function","name":"x"},{"type":"web_search"}]}`
	look := `"input":[{"role":"user","content":[{"type":"input_image","image_url":"` + stillURL(t, 96, 64) + `"}]}],"tools":[{"type":"image_generation","action":"edit"}]}`
	h.charges(t, responses.Route, map[string]asking{
		"only a function is allowed":        {`{"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"x"}]},` + fox, 200, `"type":"message"`, ""},
		"no call is allowed":                {`{"max_tool_calls":0,` + fox, 200, `"type":"message"`, ""},
		"another tool":                      {`{"tool_choice":{"type":"web_search"},` + fox, 200, `"type":"message"`, ""},
		"the image tool is allowed, too":    {`{"max_tool_calls":3,"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"x"},{"type":"image_generation"}]},` + fox, 200, "image_generation_call", "imagine"},
		"a picture alone, and one to make":  {`{"tool_choice":{"type":"image_generation"},` + look, 400, `"param":"input"`, ""},
		"a picture alone, and any tool":     {`{"tool_choice":"required",` + look, 400, `"param":"input"`, ""},
		"a picture alone, the tool allowed": {`{"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"image_generation"}]},` + look, 400, `"param":"input"`, ""},
	})
}

// A response's settings may stand beside its tool; what cannot be used of the tool is refused.
func TestResponses_UseWhatTheyAreSent(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for more, flag := range map[string]string{
		`,"size":"1536x1024"`: "--ar 3:2", `,"aspect_ratio":"16:9"`: "--ar 16:9", `,"seed":7`: "--seed 7", `,"negative_prompt":"people"`: "--no people", `,"stylize":500`: "--s 500",
	} {
		if status, _, raw := h.respond(t, drawn(`"a red fox"`, `,"model":"gpt-image-1","size":"auto"`, more)); status != http.StatusOK || !strings.Contains(h.lastPrompt(t), flag) {
			t.Errorf("%s: %d %.200s, Midjourney ran %q", more, status, raw, h.lastPrompt(t))
		}
	}
	paid := len(h.sim.Ledger())
	for body, want := range map[string]refusal{
		drawn(`"a fox"`, `,"size":"1024x1536"`, `,"size":"1536x1024"`):                                        {400, "size", "duplicate_parameter"},
		drawn(`"a fox"`, `,"input_image":"https://a.example/a.png"`, ``):                                      {400, "tools.input_image", "unknown_upload"},
		drawn(`"a fox"`, `,"input_image":{"file_id":"file-1"}`, ``):                                           {400, "tools.input_image", "unknown_upload"},
		drawn(`"a fox"`, `,"style_image":"`+inURL(flat(t, red))+`"`, ``):                                      {400, "tools.style_image", "unknown_upload"},
		drawn(`"a fox"`, `,"model":"sdxl"`, ``):                                                               {404, "tools.model", "model_not_found"},
		drawn(`"a fox"`, `,"model":"midjourney-v9"`, ``):                                                      {404, "tools.model", "model_not_found"},
		drawn(`"a fox"`, ``, `,"conversation":"conv_123"`):                                                    {400, "conversation", "conversation_not_found"},
		drawn(`"a fox"`, ``, `,"conversation":{"id":"conv_123"}`):                                             {400, "conversation", "conversation_not_found"},
		`{"input":"a fox","tools":[{"type":"image_generation"},{"type":"image_generation","quality":"low"}]}`: {400, "tools", "invalid_value"},
	} {
		h.ask(t, http.MethodPost, responses.Route, body).refused(t, want)
	}
	h.costs(t, paid)
}

// What a response's client says of tools and templates is read, or refused.
func TestAResponsesToolsAndTemplatesAreReadOrRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for more, want := range map[string]refusal{
		`"prompt":{"id":"pmpt_1"}`:     {http.StatusBadRequest, "prompt", "invalid_value"},
		`"prompt":"a fox"`:             {http.StatusBadRequest, "prompt", "invalid_value"},
		`"tool_choice":"sometimes"`:    {http.StatusBadRequest, "tool_choice", "invalid_value"},
		`"tool_choice":["auto"]`:       {http.StatusBadRequest, "tool_choice", "invalid_type"},
		`"tools":"image_generation"`:   {http.StatusBadRequest, "tools", "invalid_type"},
		`"tools":["image_generation"]`: {http.StatusBadRequest, "tools", "invalid_type"},
		`"tools":7`:                    {http.StatusBadRequest, "tools", "invalid_type"},
		`"tools":[{"type":"image_generation","model":"no-such"}]`: {http.StatusNotFound, "tools.model", "model_not_found"},
	} {
		h.ask(t, http.MethodPost, responses.Route, `{"model":"gpt-5","input":"a hare",`+more+`}`).refused(t, want)
	}
	h.costs(t, 0)
	h.ask(t, http.MethodPost, responses.Route, drawn(`"a hare"`, "", `,"tool_choice":"None"`)).is(t, http.StatusOK)
	h.costs(t, 0)
	h.ask(t, http.MethodPost, responses.Route, drawn(`"a hare"`, "", `,"tool_choice":"auto","prompt":null`)).is(t, http.StatusOK)
	h.costs(t, 1)
}
