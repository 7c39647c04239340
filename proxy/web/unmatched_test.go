package web

import (
	"strings"
	"testing"
)

func TestShownPath(t *testing.T) {
	isKey := func(s string) bool { return s == "summer" }
	for in, want := range map[string]string{
		"/":                         "/",
		"/v1/v1/nope":               "/v1/v1/nope",
		"//v1//image/generation/":   "//v1//image/generation/",
		"/wp-login.php":             "/wp-login.php",
		"/v1beta/openai/text2image": "/v1beta/openai/text2image",
		"/openai/deployments/gpt-4o-mini-2024-07-18/audio": "/openai/deployments/gpt-4o-mini-2024-07-18/audio",
		"/v1/sk-abc/images":                        "/v1/***/images",
		"/SK-abc":                                  "/***",
		"/summer/v1/images":                        "/***/v1/images",
		"/img_AAAAAAAAAAAAAAAAAAAAAAAAAA.gif":      "/***",
		"/v2/mj/task/1712345678901234/fetch":       "/v2/mj/task/***/fetch",
		"/v1/123e4567-e89b-12d3-a456-426614174000": "/v1/***",
		"/v1/a1b2c3d4e5":                           "/v1/***",
		"/prompt/fox":                              "/prompt/***",
		"/image/a%20red%20fox":                     "/image/***",
		"/v1/hooks/abc":                            "/v1/hooks/***",
		"/a;b=c/d":                                 "/***/d",
	} {
		if got := shownPath(in, isKey); got != want {
			t.Errorf("shownPath(%s) = %s, want %s", in, got, want)
		}
	}
	if got, want := shownPath(strings.Repeat("/a", 1000), isKey), strings.Repeat("/a", mostSegments-2)+"/***"; got != want {
		t.Errorf("of a path of many segments %s is shown, want %s", got, want)
	}
	if got := shownPath(strings.Repeat("/image-generations", 1000), isKey); len(got) != longestPath {
		t.Errorf("a long path is shown with %d bytes, want %d", len(got), longestPath)
	}
}
