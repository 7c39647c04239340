package proxy

import (
	"strings"
	"testing"
)

func TestDeployments_TheOneThatIsAModelCounts(t *testing.T) {
	const path = "/openai/deployments/"
	for name, c := range map[string]struct {
		deployment, body string
		model            string // that is drawn with; empty: refused
	}{
		"a deployment named for a model, no model in the body": {"dall-e-3", `{"prompt":"a fox"}`, "dall-e-3"},
		"a deployment against a model that was made up":        {"midjourney", `{"prompt":"a fox","model":"gpt-3.5-turbo"}`, "midjourney"},
		"a deployment of any name beside a model":              {"my-pictures", `{"prompt":"a fox","model":"dall-e-3"}`, "dall-e-3"},
		"the same twice":                 {"dall-e-3", `{"prompt":"a fox","model":"dall-e-3"}`, "dall-e-3"},
		"two models":                     {"midjourney", `{"prompt":"a fox","model":"dall-e-3"}`, "midjourney"},
		"neither":                        {"my-pictures", `{"prompt":"a fox","model":"gpt-3.5-turbo"}`, ""},
		"a deployment of any name alone": {"my-pictures", `{"prompt":"a fox"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := send(newServer(t, f), "POST", path+c.deployment+"/images/generations?api-version=2025-04-01-preview", c.body)
			if c.model == "" {
				if message, _, _, code := problemOf(t, w); w.Code != 404 || code != "model_not_found" || !strings.Contains(message, "MIDGATE_MODEL_ALIASES") || !strings.Contains(message, c.deployment) {
					t.Errorf("answer = %d %s, want a 404 that names the deployment and the setting", w.Code, w.Body)
				}
				return
			}
			if w.Code != 200 || len(f.drawn) != 1 || f.drawn[0].Model != c.model {
				t.Errorf("answer = %d, drawn %+v, want one of model %s", w.Code, f.drawn, c.model)
			}
		})
	}
}

// go-openai writes UNKNOWN for the deployment where its caller named no model: the default is drawn with, as without Azure.
func TestDeployments_UnknownIsNone(t *testing.T) {
	for body, model := range map[string]string{`{"prompt":"a fox"}`: "", `{"prompt":"a fox","model":"dall-e-3"}`: "dall-e-3"} {
		f := newFake()
		w := send(newServer(t, f), "POST", "/openai/deployments/UNKNOWN/images/generations?api-version=2023-05-15", body)
		if w.Code != 200 || len(f.drawn) != 1 || f.drawn[0].Model != model {
			t.Errorf("%s = %d, drawn %+v, want one of model %q", body, w.Code, f.drawn, model)
		}
	}
}

// Two versions of one SDK spell the same request differently: its repeat is known all the same, and the same words for
// another deployment are another request.
func TestDeployments_ARepeatInAnotherSpellingIsARepeat(t *testing.T) {
	f := newFake()
	s := newServer(t, f)
	send(s, "POST", "/v1/images/generations", `{"prompt":"a fox","model":"dall-e-3"}`)
	send(s, "POST", "/openai/deployments/dall-e-3/images/generations", `{"prompt":"a fox","model":"dall-e-3"}`)
	send(s, "POST", "/openai/images/generations", `{"model":"dall-e-3","prompt":"a fox"}`)
	send(s, "POST", "/openai/deployments/midjourney/images/generations", `{"prompt":"a fox","model":"dall-e-3"}`)
	if len(f.attempts) != 4 {
		t.Fatalf("%d attempts, want 4", len(f.attempts))
	}
	for i, same := range []bool{true, true, true, false} {
		if a := f.attempts[i]; a.Route != f.attempts[0].Route || (a.Body == f.attempts[0].Body) != same {
			t.Errorf("attempt %d: route %s, same body %v, want %v", i, a.Route, a.Body == f.attempts[0].Body, same)
		}
	}
}

func TestOpenRoutersRouteAnswersInItsForm(t *testing.T) {
	f := newFake()
	w := send(newServer(t, f), "POST", "/api/v1/images", `{"prompt":"a fox","model":"midjourney","aspect_ratio":"16:9","response_format":"url"}`)
	body := w.Body.String()
	if w.Code != 200 || !strings.Contains(body, `"b64_json":"`) || strings.Contains(body, `"url"`) {
		t.Errorf("answer = %d %s, want the picture itself", w.Code, body)
	}
	if !strings.Contains(body, `"usage":{"prompt_tokens":2,"completion_tokens":0,"total_tokens":2,"cost":0}`) {
		t.Errorf("usage is not in OpenRouter's words: %s", body)
	}
	if len(f.drawn) != 1 || f.drawn[0].Size != "16:9" {
		t.Errorf("drawn = %+v, want the ratio", f.drawn)
	}
	if w := send(newServer(t, f), "GET", "/api/v1/images/models", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"object":"list"`) {
		t.Errorf("models = %d %s", w.Code, w.Body)
	}
}

func TestKeysInOtherHeaders(t *testing.T) {
	s := newServer(t, newFake())
	for name, c := range map[string]struct {
		headers []string
		want    int
	}{
		"Azure's":                          {[]string{"api-key", "sk-alice"}, 200},
		"Anthropic's":                      {[]string{"x-api-key", "sk-alice"}, 200},
		"Google's":                         {[]string{"x-goog-api-key", "sk-alice"}, 200},
		"two, equal ones":                  {[]string{"Authorization", "Bearer sk-alice", "api-key", "sk-alice"}, 200},
		"two, the bearer known":            {[]string{"Authorization", "Bearer sk-alice", "api-key", "wrong"}, 200},
		"two, the other known":             {[]string{"Authorization", "Bearer wrong", "x-api-key", "sk-alice"}, 200},
		"two, neither known":               {[]string{"Authorization", "Bearer wrong", "x-api-key", "other"}, 401},
		"a scheme that is none beside one": {[]string{"Authorization", "Basic abc", "x-api-key", "sk-alice"}, 200},
		"a scheme that is none, by itself": {[]string{"Authorization", "Basic sk-alice"}, 401},
	} {
		if w := send(s, "GET", "/v1/models", "", append([]string{"Authorization", ""}, c.headers...)...); w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
}
