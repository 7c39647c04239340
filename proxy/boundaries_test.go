package proxy

import (
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// Forms are read whose boundary is written as no standard allows, or is named nowhere.
func TestForms_AreReadWithAnyBoundary(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	form := func(boundary string) string {
		return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na fox\r\n--" + boundary + "--\r\n"
	}
	for contentType, boundary := range map[string]string{
		"multipart/form-data; boundary====1444057544756===":      "===1444057544756===",
		"multipart/form-data; boundary=----=_Part_0_123.456":     "----=_Part_0_123.456",
		"multipart/form-data;boundary=a b/c":                     "a b/c",
		"Multipart/Form-Data; charset=utf-8; boundary=\"==x==\"": "==x==",
		"multipart/form-data; boundary=(x):y?":                   "(x):y?",
		"multipart/form-data":                                    "----WebKitFormBoundaryABC",
		"multipart/form-data; boundary=":                         "abc",
		"":                                                       "----geckoformboundary1",
		"text/plain":                                             "abc",
		"application/octet-stream":                               "abc",
	} {
		before := len(h.sim.Ledger())
		status, _, body := h.call(t, http.MethodPost, "/v1/images/generations", form(boundary), "Content-Type", contentType)
		paid := h.sim.Ledger()[before:]
		if status != http.StatusOK || len(paid) != 1 || paid[0].Prompt != "a fox" {
			t.Errorf("%q = %d %.200s, paid %+v", contentType, status, body, paid)
		}
	}
	before := len(h.sim.Ledger())
	for contentType, body := range map[string]string{"multipart/form-data": "hello", "multipart/form-data; boundary=x": form("y"), "multipart/form-data; boundary====": "no form"} {
		status, _, got := h.call(t, http.MethodPost, "/v1/images/generations", body, "Content-Type", contentType)
		if status != http.StatusBadRequest || strings.Contains(string(got), "parsed as JSON") {
			t.Errorf("%q = %d %s, want a 400 that speaks of the form", contentType, status, got)
		}
	}
	if paid := len(h.sim.Ledger()) - before; paid != 0 {
		t.Errorf("refusals cost %d jobs", paid)
	}
}
