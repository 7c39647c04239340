package videos

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/web"
)

// videoTypes are the media types of what a video's bytes may be: accounts on Discord animate as WebP.
var videoTypes = map[adapter.Format]string{adapter.MP4: "video/mp4", adapter.WebM: "video/webm", adapter.WebP: "image/webp", adapter.GIF: "image/gif"}

// Content serves GET /v1/videos/{id}/content: the clip, or its first frame. Where more than one clip was asked
// for, ?index= chooses, from 1.
func (s *Routes) Content(c *gin.Context) error {
	job, err := s.owned(c)
	if err != nil {
		return err
	}
	variant := c.DefaultQuery("variant", "video")
	if variant != "video" && variant != "thumbnail" {
		return adapter.BadParam("variant", "invalid_value", "'variant' must be 'video' or 'thumbnail'; Midjourney makes no spritesheets.")
	}
	clip, err := clipIndex(c, job)
	if err != nil {
		return err
	}
	switch {
	case job.Status == adapter.JobCompleted:
	case job.Status.Ended():
		return adapter.BadParam("video_id", "video_failed", "This video failed, so there is nothing to download.")
	default: // not 409, which SDKs repeat by themselves
		return adapter.BadParam("video_id", "video_not_ready", "This video is still being made: ask for it until its status is 'completed'.")
	}
	blob, err := s.films.VideoBytes(c.Request.Context(), adapter.VideoID(job.ID), clip, variant == "thumbnail")
	if err != nil {
		return err
	}
	return s.serve(c, blob, "private, max-age=3600")
}

func clipIndex(c *gin.Context, job adapter.Job) (int, error) {
	given := c.Query("index")
	if given == "" {
		return 0, nil
	}
	clips := 1
	if job.Result != nil {
		clips = max(len(job.Result.Videos), 1)
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > clips {
		return 0, adapter.BadParam("index", "invalid_value", "'index' must be a whole number from 1 to %d.", clips)
	}
	return n - 1, nil
}

// ServeFile serves GET and HEAD /videos/{id}.mp4: a video for everybody who knows its name.
func (s *Routes) ServeFile(c *gin.Context) error {
	id, ext, _ := strings.Cut(c.Param("file"), ".")
	if !isID(id) || !slices.Contains(web.VideoEndings, ext) {
		return notFound()
	}
	clip, _ := strconv.Atoi(c.DefaultQuery("index", "1")) // what is no number is no clip
	blob, err := s.films.VideoBytes(c.Request.Context(), id, clip-1, false)
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return s.serve(c, blob, "public, max-age=86400") // it may be deleted
}

// serve writes a video's bytes, or the part that is asked for.
func (s *Routes) serve(c *gin.Context, blob *adapter.Blob, cache string) error {
	defer func() { _ = blob.Close() }() // only read
	kind := videoTypes[blob.Format]
	if kind == "" {
		kind = "image/" + string(blob.Format)
	}
	h := c.Writer.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", cache)
	if blob.SHA256 != "" {
		h.Set("Etag", `"`+blob.SHA256+`"`)
	}
	s.Metrics.HandedOut("video", 1)
	s.ServeBlob(c, blob)
	return nil
}
