package proxy

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/web"
)

// unlimited is what clients of new-api are told of a key without a limit, in dollars.
const unlimited = 100_000_000

// quotaUnit is how many of new-api's units a dollar has.
const quotaUnit = 500_000

// balance is a key's narrowest budget in money, as those clients understand it: what was spent in it and what is left.
type balance struct {
	used, left float64 // dollars
	limited    bool
	window     adapter.WindowUse
	usage      adapter.Usage
}

func (s *usageRoutes) balance(c *gin.Context) (b balance, err error) {
	c.Header("Cache-Control", "no-store")
	owner, name, err := whose(c)
	if err != nil {
		return b, err
	}
	if b.usage, err = s.spending.Usage(c.Request.Context(), owner, name); err != nil {
		return b, err
	}
	b.window, b.left = b.usage.Window("total"), math.Inf(1)
	for _, w := range b.usage.Windows {
		if w.Money == nil {
			continue
		}
		if left := max(*w.Money-w.Spent.Money-w.Held.Money, 0).Float(); left < b.left {
			b.left, b.limited, b.window = left, true, w
		}
	}
	b.used = b.window.Spent.Plus(b.window.Held).Money.Float()
	return b, nil
}

// total is what was granted: what was used and what is left.
func (b balance) total() float64 {
	if !b.limited {
		return unlimited
	}
	return cents(b.used + b.left)
}

// cents rounds the sum of two amounts to the millionths that they have.
func cents(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// subscription serves GET /v1/dashboard/billing/subscription, OpenAI's old route that NextChat and relays ask.
func (s *usageRoutes) subscription(c *gin.Context) error {
	b, err := s.balance(c)
	if err != nil {
		return err
	}
	until := int64(0)
	if !b.usage.Expires.IsZero() {
		until = b.usage.Expires.Unix()
	}
	s.WriteJSON(c, http.StatusOK, struct {
		Object  string  `json:"object"`
		Payment bool    `json:"has_payment_method"`
		Soft    float64 `json:"soft_limit_usd"`
		Hard    float64 `json:"hard_limit_usd"`
		System  float64 `json:"system_hard_limit_usd"`
		Until   int64   `json:"access_until"`
	}{"billing_subscription", true, b.total(), b.total(), b.total(), until})
	return nil
}

// billingUsage serves GET /v1/dashboard/billing/usage: in cents, of the window that subscription tells of.
func (s *usageRoutes) billingUsage(c *gin.Context) error {
	b, err := s.balance(c)
	if err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, struct {
		Object string  `json:"object"`
		Total  float64 `json:"total_usage"`
	}{"list", cents(b.used * 100)})
	return nil
}

// creditGrants serves GET /v1/dashboard/billing/credit_grants.
func (s *usageRoutes) creditGrants(c *gin.Context) error {
	b, err := s.balance(c)
	if err != nil {
		return err
	}
	s.WriteJSON(c, http.StatusOK, struct {
		Object    string  `json:"object"`
		Granted   float64 `json:"total_granted"`
		Used      float64 `json:"total_used"`
		Available float64 `json:"total_available"`
	}{"credit_summary", b.total(), b.used, cents(b.total() - b.used)})
	return nil
}

// tokenUsage serves GET /v1/usage/token, which is also /api/usage/token, new-api's: in its own units.
func (s *usageRoutes) tokenUsage(c *gin.Context) error {
	b, err := s.balance(c)
	if err != nil {
		return err
	}
	units := func(dollars float64) int64 { return int64(math.Round(dollars * quotaUnit)) }
	limits := map[string]bool{}
	for _, m := range b.usage.Models {
		limits[m] = true
	}
	expires := int64(0)
	if !b.usage.Expires.IsZero() {
		expires = b.usage.Expires.Unix()
	}
	type data struct {
		Object    string          `json:"object"`
		Name      string          `json:"name"`
		Granted   int64           `json:"total_granted"`
		Used      int64           `json:"total_used"`
		Available int64           `json:"total_available"`
		Unlimited bool            `json:"unlimited_quota"`
		Limits    map[string]bool `json:"model_limits"`
		Limited   bool            `json:"model_limits_enabled"`
		Expires   int64           `json:"expires_at"`
	}
	d := data{Object: "token_usage", Name: b.usage.Key, Granted: units(b.total()), Used: units(b.used), Available: units(b.total() - b.used),
		Unlimited: !b.limited, Limits: limits, Limited: len(limits) > 0, Expires: expires}
	s.WriteJSON(c, http.StatusOK, struct {
		Code    bool   `json:"code"`
		Message string `json:"message"`
		Data    data   `json:"data"`
	}{true, "ok", d})
	return nil
}

// routerKey serves GET /v1/key, OpenRouter's.
func (s *usageRoutes) routerKey(c *gin.Context) error {
	b, err := s.balance(c)
	if err != nil {
		return err
	}
	u := b.usage
	type data struct {
		Label     string   `json:"label"`
		Usage     float64  `json:"usage"`
		Daily     float64  `json:"usage_daily"`
		Monthly   float64  `json:"usage_monthly"`
		Limit     *float64 `json:"limit"`
		Remaining *float64 `json:"limit_remaining"`
		Reset     *string  `json:"limit_reset"`
		Free      bool     `json:"is_free_tier"`
		Expires   *string  `json:"expires_at"`
	}
	spent := func(window string) float64 { return u.Window(window).Spent.Money.Float() }
	d := data{Label: u.Key, Usage: spent("total"), Daily: spent("day"), Monthly: spent("month")}
	if b.limited {
		d.Limit, d.Remaining = new(b.window.Money.Float()), &b.left
		if reset, ok := map[string]string{"day": "daily", "month": "monthly"}[b.window.Window]; ok {
			d.Reset = &reset
		}
	}
	if !u.Expires.IsZero() {
		d.Expires = new(u.Expires.UTC().Format(time.RFC3339))
	}
	s.WriteJSON(c, http.StatusOK, struct {
		Data data `json:"data"`
	}{d})
	return nil
}

// bucketJSON is a day of OpenAI's organisation routes.
type bucketJSON struct {
	Object  string `json:"object"`
	Start   int64  `json:"start_time"`
	End     int64  `json:"end_time"`
	Results []any  `json:"results"`
}

type imagesResultJSON struct {
	Object   string  `json:"object"`
	Images   int     `json:"images"`
	Requests int     `json:"num_model_requests"`
	Source   *string `json:"source"`
	Size     *string `json:"size"`
	Project  *string `json:"project_id"`
	User     *string `json:"user_id"`
	Key      *string `json:"api_key_id"`
	Model    *string `json:"model"`
}

type costsResultJSON struct {
	Object string `json:"object"`
	Amount struct {
		Value    float64 `json:"value"`
		Currency string  `json:"currency"`
	} `json:"amount"`
	Line    *string `json:"line_item"`
	Project *string `json:"project_id"`
	Key     *string `json:"api_key_id"`
}

// sources are what OpenAI calls the kinds that make pictures.
var sources = map[string]string{"generation": "image.generation", "blend": "image.generation", "edit": "image.edit", "upscale": "image.edit", "swap": "image.edit", "vary": "image.variation"}

// organizationImages serves GET /v1/organization/usage/images: by day, key and source.
func (s *usageRoutes) organizationImages(c *gin.Context) error {
	return s.buckets(c, func(key string, sale adapter.Sale) any {
		source, draws := sources[sale.Kind]
		if !draws {
			return nil
		}
		return imagesResultJSON{Object: "organization.usage.images.result", Images: sale.Pictures, Requests: sale.Spent.Jobs, Source: &source, Key: &key}
	})
}

// organizationCosts serves GET /v1/organization/costs: by day, key and kind.
func (s *usageRoutes) organizationCosts(c *gin.Context) error {
	return s.buckets(c, func(key string, sale adapter.Sale) any {
		line := sale.Kind + ", " + sale.Speed
		r := costsResultJSON{Object: "organization.costs.result", Line: &line, Key: &key}
		r.Amount.Value, r.Amount.Currency = sale.Spent.Money.Float(), "usd"
		return r
	})
}

// buckets answers an admin with a day each, from start_time to end_time.
func (s *usageRoutes) buckets(c *gin.Context, show func(key string, sale adapter.Sale) any) error {
	c.Header("Cache-Control", "no-store")
	if !web.RequestOf(c).Caller.Admin {
		return &adapter.Error{Kind: adapter.Forbidden, Code: "admin_required", Message: "Only a key with admin: true may ask what all keys spend."}
	}
	since, until, err := period(c)
	if err != nil {
		return err
	}
	days := []bucketJSON{}
	for day := since; day.Before(until) && len(days) < 366; day = day.AddDate(0, 0, 1) {
		days = append(days, bucketJSON{Object: "bucket", Start: day.Unix(), End: day.AddDate(0, 0, 1).Unix(), Results: []any{}})
	}
	for _, name := range s.names() {
		sales, err := s.spending.Sales(c.Request.Context(), web.OwnerOf(name), since, until)
		if err != nil {
			return err
		}
		for _, sale := range sales {
			day, err := time.Parse(time.DateOnly, sale.Day)
			at := slices.IndexFunc(days, func(b bucketJSON) bool { return err == nil && b.Start == day.Unix() })
			if result := show(name, sale); at >= 0 && result != nil {
				days[at].Results = append(days[at].Results, result)
			}
		}
	}
	s.WriteJSON(c, http.StatusOK, struct {
		Object string       `json:"object"`
		Data   []bucketJSON `json:"data"`
		More   bool         `json:"has_more"`
		Next   *string      `json:"next_page"`
	}{"page", days, false, nil})
	return nil
}

// period reads start_time, which is required, and end_time: whole days in UTC.
func period(c *gin.Context) (since, until time.Time, err error) {
	start, err := strconv.ParseInt(c.Query("start_time"), 10, 64)
	if err != nil {
		return since, until, adapter.BadParam("start_time", "invalid_value", "'start_time' must be a time in Unix seconds.")
	}
	until = time.Now()
	if text := c.Query("end_time"); text != "" {
		end, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return since, until, adapter.BadParam("end_time", "invalid_value", "'end_time' must be a time in Unix seconds.")
		}
		until = time.Unix(end, 0)
	}
	return time.Unix(start, 0).UTC().Truncate(24 * time.Hour), until.UTC(), nil
}
