package proxy

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/web"
)

func TestPictureBytesAreForEverybody(t *testing.T) {
	f := newFake()
	f.add(testImage, tiny)
	s := newServer(t, f)
	for name, tt := range map[string]struct {
		method, ext string
		headers     []string
		status      int
		contentType string
		body        string
		length      string
	}{
		"without a key":            {"GET", "png", nil, 200, "image/png", string(tiny), "21"},
		"with somebody else's key": {"GET", "png", []string{"Authorization", "Bearer foreign"}, 200, "image/png", string(tiny), "21"},
		"as JPEG":                  {"GET", "jpg", nil, 200, "image/jpeg", string(tiny), "21"},
		"as JPEG, spelt out":       {"GET", "jpeg", nil, 200, "image/jpeg", string(tiny), "21"},
		"as WebP":                  {"GET", "webp", nil, 200, "image/webp", string(tiny), "21"},
		"only the header":          {"HEAD", "png", nil, 200, "image/png", "", "21"},
		"a range":                  {"GET", "png", []string{"Range", "bytes=1-3"}, 206, "image/png", "PNG", "3"},
		"a range that is beyond":   {"GET", "png", []string{"Range", "bytes=100-"}, 416, "text/plain; charset=utf-8", "", ""},
		"a picture that they have": {"GET", "png", []string{"If-None-Match", `"5ca1ab1e"`}, 304, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := send(s, tt.method, "/images/"+testImage+"."+tt.ext, "", append([]string{"Authorization", ""}, tt.headers...)...)
			h := w.Header()
			if w.Code != tt.status || h.Get("Content-Type") != tt.contentType || tt.length != "" && h.Get("Content-Length") != tt.length {
				t.Errorf("%d %q length %q, want %d %q length %q", w.Code, h.Get("Content-Type"), h.Get("Content-Length"), tt.status, tt.contentType, tt.length)
			}
			if tt.status < 300 && w.Body.String() != tt.body {
				t.Errorf("body = %q, want %q", w.Body, tt.body)
			}
			if tt.status >= 400 {
				return
			}
			for k, want := range map[string]string{
				"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin",
				"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable",
			} {
				if h.Get(k) != want {
					t.Errorf("%s = %q, want %q", k, h.Get(k), want)
				}
			}
		})
	}
}

func TestMissingPicturesAreNotCached(t *testing.T) {
	w := send(newServer(t, newFake()), "GET", "/images/"+testImage+".png", "")
	if _, _, _, code := problemOf(t, w); w.Code != 404 || code != "image_not_found" || w.Header().Get("Cache-Control") != "" {
		t.Errorf("%d %q Cache-Control %q, want 404 image_not_found and no caching", w.Code, code, w.Header().Get("Cache-Control"))
	}
}

func TestRecords(t *testing.T) {
	f := newFake()
	f.add(testImage, tiny)
	img := f.images[testImage]
	img.Expires, img.Parent, img.Action = then.AddDate(0, 1, 0), testImage, adapter.ActZoomOut2x
	f.images[testImage] = img
	s := newServer(t, f)
	golden(t, "record", send(s, "GET", "/v1/images/"+testImage, "").Body.Bytes())
	for name, key := range map[string]string{"somebody else's": "sk-bare"} {
		w := send(s, "GET", "/v1/images/"+testImage, "", "Authorization", "Bearer "+key)
		if _, _, _, code := problemOf(t, w); w.Code != 404 || code != "image_not_found" {
			t.Errorf("%s picture = %d %q, want 404 image_not_found", name, w.Code, code)
		}
	}
}

func TestListsHavePages(t *testing.T) {
	f := newFake()
	for _, last := range "12345" {
		f.add(testImage[:len(testImage)-1]+string(last), tiny)
	}
	s := newServer(t, f)
	var seen string
	after := ""
	for range 4 {
		var l struct {
			Object  string
			Data    []struct{ ID string }
			FirstID *string `json:"first_id"`
			LastID  *string `json:"last_id"`
			HasMore bool    `json:"has_more"`
		}
		w := send(s, "GET", "/v1/images?limit=2&after="+after, "")
		if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || l.Object != "list" {
			t.Fatalf("%v: %s", err, w.Body)
		}
		for _, d := range l.Data {
			seen += d.ID[len(d.ID)-1:]
		}
		if !l.HasMore {
			break
		}
		if *l.FirstID != l.Data[0].ID || *l.LastID != l.Data[1].ID {
			t.Errorf("first and last = %s, %s", *l.FirstID, *l.LastID)
		}
		after = *l.LastID
	}
	if seen != "54321" {
		t.Errorf("pages show %s, want 54321", seen)
	}
	golden(t, "list_empty", send(newServer(t, newFake()), "GET", "/v1/images", "").Body.Bytes())
	for _, bad := range []string{"0", "-1", "101", "many"} {
		w := send(s, "GET", "/v1/images?limit="+bad, "")
		if _, _, param, _ := problemOf(t, w); w.Code != http.StatusBadRequest || param != "limit" {
			t.Errorf("limit=%s = %d, param %q, want 400 limit", bad, w.Code, param)
		}
	}
}

func TestJobs(t *testing.T) {
	f := newFake()
	f.add(testImage, tiny)
	echo := []byte(`{"tokens":2,"quality":"hd","output":{"url":true,"base64":true}}`)
	job := adapter.Job{
		ID: testJob, Owner: body.HexDigest("name:alice"), Kind: "generation", Model: "midjourney", N: 1, Echo: echo,
		Status: adapter.JobCompleted, Created: then, Finished: then.Add(40e9), Result: &adapter.Result{Images: []string{testImage}},
		Steps: []adapter.Step{{Name: "imagine", State: "submitted", Status: adapter.Success, Polls: 7, Finished: then.Add(39e9),
			Submission: &adapter.Submission{TaskID: "task-1", At: then.Add(1e9)}}},
	}
	job.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	failed := job
	failed.ID, failed.Status, failed.Result = "job_ZZZZZZZZZZZZZZZZZZZZZZZZZZ", adapter.JobFailed, nil
	failed.Error = &adapter.Error{Kind: adapter.Failed, Message: "It failed.", Err: http.ErrBodyNotAllowed}
	f.jobs = []adapter.Job{job, failed}
	s := newServer(t, f)
	golden(t, "job_completed", send(s, "GET", "/v1/jobs/"+testJob, "").Body.Bytes())
	admin := newServer(t, f, func(c *web.Config) { c.Keys[0].Admin = true })
	if got := send(admin, "GET", "/v1/jobs/"+testJob, "").Body.String(); !strings.Contains(got, `"trace":"0af7651916cd43dd8448eb211c80319c"`) {
		t.Errorf("an admin's job is %s, want the ID of its trace", got)
	}
	golden(t, "job_failed", send(s, "GET", "/v1/jobs/"+failed.ID, "").Body.Bytes())
	golden(t, "jobs", send(s, "GET", "/v1/jobs", "").Body.Bytes())
	if w := send(s, "POST", "/v1/jobs/"+testJob+"/cancel", ""); w.Code != 200 {
		t.Errorf("cancel = %d %s, want 200", w.Code, w.Body)
	}
	for _, path := range []string{"/v1/jobs/job_AAAAAAAAAAAAAAAAAAAAAAAAAA", "/v1/jobs/none"} {
		w := send(s, "GET", path, "")
		if _, _, _, code := problemOf(t, w); w.Code != 404 || code != "job_not_found" {
			t.Errorf("GET %s = %d %q, want 404 job_not_found", path, w.Code, code)
		}
	}
}

func TestWhoPrefersNotToWaitGetsTheJob(t *testing.T) {
	f := newFake()
	f.hold = make(chan struct{}) // the job never ends
	w := send(newServer(t, f), "POST", "/v1/images/generations", `{"prompt":"a fox"}`, "Prefer", "wait=5, Respond-Async")
	if w.Code != 202 || w.Header().Get("Location") != "/v1/jobs/"+testJob || w.Header().Get("Preference-Applied") != "respond-async" {
		t.Errorf("%d Location %q, want 202 with the job's", w.Code, w.Header().Get("Location"))
	}
	golden(t, "job_queued", w.Body.Bytes())
	below := send(newServer(t, f, func(c *web.Config) { c.PublicURL = "https://mid.example/art/" }), "POST", "/art/v1/images/generations", `{"prompt":"a fox"}`, "Prefer", "respond-async")
	if got, want := below.Header().Get("Location"), "/art/v1/jobs/"+testJob; got != want {
		t.Errorf("below a path, Location = %q, want %q", got, want)
	}
	if !f.attempts[0].Async {
		t.Error("Attempt.Async = false, want true")
	}
}

func TestAWidthOfFewIsTaken(t *testing.T) {
	f := newFake()
	f.add(testImage, tiny)
	s := newServer(t, f)
	for asked, want := range map[string]int{"1": 160, "160": 160, "161": 320, "600": 640, "1280": 1280, "1281": 0, "": 0} {
		f.asked = -1
		if w := send(s, "GET", "/images/"+testImage+".jpg?width="+asked, ""); w.Code != http.StatusOK || f.asked != want {
			t.Errorf("width %q = %d, made at width %d; want %d", asked, w.Code, f.asked, want)
		}
	}
	for _, asked := range []string{"0", "-1", "wide", "1e3", "99999999999"} {
		if w := send(s, "GET", "/images/"+testImage+".jpg?width="+asked, ""); w.Code != http.StatusBadRequest {
			t.Errorf("width %q = %d, want 400", asked, w.Code)
		}
	}
}
