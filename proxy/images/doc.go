// Package images serves OpenAI's image API and midgate's own routes beside it: generations, edits, variations, blends,
// descriptions, a picture's buttons, the records and the bytes.
//
// It reads what every route that draws has in common (ReadGeneration; the midjourney object in midjourney.go) and renders
// results as answers (render.go) and as events (stream.go, partials.go); the chats and the videos use both.
//
// It checks what fields look like, never what they mean to Midjourney, and never speaks to an upstream or a store.
package images
