package web

import (
	"cmp"

	"midgate/adapter"
)

// JobPreview is the path before a job's ID at which its newest preview is handed out, without a key: an ID cannot be guessed.
const JobPreview = "/mj/image/"

// PictureTypes are the extensions under which picture bytes are served.
var PictureTypes = map[string]string{"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}

// PictureURL names a picture's bytes; the extension is that of the bytes.
func PictureURL(base, id string, format adapter.Format) string {
	ext := string(OrPNG(format))
	if ext == "jpeg" {
		ext = "jpg"
	}
	return base + "/images/" + id + "." + ext
}

// OrPNG is the format that pictures have unless another one was asked for.
func OrPNG(f adapter.Format) adapter.Format {
	if f == "" {
		return adapter.PNG
	}
	return f
}

// VideoEndings are the extensions under which videos are served: what the bytes are.
var VideoEndings = []string{string(adapter.MP4), string(adapter.WebM), string(adapter.WebP), string(adapter.GIF)}

// VideoURL is the address of a video's bytes; moving is its result's.
func VideoURL(base, jobID string, moving adapter.Format) string {
	return base + "/videos/" + adapter.VideoID(jobID) + "." + string(cmp.Or(moving, adapter.MP4))
}
