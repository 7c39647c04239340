package proxy

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gpt "github.com/sashabaranov/go-openai"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestNormalPath_TheRouteThatIsMeantIsServed(t *testing.T) {
	for in, want := range map[string][2]string{
		"/v1/images/generations":                                      {"/v1/images/generations", ""},
		"/images/generations/":                                        {"/v1/images/generations", ""},
		"/openai/deployments/midjourney/images/generations":           {"/v1/images/generations", "midjourney"},
		"/openai/deployments/midjourney-v7.1/images/edits":            {"/v1/images/edits", "midjourney-v7.1"},
		"/openai/deployments/my-dalle/chat/completions":               {"/v1/chat/completions", "my-dalle"},
		"/openai/deployments/a%2Fb/images/variations":                 {"/v1/images/variations", "a%2Fb"},
		"/openai/deployments/m/responses":                             {"/v1/responses", "m"},
		"/openai/images/edits":                                        {"/v1/images/edits", ""},
		"/openai/models":                                              {"/v1/models", ""},
		"/openai/videos":                                              {"/v1/videos", ""},
		"/openai/files":                                               {"/v1/files", ""},
		"/openai/v1/images/generations":                               {"/v1/images/generations", ""},
		"/openai/openai/deployments/m/images/generations":             {"/v1/images/generations", "m"},
		"/v1/deployments/m/images/generations":                        {"/v1/images/generations", "m"},
		"/v1/openai/deployments/m/images/generations":                 {"/v1/images/generations", "m"},
		"/openai/deployments/m/v1/images/generations":                 {"/v1/images/generations", "m"},
		"/v1/engines/m/chat/completions":                              {"/v1/chat/completions", "m"},
		"/v1/v1/images/generations":                                   {"/v1/images/generations", ""},
		"/v1/v1/v1/models/midjourney":                                 {"/v1/models/midjourney", ""},
		"/api/v1/images":                                              {"/v1/images", ""},
		"/api/v1/chat/completions":                                    {"/v1/chat/completions", ""},
		"/v1beta/openai/images/generations":                           {"/v1/images/generations", ""},
		"/v1/chat/completions/chat/completions":                       {"/v1/chat/completions", ""},
		"/v1/chat/completions/images/generations":                     {"/v1/images/generations", ""},
		"/v1/images/generations/images/generations":                   {"/v1/images/generations", ""},
		"/openai/deployments/m/images/generations/images/generations": {"/v1/images/generations", "m"},
		"/v1/images/images/generations":                               {"/v1/images/generations", ""},
		"/v1/images/generations/v1/images/edits":                      {"/v1/images/edits", ""},
		"/v1/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA/actions":           {"/v1/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA/actions", ""},
		"/openai/responses/resp_AAAAAAAAAAAAAAAAAAAAAAAAAA":           {"/v1/responses/resp_AAAAAAAAAAAAAAAAAAAAAAAAAA", ""},
		"/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA.png":                  {"/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA.png", ""},
		"/videos/video_AAAAAAAAAAAAAAAAAAAAAAAAAA.mp4":                {"/videos/video_AAAAAAAAAAAAAAAAAAAAAAAAAA.mp4", ""},
		"/v1/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA":                   {"/v1/images/img_AAAAAAAAAAAAAAAAAAAAAAAAAA", ""},
		// Reverse proxies guard these by their paths, and picture bytes have one address each: they are not served by another.
		"/openai/metrics":             {"/openai/metrics", ""},
		"/v1/metrics":                 {"/v1/metrics", ""},
		"/api/healthz":                {"/api/healthz", ""},
		"/openai/readyz":              {"/openai/readyz", ""},
		"/openai/mj/submit/imagine":   {"/openai/mj/submit/imagine", ""},
		"/v1/hooks/token":             {"/v1/hooks/token", ""},
		"/openai/playground":          {"/openai/playground", ""},
		"/openai/images/img_AA.png":   {"/openai/images/img_AA.png", ""},
		"/openai/deployments":         {"/openai/deployments", ""},
		"/openai/deployments/m":       {"/openai/deployments/m", ""},
		"/v1":                         {"/v1", ""},
		"/":                           {"/", ""},
		"/api/usage/token":            {"/v1/usage/token", ""},
		"/openai/deployments/m/audio": {"/openai/deployments/m/audio", ""},
	} {
		if path, deployment, _ := normalPath(in); path != want[0] || deployment != want[1] {
			t.Errorf("normalPath(%s) = %s, %q, want %s, %q", in, path, deployment, want[0], want[1])
		}
	}
}

func TestNormalPath_KnowsAzuresSpelling(t *testing.T) {
	for in, want := range map[string]bool{
		"/openai/deployments/m/images/generations": true,
		"/openai/images/edits":                     true,
		"/openai/v1/images/generations":            true,
		"/v1/openai/deployments/m/images/edits":    true,
		"/v1/deployments/m/images/generations":     true,
		"/v1/images/generations":                   false,
		"/v1/v1/images/generations":                false,
		"/v1beta/openai/images/generations":        false,
		"/v1/models/openai/dall-e-3":               false,
		"/api/v1/images":                           false,
	} {
		if _, _, azure := normalPath(in); azure != want {
			t.Errorf("normalPath(%s) takes it for Azure's: %v, want %v", in, azure, want)
		}
	}
}

// Azure's clients find out of an error's inner one that a filter refused the prompt. Its two spellings are both in use:
// Azure's description of the API has the one, go-openai reads the other.
func TestAzuresClientsAreToldOfTheFilter(t *testing.T) {
	const inner = `,"inner_error":{"code":"ResponsibleAIPolicyViolation"},"innererror":{"code":"ResponsibleAIPolicyViolation"}}`
	const plain = `"error":{"message":"No. The request was refused by the safety system.","type":"invalid_request_error","param":null,"code":"content_policy_violation"`
	for path, azure := range map[string]bool{
		"/v1/images/generations":                               false,
		"/v1beta/openai/images/generations":                    false,
		"/openai/deployments/midjourney/images/generations":    true,
		"/openai/v1/images/generations?api-version=preview":    true,
		"/openai/images/generations?api-version=2025-04-01":    true,
		"/v1/openai/deployments/midjourney/images/generations": true,
	} {
		for refused, fail := range map[string]*adapter.Error{"at once": adapter.Errorf(adapter.Moderated, "No."), "for another reason": adapter.BadParam("prompt", "invalid_value", "No.")} {
			f := newFake()
			f.refuse = fail
			w := send(newServer(t, f), "POST", path, `{"prompt":"a fox","messages":[{"role":"user","content":"a fox"}]}`)
			want := `{` + plain + "}}"
			switch {
			case fail.Kind != adapter.Moderated:
				want = `{"error":{"message":"No.","type":"invalid_request_error","param":"prompt","code":"invalid_value"}}`
			case azure:
				want = `{` + plain + inner + "}"
			}
			if got := w.Body.String(); w.Code != 400 || got != want {
				t.Errorf("%s, refused %s: %d %s, want %s", path, refused, w.Code, got, want)
			}
		}
	}
}

func TestAzuresClientsAreToldOfTheFilterInAStream(t *testing.T) {
	for path, azure := range map[string]bool{
		"/v1/images/generations": false, "/openai/deployments/midjourney/images/generations": true,
		"/v1/chat/completions": false, "/openai/deployments/midjourney/chat/completions": true,
		"/v1/responses": false, "/openai/responses": true,
	} {
		synctest.Test(t, func(t *testing.T) {
			f, s := newStage(t, 25*time.Second)
			f.fail = adapter.Errorf(adapter.Moderated, "No.")
			words := `"prompt":"a fox"`
			switch {
			case strings.HasSuffix(path, "responses"):
				words = `"input":"a fox"`
			case strings.HasSuffix(path, "completions"):
				words = `"messages":[{"role":"user","content":"a fox"}]`
			}
			got := send(s, "POST", path, `{`+words+`,"stream":true}`).Body.String()
			if !strings.Contains(got, "content_policy_violation") || strings.Contains(got, `"inner_error":{"code":"ResponsibleAIPolicyViolation"}`) != azure {
				t.Errorf("%s: %s, want an inner error: %v", path, got, azure)
			}
		})
	}
}

func TestGoOpenAIReadsAzuresReason(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	c := gpt.NewClientWithConfig(gpt.DefaultAzureConfig("sk-alice", h.base))
	_, err := c.CreateImage(t.Context(), gpt.ImageRequest{Prompt: "sim-banned", Model: "midjourney"})
	if e, ok := errors.AsType[*gpt.APIError](err); !ok || e.InnerError == nil || e.InnerError.Code != "ResponsibleAIPolicyViolation" {
		t.Errorf("error = %+v, want Azure's reason in it", err)
	}
}
