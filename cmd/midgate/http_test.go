package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// answer is an HTTP answer, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a JSON body, or GETs when it is empty, with a client's key.
func ask(t *testing.T, url, key, body string) answer {
	t.Helper()
	a, err := tryAsk(t, url, key, body)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func tryAsk(t *testing.T, url, key, body string) (answer, error) {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, raw}, err
}

// into decodes an answer that must have the status 200.
func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("status = %d, want 200: %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// drawn is an answer with pictures.
type drawn struct {
	Data []struct {
		ID  string `json:"id"`
		URL string `json:"url"`
		B64 []byte `json:"b64_json"`
	} `json:"data"`
}

// charges is what a simulated upstream has billed so far.
func charges(t *testing.T, upstream string) (bill []simulator.Charge) {
	t.Helper()
	ask(t, upstream+"/sim/ledger", "", "").into(t, &bill)
	return bill
}

// requests is what a simulated upstream was asked so far.
func requests(t *testing.T, upstream string) (counts simulator.Counts) {
	t.Helper()
	ask(t, upstream+"/sim/requests", "", "").into(t, &counts)
	return counts
}
