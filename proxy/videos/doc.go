// Package videos serves OpenAI's video API: a video is its job, shown in the words of that API, and its bytes are handed
// out here.
//
// It reads what a video has beside a picture's fields (its length, motion, first and last frame), and answers at once:
// clients ask for a video until it is done. It never waits for a job, and never touches a clip's bytes.
package videos
