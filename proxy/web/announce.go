package web

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// Announce notes whose answer the request waits for, and says in the header what is known by now: the job, the most that
// it may cost, and what that leaves of the key's budgets. What it really cost is in the body, and with the job.
func Announce(c *gin.Context, t adapter.Ticket) {
	v := RequestOf(c)
	v.Follow(t)
	c.Header("Midgate-Job", v.Job)
	s := t.Job().Spend
	if s == nil {
		return
	}
	if s.Prices != nil {
		c.Header("Midgate-Cost-Max", dollars(s.Hold.Money))
	}
	if s.Left == nil {
		return
	}
	if s.Left.Money != nil {
		c.Header("Midgate-Budget-Remaining", dollars(*s.Left.Money))
	}
	if s.Left.Jobs != nil {
		c.Header("X-Ratelimit-Limit-Requests", strconv.Itoa(s.Left.JobsLimit))
		c.Header("X-Ratelimit-Remaining-Requests", strconv.Itoa(*s.Left.Jobs))
		if !s.Left.JobsReset.IsZero() {
			c.Header("X-Ratelimit-Reset-Requests", fmt.Sprintf("%ds", int(max(time.Until(s.Left.JobsReset).Seconds(), 0))))
		}
	}
	if s.Left.Warning != "" {
		c.Header("Midgate-Budget-Warning", s.Left.Warning)
	}
}

// dollars writes an amount as a plain number.
func dollars(m adapter.Money) string { return strconv.FormatFloat(m.Float(), 'f', -1, 64) }
