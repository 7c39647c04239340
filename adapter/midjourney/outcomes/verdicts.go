package outcomes

import (
	"time"

	"midgate/adapter"
)

// verdict is what an upstream's no comes to.
type verdict struct {
	kind      adapter.Kind
	code      string // OpenAI's, where the kind alone does not decide it
	param     string // the request's parameter that is at fault
	blame     string
	elsewhere bool          // another account or upstream may do the job
	unknown   bool          // a job may exist all the same
	pause     time.Duration // how long to stay away before the same is asked again; 0: it is not worth it
	patience  time.Duration // how long asking again is worth it in all; 0: as long as the client likes
	says      string        // the beginning of what the client is told
}

// Who is to blame.
const (
	byRequest    = "the request"
	byAccount    = "the account at the upstream"
	byUpstream   = "the upstream"
	byMidjourney = "Midjourney"
	bySettings   = "midgate's settings"
	byNobody     = "nobody knows"
)

// How long a refused submission stays away where the upstream does not say.
const (
	queuePause   = 5 * time.Second
	parentPause  = 15 * time.Second // a relay's copy of a task is this much behind
	ratePatience = time.Minute
)

// The verdicts.
var (
	moderated   = verdict{kind: adapter.Moderated, blame: byRequest, says: "The request was rejected by the safety system"}
	badPrompt   = verdict{kind: adapter.Invalid, code: "invalid_value", param: "prompt", blame: byRequest, says: "Midjourney refused the prompt"}
	badFrame    = verdict{kind: adapter.Invalid, code: "invalid_value", param: "image", blame: byRequest, says: "Midjourney refused the picture"}
	badAction   = verdict{kind: adapter.Invalid, code: "invalid_value", param: "action", blame: byRequest, says: "Midjourney does not allow this job"}
	badRequest  = verdict{kind: adapter.Invalid, code: "invalid_value", blame: byRequest, says: "The upstream refused the request"}
	tooLarge    = verdict{kind: adapter.TooLarge, blame: byRequest, says: "The upstream does not take a request of this size"}
	parentGone  = verdict{kind: adapter.NotFound, blame: byUpstream, says: "The upstream does not know the task of this picture any more"}
	unfinished  = verdict{kind: adapter.Busy, blame: byUpstream, pause: parentPause, says: "The upstream does not take follow-ups of this picture yet"}
	noButton    = verdict{kind: adapter.Unsupported, code: "unsupported", blame: byUpstream, says: "This upstream does not press this button"}
	notOffered  = verdict{kind: adapter.Unsupported, code: "unsupported", blame: byUpstream, elsewhere: true, says: "This upstream does not offer this kind of job"}
	cannot      = verdict{kind: adapter.Unsupported, code: "unsupported", blame: byUpstream, elsewhere: true, says: "This upstream cannot do this"}
	noAccount   = verdict{kind: adapter.Unavailable, blame: byAccount, elsewhere: true, says: "The upstream cannot take jobs now"}
	badAccount  = verdict{kind: adapter.Unavailable, blame: byAccount, elsewhere: true, says: "The upstream's Midjourney account cannot take jobs now"}
	acknowledge = verdict{kind: adapter.Unavailable, blame: byAccount, elsewhere: true, says: "The upstream's Midjourney account must answer a message of the moderators first"}
	moderation  = verdict{kind: adapter.Unavailable, blame: byMidjourney, says: "Midjourney's moderation is out of order now"}
	channel     = verdict{kind: adapter.Unavailable, blame: byUpstream, elsewhere: true, says: "The upstream's channel for the job is gone"}
	notPassed   = verdict{kind: adapter.Unavailable, blame: byUpstream, elsewhere: true, says: "The upstream could not pass the job on"}
	improper    = verdict{kind: adapter.Unavailable, blame: byUpstream, elsewhere: true, says: "The upstream does not answer properly: something before it answered with a page"}
	redirects   = verdict{kind: adapter.Unavailable, blame: bySettings, elsewhere: true, says: "The upstream redirects submissions elsewhere: its address in the settings is probably wrong"}
	nowhere     = verdict{kind: adapter.Unavailable, blame: bySettings, elsewhere: true, says: "The upstream does not know where jobs are submitted now: it is away, or its address in the settings is wrong"}
	queueFull   = verdict{kind: adapter.Busy, blame: byUpstream, elsewhere: true, pause: queuePause, says: "The upstream has no free place now"}
	overloaded  = verdict{kind: adapter.Busy, blame: byUpstream, elsewhere: true, pause: queuePause, says: "The upstream is overloaded now"}
	tooFast     = verdict{kind: adapter.Busy, blame: byAccount, elsewhere: true, pause: queuePause, patience: ratePatience, says: "The upstream takes no more requests now"}
	usedUp      = verdict{kind: adapter.Busy, blame: byAccount, elsewhere: true, says: "The upstream's limit for a day is reached"}
	credit      = verdict{kind: adapter.Credit, blame: byAccount, elsewhere: true, says: "The upstream's credit is used up"}
	badKey      = verdict{kind: adapter.UpstreamAuth, blame: bySettings, elsewhere: true, says: "The upstream refuses the key that is set for it"}
	forbids     = verdict{kind: adapter.UpstreamAuth, blame: bySettings, elsewhere: true, says: "The upstream does not allow this with the key that is set for it"}
	refused     = verdict{kind: adapter.Failed, blame: byUpstream, elsewhere: true, says: "The upstream refused the job"}
	timedOut    = verdict{kind: adapter.Failed, blame: byMidjourney, says: "The job timed out at the upstream"}
	cancelled   = verdict{kind: adapter.Cancelled, blame: byRequest, says: "The job was cancelled"}
	failed      = verdict{kind: adapter.Failed, blame: byMidjourney, says: "The job failed at the upstream"}
	unclear     = verdict{kind: adapter.Ambiguous, blame: byNobody, unknown: true, says: "The upstream's answer does not tell whether the job was started"}
)
