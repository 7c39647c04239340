// Package adapter says what an OpenAI request means in Midjourney.
//
// It turns image requests into sequences of imagine, action and modal, owns the
// ports through which it reaches the world (Upstream, Waiter, Store, Journal,
// Pictures), and knows nothing of HTTP, of the upstream's JSON or of the engines
// behind the ports. Everything in this module points at it; it points at nothing.
package adapter
