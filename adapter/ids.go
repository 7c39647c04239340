package adapter

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"regexp"
	"strings"
)

// Prefixes of the names that are handed out; 26 random base32 characters follow.
const (
	ImagePrefix = "img_"
	JobPrefix   = "job_"
	videoPrefix = "video_"
)

var idPattern = regexp.MustCompile(`^(img|job|video|file|resp)_[A-Za-z0-9]{26}$`)

// ValidID reports whether a text has the form of one of our IDs.
func ValidID(id string) bool { return idPattern.MatchString(id) }

// NewID makes a random ID with a prefix such as "job_".
func NewID(prefix string) string { return prefix + rand.Text() }

// DerivedID makes the ID that a job gives to the thing called name: unguessable without the job's seed, and the
// same again when the job is resumed, so that a crash leaves no second record of one picture.
func DerivedID(prefix, seed, name string) string {
	sum := sha256.Sum256([]byte(seed + "\x00" + name))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:26]
}

// Digest is the hex SHA-256 over parts that cannot run into each other.
func Digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// VideoID is the ID under which clients know the video that a job makes: a video is its job.
func VideoID(jobID string) string { return videoPrefix + strings.TrimPrefix(jobID, JobPrefix) }

// VideoJob is the way back.
func VideoJob(videoID string) string { return JobPrefix + strings.TrimPrefix(videoID, videoPrefix) }

// IsLink reports whether a word is an address, bare or in angle brackets.
func IsLink(word string) bool {
	word = strings.ToLower(strings.TrimPrefix(word, "<"))
	return strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://")
}
