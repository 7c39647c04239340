package web

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"midgate/adapter"
)

func bearer(key string) http.Header { return http.Header{"Authorization": {"Bearer " + key}} }

func TestGatekeeper_KnowsKeysByTheirHashes(t *testing.T) {
	g := newGatekeeper(Config{Auth: AuthKeys, Keys: []Key{
		{Name: "alice", Hash: sha256.Sum256([]byte("old")), Admin: true}, {Name: "alice", Hash: sha256.Sum256([]byte("new")), Admin: true},
		{Name: "late", Hash: sha256.Sum256([]byte("late")), Expires: time.Now().Add(-time.Second)},
		{Name: "open", Hash: sha256.Sum256([]byte("open")), PerUser: true},
	}})
	before, err := g.admit(bearer("old"), "192.0.2.1", false)
	if err != nil || before.Name != "alice" || !before.Admin {
		t.Fatalf("alice's key is answered %+v, %v", before, err)
	}
	if now, err := g.admit(bearer("new"), "192.0.2.1", false); err != nil || now.Owner != before.Owner {
		t.Errorf("her other key belongs to %+v, %v; want the same owner", now, err)
	}
	_, err = g.admit(bearer("late"), "192.0.2.1", false)
	if x := Explain(err, ErrorContext{}); x.status != 401 || x.Problem.Code == nil || *x.Problem.Code != "key_expired" {
		t.Errorf("an expired key is answered %d %+v, want 401 key_expired", x.status, x.Problem)
	}
	if _, err := g.admit(bearer("another"), "192.0.2.1", false); adapter.KindOf(err) != adapter.Unauthorized {
		t.Errorf("an unknown key: %v", err)
	}
	h := bearer("open")
	h.Set(userHeader, "user-1")
	if one, _ := g.admit(h, "192.0.2.1", true); one.User == "" {
		t.Error("a trusted proxy's word on its user does not count")
	}
	if one, _ := g.admit(h, "192.0.2.1", false); one.User != "" {
		t.Error("anybody may say whose budget is spent")
	}
	h = bearer("new")
	h.Set(userHeader, "user-1")
	if one, _ := g.admit(h, "192.0.2.1", true); one.User != "" {
		t.Error("users are told apart of a key that has no budgets for them")
	}
}

func TestGatekeeper_OtherKeysCountAtOnce(t *testing.T) {
	g := newGatekeeper(Config{Auth: AuthKeys, Keys: []Key{{Name: "alice", Secret: "a"}}})
	g.set([]Key{{Name: "bob", Secret: "b"}})
	if _, err := g.admit(bearer("a"), "192.0.2.1", false); err == nil {
		t.Error("a key that was taken out still counts")
	}
	if c, err := g.admit(bearer("b"), "192.0.2.1", false); err != nil || c.Name != "bob" {
		t.Errorf("a key that came is answered %+v, %v", c, err)
	}
}

// TestExplain_OfKeysThatMayNot: what a key may not do is told in OpenAI's shape.
func TestExplain_OfKeysThatMayNot(t *testing.T) {
	x := Explain(&adapter.Error{Kind: adapter.Forbidden, Code: "model_not_allowed", Param: "model", Message: "No."}, ErrorContext{})
	got, err := json.Marshal(envelope{x.Problem})
	if want := `{"error":{"message":"No.","type":"invalid_request_error","param":"model","code":"model_not_allowed"}}`; err != nil || x.status != 403 || string(got) != want {
		t.Errorf("%d %s, want 403 %s", x.status, got, want)
	}
}

// BenchmarkAdmit is what telling who asks costs, by how many keys there are: the same with one and with ten thousand.
func BenchmarkAdmit(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(strconv.Itoa(n)+"keys", func(b *testing.B) {
			keys := make([]Key, n)
			for i := range keys {
				keys[i] = Key{Name: "k" + strconv.Itoa(i), Hash: sha256.Sum256([]byte("mg-" + strconv.Itoa(i)))}
			}
			g := newGatekeeper(Config{Auth: AuthKeys, Keys: keys})
			h := bearer("mg-" + strconv.Itoa(n/2))
			for b.Loop() {
				if _, err := g.admit(h, "192.0.2.1", false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
