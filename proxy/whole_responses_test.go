package proxy

import (
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
