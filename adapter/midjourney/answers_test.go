package midjourney

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

// testClient is a client for decoding only.
func testClient(passthrough bool) *client {
	s := &shared{cfg: Config{Passthrough: passthrough}.withDefaults()}
	return &client{upstream: &upstream{shared: s, cfg: UpstreamConfig{Name: "one"}.withDefaults(), routes: &routes{ttl: time.Hour}}, key: "sk-secret"}
}

// TestRecordedAnswersAreUnderstood reads every recorded answer to a submission.
func TestRecordedAnswersAreUnderstood(t *testing.T) {
	press := adapter.Action{TaskID: "1", CustomID: "x"}
	type want struct {
		cmd    adapter.Command
		kind   adapter.Kind // "none": accepted
		task   string
		dialog bool
	}
	cases := map[string]want{
		"e1-accepted-by-a-relay":          {adapter.Imagine{}, "none", "1768464763141701", false},
		"e4-accepted-by-an-origin":        {press, "none", "1768464800000123", false},
		"e5-region-opens-a-window":        {press, "none", "1768464850111222", true},
		"e5-modal-queued":                 {adapter.Modal{TaskID: "1"}, "none", "1768464850111222", false},
		"e6-window-hidden-by-a-relay":     {press, "none", "1768464900222333", true},
		"e7-queued":                       {adapter.Imagine{}, "none", "1768465000000001", false},
		"e7-queue-full-23":                {adapter.Imagine{}, adapter.Busy, "", false},
		"e7-queue-full-9":                 {adapter.Imagine{}, adapter.Busy, "", false},
		"e7-banned":                       {adapter.Imagine{}, adapter.Moderated, "", false},
		"e7-no-account":                   {adapter.Imagine{}, adapter.Unavailable, "", false},
		"e10-one-picture-only":            {adapter.Blend{}, adapter.Invalid, "", false},
		"e12-no-edits-on-this-account":    {adapter.Edits{}, adapter.Unsupported, "", false},
		"e14-parent-not-finished":         {press, adapter.Busy, "", false},
		"e14-unknown-action":              {press, adapter.Unsupported, "", false},
		"e14-saturated":                   {adapter.Imagine{}, adapter.Busy, "", false},
		"e14-no-quota":                    {adapter.Imagine{}, adapter.Credit, "", false},
		"e14-parent-gone":                 {press, adapter.NotFound, "", false},
		"e15-invalid-token":               {adapter.Imagine{}, adapter.UpstreamAuth, "", false},
		"e15-forbidden-model":             {adapter.Imagine{}, adapter.UpstreamAuth, "", false},
		"e15-no-channel":                  {adapter.Video{}, adapter.Unsupported, "", false},
		"e15-malformed-body-at-one-relay": {adapter.Imagine{}, adapter.Invalid, "", false},
		"e17-exists-already":              {adapter.Change{TaskID: "1"}, "none", "0741798445574458", false},
		"e18-result-in-a-list":            {adapter.Imagine{}, "none", "1768464763141702", false},
	}
	for _, f := range fixtures(t, "testdata/answers/*.json") {
		t.Run(f.name, func(t *testing.T) {
			want, ok := cases[f.name]
			if !ok {
				t.Fatalf("no expectation for %s", f.name)
			}
			var recorded struct {
				Status int             `json:"status"`
				Body   json.RawMessage `json:"body"`
			}
			if err := json.Unmarshal(f.raw, &recorded); err != nil {
				t.Fatal(err)
			}
			s, err := testClient(false).outcome(want.cmd, reply{status: recorded.Status, header: http.Header{}, body: recorded.Body})
			if kindOf(err) != want.kind || s.TaskID != want.task || s.Dialog != want.dialog {
				t.Errorf("outcome(%s) = %+v, %v; want %+v", f.name, s, err, want)
			}
			sentenceIsClean(t, err)
		})
	}
}

// sentenceIsClean checks that a public message is one sentence of plain English.
func sentenceIsClean(t *testing.T, err error) {
	t.Helper()
	var e *adapter.Error
	if !errors.As(err, &e) {
		return
	}
	ascii := !strings.ContainsFunc(e.Message, func(r rune) bool { return r > 0x2fff })
	if !strings.HasSuffix(e.Message, ".") || !ascii || strings.Contains(e.Message, "request id") || strings.ContainsAny(e.Message, "<>\n") {
		t.Errorf("message = %q, want one clean English sentence", e.Message)
	}
}

// TestEveryRefusalHasItsKind covers every code of a refusal, the descriptions of relays, and the
// statuses of gateways.
func TestEveryRefusalHasItsKind(t *testing.T) {
	mj := func(description string, code int) string {
		raw, err := json.Marshal(map[string]any{"description": description, "type": "upstream_error", "code": code})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	openAI := func(message string) string {
		raw, err := json.Marshal(map[string]any{"error": map[string]any{"message": message, "type": "new_api_error", "code": ""}})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	page := "<html><body><h1>Bad gateway</h1></body></html>"
	for name, c := range map[string]struct {
		status int
		body   string
		want   adapter.Kind
	}{
		"code 3 about the parent":       {200, mj("关联任务不存在或已失效", 3), adapter.NotFound},
		"code 3, account gone":          {200, mj("账号不可用: 42", 3), adapter.Unavailable},
		"code 4, blank prompt":          {200, mj("prompt不能为空", 4), adapter.Invalid},
		"code 4, limit reached":         {200, mj("提交失败，今日绘图次数已达上限", 4), adapter.Busy},
		"code 4, concurrency":           {200, mj("并发数已满", 4), adapter.Busy},
		"code 4, account suspended":     {200, mj("账号已被临时封锁，请勿使用违规词作图", 4), adapter.Unavailable},
		"code 4, uploads forbidden":     {200, mj("禁止上传", 4), adapter.Unsupported},
		"code 4, videos are off":        {200, mj("视频功能未启用", 4), adapter.Unsupported},
		"code 4, unknown button":        {200, mj("未知的 Action 类型", 4), adapter.Unsupported},
		"code 4, parent not ready":      {200, mj("关联任务状态错误", 4), adapter.Busy},
		"code 4, prompt too long":       {200, mj("prompt length exceeds the limit", 4), adapter.Invalid},
		"code 5, origin unreachable":    {400, mj("do_request_failed ", 5), adapter.Ambiguous},
		"code 5, nothing came back":     {400, mj("empty_response_body ", 5), adapter.Ambiguous},
		"code 5, garbage came back":     {400, mj("unmarshal_response_body_failed ", 5), adapter.Ambiguous},
		"code 5, body unreadable":       {400, mj("read_request_body_failed ", 5), adapter.Invalid},
		"code 5, never sent on":         {400, mj("create_request_failed ", 5), adapter.Unavailable},
		"code 9, system error":          {200, mj("提交失败，系统异常", 9), adapter.Failed},
		"code 9, queue in English":      {200, mj("Queue is full", 9), adapter.Busy},
		"code -1":                       {200, `{"success":false,"code":-1,"message":"The JSON value could not be converted"}`, adapter.Invalid},
		"code -1 with an exception":     {500, `{"success":false,"code":-1,"message":"boom","timestamp":1}`, adapter.Ambiguous},
		"code 30 with another status":   {400, mj("当前分组负载已饱和", 30), adapter.Busy},
		"code 24 with status 500":       {500, mj("可能包含敏感词", 24), adapter.Moderated},
		"a code nobody knows":           {200, mj("whatever", 77), adapter.Ambiguous},
		"code 1 without an id":          {200, `{"code":1,"description":"ok","result":null}`, adapter.Ambiguous},
		"code 22 with an empty id":      {200, `{"code":22,"description":"ok","result":""}`, adapter.Ambiguous},
		"no code at all":                {200, `{"description":"ok"}`, adapter.Ambiguous},
		"200 with an OpenAI error":      {200, openAI("hm"), adapter.Failed},
		"200 with a page":               {200, page, adapter.Ambiguous},
		"200 with garbage":              {200, "\x00\x01", adapter.Ambiguous},
		"200 with half an answer":       {200, `{"code":1,"resu`, adapter.Ambiguous},
		"200 with nothing":              {200, ``, adapter.Ambiguous},
		"bind_request_body_failed":      {400, mj("bind_request_body_failed ", 4), adapter.Invalid},
		"prompt_is_required":            {400, mj("prompt_is_required ", 4), adapter.Invalid},
		"index_is_required":             {400, mj("index_is_required ", 4), adapter.Invalid},
		"unknown_action":                {400, mj("unknown_action ", 4), adapter.Unsupported},
		"task_not_found":                {400, mj("task_not_found ", 4), adapter.NotFound},
		"task_no_found":                 {400, mj("task_no_found ", 4), adapter.NotFound},
		"task_status_not_success":       {400, mj("task_status_not_success ", 4), adapter.Busy},
		"get_channel_info_failed":       {400, mj("get_channel_info_failed ", 4), adapter.Unavailable},
		"channel disabled":              {400, mj("该任务所属渠道已被禁用 ", 4), adapter.Unavailable},
		"quota_not_enough":              {400, mj("quota_not_enough ", 4), adapter.Credit},
		"do_request_failed with code 4": {400, mj("do_request_failed ", 4), adapter.Ambiguous},
		"insert_midjourney_task_failed": {400, mj("insert_midjourney_task_failed ", 4), adapter.Ambiguous},
		"speed not offered":             {400, `{"description":"无效的加速模式","type":"one_hub_error","code":4}`, adapter.Invalid},
		"400 of the OpenAI shape":       {400, openAI("Invalid request, unknown_action:MJ::BOOKMARK"), adapter.Unsupported},
		"400 page":                      {400, page, adapter.Unavailable},
		"401 with an empty body":        {401, ``, adapter.UpstreamAuth},
		"401 text":                      {401, `账号已禁用`, adapter.UpstreamAuth},
		"401, token used up":            {401, openAI("该令牌额度已用尽"), adapter.Credit},
		"402":                           {402, openAI("pay"), adapter.Credit},
		"403 text":                      {403, `未登录`, adapter.UpstreamAuth},
		"403, no credit":                {403, openAI("用户额度不足"), adapter.Credit},
		"404, no such route":            {404, openAI("Invalid URL (POST /mj/submit/video)"), adapter.Unsupported},
		"404 page":                      {404, page, adapter.Unsupported},
		"405":                           {405, ``, adapter.Unsupported},
		"408":                           {408, ``, adapter.Ambiguous},
		"413":                           {413, page, adapter.TooLarge},
		"429 page":                      {429, page, adapter.Busy},
		"429 with code 1 without an id": {429, `{"code":1,"result":null}`, adapter.Busy},
		"301":                           {301, page, adapter.Unavailable},
		"500 of the OpenAI shape":       {500, openAI("panic"), adapter.Ambiguous},
		"500 page":                      {500, page, adapter.Ambiguous},
		"502 page":                      {502, page, adapter.Ambiguous},
		"503 of the OpenAI shape":       {503, openAI("system_cpu_overloaded"), adapter.Busy},
		"503 page":                      {503, page, adapter.Ambiguous},
		"504 page":                      {504, page, adapter.Ambiguous},
		"524 page":                      {524, page, adapter.Ambiguous},
		"error as a string":             {400, `{"error":"something_is_wrong"}`, adapter.Invalid},
		"numbers as texts":              {200, `{"code":"23","description":5}`, adapter.Busy},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := testClient(false).outcome(adapter.Action{TaskID: "1"}, reply{c.status, http.Header{}, []byte(c.body)})
			if kindOf(err) != c.want {
				t.Errorf("outcome(%d %s) = %v (%q), want %q", c.status, c.body, err, kindOf(err), c.want)
			}
			sentenceIsClean(t, err)
		})
	}
}

// TestATaskThatIsNamedIsNotLostToItsStatus: gateways rewrite statuses, and the code is what decides.
// Whoever took such an answer for a refusal would submit again.
func TestATaskThatIsNamedIsNotLostToItsStatus(t *testing.T) {
	for _, status := range []int{201, 302, 400, 404, 409, 429, 500, 503} {
		for _, body := range []string{`{"code":1,"result":"5"}`, `{"code":"22","result":5}`, `{"code":21,"result":"5","properties":{"remix":true}}`} {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}))
			r := rigOver(t, nil, nil, func(c *Config) { c.Upstreams[0].URL = srv.URL })
			s, err := r.Upstream.Submit(t.Context(), adapter.Action{TaskID: "1"}, adapter.Options{State: "s"})
			if err != nil || s.TaskID != "5" {
				t.Errorf("Submit(…) answered %d %s = %+v, %v; want task 5", status, body, s, err)
			}
			srv.Close()
		}
	}
}

// TestWhatWasSaidBeforeTheConnectionBrokeCounts: the task's name is there, and only the end of the answer is missing.
// Some servers begin their answers with a byte order mark.
func TestWhatWasSaidBeforeTheConnectionBrokeCounts(t *testing.T) {
	const head, body = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", `{"code":1,"result":"5"}`
	for name, c := range map[string]struct {
		answer string
		want   adapter.Kind
	}{
		"no last chunk":            {head + "Transfer-Encoding: chunked\r\n\r\n17\r\n" + body + "\r\n", "none"},
		"shorter than announced":   {head + "Content-Length: 99\r\n\r\n" + body + "\r\n", "none"},
		"cut in the middle":        {head + "Content-Length: 23\r\n\r\n" + body[:len(body)-1], adapter.Ambiguous},
		"a refusal without an end": {head + "Content-Length: 99\r\n\r\n" + `{"code":23,"result":null}`, adapter.Ambiguous},
		"a byte order mark":        {head + "Content-Length: 26\r\n\r\n\xef\xbb\xbf" + body, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				_, _ = io.Copy(io.Discard, req.Body)
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(conn, c.answer)
				_ = conn.Close()
			}))
			defer srv.Close()
			r := rigOver(t, nil, nil, func(c *Config) { c.Upstreams[0].URL = srv.URL })
			s, err := r.Upstream.Submit(t.Context(), adapter.Imagine{Prompt: "a fox"}, adapter.Options{State: "s"})
			if kindOf(err) != c.want || err == nil && s.TaskID != "5" {
				t.Errorf("Submit(…) answered %q = %+v, %v; want %q", c.answer, s, err, c.want)
			}
		})
	}
}

func TestWithACallersKeyTheRefusalIsTheCallers(t *testing.T) {
	for status, want := range map[int]adapter.Kind{401: adapter.Unauthorized, 403: adapter.Forbidden} {
		_, err := testClient(true).outcome(adapter.Imagine{}, reply{status, http.Header{}, []byte(`{"error":{"message":"bad key sk-secret"}}`)})
		if kindOf(err) != want {
			t.Errorf("outcome(%d) = %v, want kind %q", status, err, want)
		}
		if strings.Contains(err.Error(), "sk-secret") {
			t.Errorf("outcome(%d) says %q: the key shows", status, err)
		}
	}
}

func TestBusySaysWhenToComeBack(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		want   time.Duration
	}{
		"seconds":         {"7", 7 * time.Second},
		"nothing":         {"", 5 * time.Second},
		"nonsense":        {"soon", 5 * time.Second},
		"zero":            {"0", time.Second},
		"a date long ago": {"Mon, 02 Jan 2006 15:04:05 GMT", time.Second},
		"years":           {"99999999", 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			if c.header != "" {
				h.Set("Retry-After", c.header)
			}
			_, err := testClient(false).outcome(adapter.Imagine{}, reply{429, h, nil})
			var e *adapter.Error
			if !errors.As(err, &e) || e.RetryAfter != c.want {
				t.Errorf("outcome(429, Retry-After %q) = %+v, want %v", c.header, e, c.want)
			}
		})
	}
}

// FuzzOutcome: whatever comes, an accepted submission has an id, and a refusal has a kind.
func FuzzOutcome(f *testing.F) {
	f.Add(200, `{"code":1,"result":"5"}`)
	f.Add(200, `{"code":21,"result":["a","b"],"properties":{"remix":true}}`)
	f.Add(400, `{"error":{"message":"x"},"code":{}}`)
	f.Add(503, `<html>`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		s, err := testClient(false).outcome(adapter.Action{TaskID: "1"}, reply{status, http.Header{}, []byte(body)})
		switch {
		case err == nil && (s.TaskID == "" || !strings.ContainsAny(body, "12")): // of 1, 21 and 22, however they are written
			t.Errorf("outcome(%d %q) = %+v, want a refusal", status, body, s)
		case err != nil && kindOf(err) == adapter.Internal:
			t.Errorf("outcome(%d %q) = %v, want a kind", status, body, err)
		case status >= 500 && status != 503 && kindOf(err) == adapter.Unavailable && !strings.Contains(body, "3"):
			t.Errorf("outcome(%d %q) = %v: a job may exist", status, body, err)
		}
	})
}
