package midjourney

import (
	"net/http"
	"strings"
	"testing"

	"midgate/adapter"
)

// TestWhatAQuestionShowsOfAKindOfJob: that it works, that it is refused and in which words, or nothing.
func TestWhatAQuestionShowsOfAKindOfJob(t *testing.T) {
	for name, c := range map[string]struct {
		imagine, edits int
		body           string
		want           Offer
	}{
		"there":                     {405, 405, "", Offer{Known: true, Works: true}},
		"not there":                 {405, 404, "", Offer{Known: true, Words: "There is no such route."}},
		"a relay that tells of no":  {404, 404, `{"error":{"message":"Invalid URL (GET /x)"}}`, Offer{}},
		"no channel":                {404, 503, `{"error":{"message":"当前分组 default 下对于模型 mj_edits 无可用渠道"}}`, Offer{Known: true, Words: "This upstream does not offer this kind of job: no channel is available for this kind of job."}},
		"no right":                  {404, 403, `{"error":{"message":"该令牌无权访问模型 mj_edits"}}`, Offer{Known: true, Words: "This upstream does not offer this kind of job: the key may not run this kind of job."}},
		"not for the account":       {405, 200, `{"code":9,"description":"当前账号不支持编辑/重绘任务"}`, Offer{Known: true, Words: "This upstream does not offer this kind of job: the account does not do this."}},
		"a key that is refused":     {404, 401, `{"error":{"message":"Invalid token"}}`, Offer{}},
		"a page of who guards it":   {405, 403, `<!doctype html><title>Just a moment...</title>`, Offer{}},
		"an answer of another sort": {405, 200, `{"code":4,"description":"prompt不能为空"}`, Offer{}},
	} {
		t.Run(name, func(t *testing.T) {
			r := rigOver(t, nil, roundTrip(func(req *http.Request) (*http.Response, error) {
				if req.Method != http.MethodGet {
					t.Errorf("%s %s, want only questions", req.Method, req.URL.Path)
				}
				if strings.HasSuffix(req.URL.Path, "/imagine") {
					return answer(c.imagine, ""), nil
				}
				return answer(c.edits, c.body), nil
			}), nil)
			got, err := r.Upstream.(Surveyor).Offered(t.Context(), adapter.FeatureEdits)
			if err != nil || got != c.want {
				t.Errorf("Offered() = %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}
