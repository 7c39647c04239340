package responses

import (
	"cmp"
	"crypto/rand"
	"regexp"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/web"
)

// A response is its job: resp_ and the job's 26 characters. Its pictures are ig_ and the same characters, _2 and so on
// behind all but the first: a stream must name them before they exist. What was answered without a job has an ID that
// says all there is to know of it: resp_p and a picture's characters, or resp_t, random ones, and those of the response
// before it, so that a conversation goes on.
var (
	responseIDs = regexp.MustCompile(`^resp_([A-Z2-7]{26})$`)
	pictureIDs  = regexp.MustCompile(`^resp_p([A-Z2-7]{26})$`)
	textIDs     = regexp.MustCompile(`^resp_t[A-Z2-7]{26}(?:_(p?[A-Z2-7]{26}))?$`)
	callIDs     = regexp.MustCompile(`^ig_([A-Z2-7]{26})(?:_([0-9]{1,2}))?$`)
)

func jobOf(suffix string) string { return "job_" + suffix }

// atOnceID names a response that no job stands behind.
func atOnceID(f echo, o outcome) string {
	if len(o.images) > 0 {
		return "resp_p" + strings.TrimPrefix(o.images[0].ID, "img_")
	}
	id := "resp_t" + rand.Text()
	if m := textIDs.FindStringSubmatch(f.Previous); m != nil {
		if m[1] != "" {
			id += "_" + m[1]
		}
	} else if f.Previous != "" {
		id += "_" + strings.TrimPrefix(f.Previous, "resp_")
	}
	return id
}

// maxChain is how many responses are gone back to find the pictures that a turn is about.
const maxChain = 50

// shownBy finds the pictures of the newest response of a chain that has any.
func (s *Routes) shownBy(c *gin.Context, id string) (images []string, err error) {
	for range maxChain {
		if m := textIDs.FindStringSubmatch(id); m != nil {
			if m[1] == "" {
				return nil, nil
			}
			id = "resp_" + m[1]
		}
		if m := pictureIDs.FindStringSubmatch(id); m != nil {
			return []string{"img_" + m[1]}, nil
		}
		job, f, err := s.owned(c, id)
		if adapter.KindOf(err) == adapter.NotFound {
			return nil, adapter.BadParam("previous_response_id", "previous_response_not_found", "There is no response with this ID among the responses of this key.")
		}
		if err != nil {
			return nil, err
		}
		if !job.Status.Ended() {
			return nil, adapter.BadParam("previous_response_id", "previous_response_not_finished", "This response is still being made: ask for it until its status is 'completed'.")
		}
		if answer := job.Answer(); answer != nil && len(answer.Images) > 0 {
			return answer.Images, nil
		}
		if id = f.Previous; id == "" {
			return nil, nil
		}
	}
	return nil, nil
}

// pictureOf finds the picture of an image_generation_call; empty if nobody knows it.
func (s *Routes) pictureOf(c *gin.Context, callID string) (string, error) {
	m := callIDs.FindStringSubmatch(callID)
	if m == nil {
		return "", nil
	}
	ctx, caller := c.Request.Context(), web.RequestOf(c).Caller
	job, err := s.jobs.Job(ctx, caller, jobOf(m[1]))
	if err == nil {
		i, _ := strconv.Atoi(cmp.Or(m[2], "1"))
		if answer := job.Answer(); answer != nil && i >= 1 && i <= len(answer.Images) {
			return answer.Images[i-1], nil
		}
		return "", nil
	}
	if adapter.KindOf(err) != adapter.NotFound {
		return "", err
	}
	_, err = s.Services.Pictures.Image(ctx, caller, "img_"+m[1])
	if adapter.KindOf(err) == adapter.NotFound {
		return "", nil
	}
	return "img_" + m[1], err
}

// owned returns the job of one of the caller's responses, and what was asked of it.
func (s *Routes) owned(c *gin.Context, id string) (job adapter.Job, f echo, err error) {
	missing := &adapter.Error{Kind: adapter.NotFound, Code: "response_not_found", Param: "response_id", Message: "There is no response with this ID among the responses of this key."}
	m := responseIDs.FindStringSubmatch(id)
	if m == nil {
		return job, f, missing
	}
	job, err = s.jobs.Job(c.Request.Context(), web.RequestOf(c).Caller, jobOf(m[1]))
	if adapter.KindOf(err) == adapter.NotFound {
		return job, f, missing
	}
	if err != nil {
		return job, f, err
	}
	f = keptEcho(job)
	if job.Route != Route || job.Deleted || f.Unstored {
		return job, f, missing
	}
	return job, f, nil
}
