package proxy

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/spend"
	"midgate/proxy/web"
)

// spender is a house in which alice, who has a budget, has spent $0.112 of $30 on two jobs, and carol is an admin.
func spender(t *testing.T) *house {
	t.Helper()
	jobs, month := 40, 30*adapter.Dollar
	terms := priced(spend.Budget{Day: spend.Limit{Jobs: &jobs}, Month: spend.Limit{Money: &month}, Total: spend.Limit{Money: new(100 * adapter.Dollar)}})
	p := terms.Policies["alice"]
	p.Expires, p.MaxInFlight, p.Models = time.Unix(1893456000, 0), 3, []string{"midjourney*"}
	terms.Policies["alice"] = p
	h := under(t, terms, simulator.Config{}, func(c *web.Config) {
		c.Keys = append(c.Keys, web.Key{Name: "carol", Secret: "sk-carol", Admin: true})
	})
	if status, _, body := h.call(t, "POST", "/v1/images/generations", `{"prompt": "a mill", "n": 5, "response_format": "url"}`); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	h.settled(t)
	return h
}

// TestUsage_AnswersInItsShape compares raw answers.
func TestUsage_AnswersInItsShape(t *testing.T) {
	h := spender(t)
	now := time.Now().UTC()
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	month := day.AddDate(0, 0, 1-day.Day())
	nextMonth := month.AddDate(0, 1, 0)
	windows := fmt.Sprintf(`[{"window":"day","start":%d,"end":%d,"limit":{"usd":null,"jobs":40},"spent":{"usd":0.112,"jobs":2},"held":{"usd":0,"jobs":0},"remaining":{"usd":null,"jobs":38}},`+
		`{"window":"month","start":%d,"end":%d,"limit":{"usd":30,"jobs":null},"spent":{"usd":0.112,"jobs":2},"held":{"usd":0,"jobs":0},"remaining":{"usd":29.888,"jobs":null}},`+
		`{"window":"total","start":null,"end":null,"limit":{"usd":100,"jobs":null},"spent":{"usd":0.112,"jobs":2},"held":{"usd":0,"jobs":0},"remaining":{"usd":99.888,"jobs":null}}]`,
		day.Unix(), day.AddDate(0, 0, 1).Unix(), month.Unix(), nextMonth.Unix())
	usage := func(data string) string {
		return `{"object":"usage","key":"alice","currency":"usd","windows":` + windows + `,"data":` + data + `,"in_flight":0,"max_in_flight":3,"expires_at":1893456000}`
	}
	subscription := `{"object":"billing_subscription","has_payment_method":true,"soft_limit_usd":30,"hard_limit_usd":30,"system_hard_limit_usd":30,"access_until":1893456000}`
	token := `{"code":true,"message":"ok","data":{"object":"token_usage","name":"alice","total_granted":15000000,"total_used":56000,"total_available":14944000,` +
		`"unlimited_quota":false,"model_limits":{"midjourney*":true},"model_limits_enabled":true,"expires_at":1893456000}}`
	router := `{"data":{"label":"alice","usage":0.112,"usage_daily":0.112,"usage_monthly":0.112,"limit":30,"limit_remaining":29.888,"limit_reset":"monthly","is_free_tier":false,"expires_at":"2030-01-01T00:00:00Z"}}`
	bucket := func(results string) string {
		return fmt.Sprintf(`{"object":"page","data":[{"object":"bucket","start_time":%d,"end_time":%d,"results":[%s]}],"has_more":false,"next_page":null}`, day.Unix(), day.AddDate(0, 0, 1).Unix(), results)
	}
	span := fmt.Sprintf("?start_time=%d&end_time=%d", day.Unix()+7, day.AddDate(0, 0, 1).Unix())
	for _, c := range []struct{ path, key, want string }{
		{"/v1/usage", "sk-alice", usage(`[{"kind":"generation","speed":"fast","jobs":2,"pictures":5,"usd":0.112,"refunded_usd":0}]`)},
		{"/v1/usage?window=day&group_by=day", "sk-alice", usage(`[{"day":"` + day.Format(time.DateOnly) + `","jobs":2,"pictures":5,"usd":0.112,"refunded_usd":0}]`)},
		{"/usage?key=alice&window=total&group_by=kind", "sk-carol", usage(`[{"kind":"generation","jobs":2,"pictures":5,"usd":0.112,"refunded_usd":0}]`)},
		{"/v1/dashboard/billing/subscription", "sk-alice", subscription},
		{"/dashboard/billing/subscription", "sk-alice", subscription},
		{"/dashboard/billing/subscription", "sk-bob", `{"object":"billing_subscription","has_payment_method":true,"soft_limit_usd":100000000,"hard_limit_usd":100000000,"system_hard_limit_usd":100000000,"access_until":0}`},
		{"/v1/dashboard/billing/usage?start_date=2026-11-01&end_date=2026-12-01", "sk-alice", `{"object":"list","total_usage":11.2}`},
		{"/dashboard/billing/credit_grants", "sk-alice", `{"object":"credit_summary","total_granted":30,"total_used":0.112,"total_available":29.888}`},
		{"/api/usage/token/", "sk-alice", token},
		{"/api/usage/token", "sk-alice", token},
		{"/v1/key", "sk-alice", router},
		{"/api/v1/key", "sk-alice", router},
		{"/v1/organization/usage/images" + span, "sk-carol", bucket(`{"object":"organization.usage.images.result","images":5,"num_model_requests":2,"source":"image.generation","size":null,"project_id":null,"user_id":null,"api_key_id":"alice","model":null}`)},
		{"/v1/organization/costs" + span, "sk-carol", bucket(`{"object":"organization.costs.result","amount":{"value":0.112,"currency":"usd"},"line_item":"generation, fast","project_id":null,"api_key_id":"alice"}`)},
	} {
		got := send(h.server, "GET", c.path, "", "Authorization", "Bearer "+c.key)
		if got.Code != 200 || got.Body.String() != c.want || got.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s = %d %s, want %s", c.path, got.Code, got.Body, c.want)
		}
	}
	_, _, all := h.call(t, "GET", "/v1/usage?key=all", "", "Authorization", "Bearer sk-carol")
	var list struct{ Data []struct{ Key string } }
	if err := json.Unmarshal(all, &list); err != nil || len(list.Data) != 3 || list.Data[0].Key != "alice" {
		t.Errorf("all usage = %s", all)
	}
}

// TestUsage_IsNobodyElses: without a key 401, and of others only admins are told.
func TestUsage_IsNobodyElses(t *testing.T) {
	h := spender(t)
	for _, path := range []string{"/v1/usage", "/v1/key", "/dashboard/billing/usage", "/dashboard/billing/subscription", "/dashboard/billing/credit_grants", "/api/usage/token", "/v1/organization/costs"} {
		if status, _, _ := h.call(t, "GET", path, "", "Authorization", "Bearer wrong"); status != 401 {
			t.Errorf("%s without a key = %d, want 401", path, status)
		}
	}
	for path, want := range map[string]string{
		"/v1/usage?key=alice": "admin_required", "/v1/usage?key=all": "admin_required", "/dashboard/billing/usage?key=alice": "admin_required",
		"/v1/organization/usage/images?start_time=1": "admin_required", "/v1/usage?window=year": "'window' must be", "/v1/usage?group_by=colour": "'group_by' must be",
	} {
		if status, _, body := h.call(t, "GET", path, "", "Authorization", "Bearer sk-bob"); status != 403 && status != 400 || !strings.Contains(string(body), want) {
			t.Errorf("%s of bob = %d %s, want %s", path, status, body, want)
		}
	}
	for key, admin := range map[string]bool{"sk-bob": false, "sk-carol": true} { // who may ask knows it beforehand
		if _, _, body := h.call(t, "GET", "/v1/usage", "", "Authorization", "Bearer "+key); strings.Contains(string(body), `"admin":true`) != admin {
			t.Errorf("/v1/usage of %s = %s, want that it says admin: %v", key, body, admin)
		}
	}
}

// TestUsage_TheSumsOfClients does the arithmetic that NextChat (the month's use in cents, the subscription in dollars),
// relays that ask for a channel's balance, and CodexBar (OpenRouter's key) do with these routes.
func TestUsage_TheSumsOfClients(t *testing.T) {
	h := spender(t)
	get := func(path string, into any) {
		t.Helper()
		_, _, body := h.call(t, "GET", path, "")
		if err := json.Unmarshal(body, into); err != nil {
			t.Fatal(err)
		}
	}
	var used struct {
		Total float64 `json:"total_usage"`
	}
	var granted struct {
		Hard float64 `json:"hard_limit_usd"`
	}
	var key struct {
		Data struct {
			Usage, Limit float64
			Remaining    float64 `json:"limit_remaining"`
		}
	}
	get("/dashboard/billing/usage?start_date=2026-11-01&end_date=2026-11-29", &used)
	get("/dashboard/billing/subscription", &granted)
	get("/v1/key", &key)
	if shown := fmt.Sprintf("Used this month $%.2f, subscription $%.2f", float64(int(used.Total+0.5))/100, granted.Hard); shown != "Used this month $0.11, subscription $30.00" {
		t.Errorf("NextChat shows %q", shown)
	}
	if left := fmt.Sprintf("%.3f", granted.Hard-used.Total/100); left != "29.888" {
		t.Errorf("a relay sees %s left", left)
	}
	if got := fmt.Sprintf("%.3f of %.0f, %.3f left", key.Data.Limit-key.Data.Remaining, key.Data.Limit, key.Data.Remaining); got != "0.112 of 30, 29.888 left" {
		t.Errorf("CodexBar sees %s", got)
	}
}
