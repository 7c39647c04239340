// Package proxy is midgate's OpenAI-shaped HTTP face: New lists every route with what it is behind, and gives each to the
// package that serves it. It serves itself what belongs to no API: models, files, jobs, health, webhooks, the page.
//
//	proxy             the route table
//	├ images, videos, chat, responses, native, mcp   one API each
//	├ web             one request: who asks, how it is answered
//	├ body            what a request's body says
//	└ metrics         what /metrics shows
//
// It turns HTTP into calls of the service (Core) and its answers into OpenAI's JSON, and knows nothing of Midjourney's
// words, of the upstream or of the engines that keep state.
package proxy
