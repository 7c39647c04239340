// Package adapter holds the words of the trade and the ports: what a job, a picture, a button, a command and an error are,
// and through which interfaces the packages below it reach the world (Upstream, Waiter, Accounts, State, Store, Pictures
// and their companions).
//
// It decides nothing: how a prompt is composed, which calls a job makes and how it survives a crash stand in the packages
// beside it. It knows nothing of HTTP, of the upstream's JSON or of the engines behind the ports. Everything in this module
// points at it; it points at nothing.
package adapter
