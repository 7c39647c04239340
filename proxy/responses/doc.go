// Package responses serves OpenAI's Responses with the image_generation tool. A response is its job, and its ID says so
// (ids.go); what it says again of its request is kept with the job (echo.go), so that it reads the same later.
//
// A turn is read as a chat's (decode.go), and the answer goes out whole (json.go, items.go), as numbered events that a
// client can take up again (stream.go, text.go), or at once, for a response in the background.
//
// It keeps nothing itself, and decides neither what a turn means nor which upstream calls come of it.
package responses
