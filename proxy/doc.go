// Package proxy is midgate's OpenAI-shaped HTTP face: routes, keys, decoding,
// rendering, errors and metrics. It turns HTTP into calls of the core (package
// adapter) and its answers into OpenAI's JSON, and knows nothing of Midjourney's
// words, of the upstream or of the engines that keep state.
//
// New lists every route with its middlewares; errors.go holds the one table that
// maps a kind of failure to a status; nothing else writes an error.
package proxy
