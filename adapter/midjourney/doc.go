// Package midjourney says adapter's commands to a midjourney-proxy server and listens for what
// becomes of them. It holds the client with its classification of every answer, the buttons of a
// finished task, and the one poller per account that waits for all of its tasks together.
//
// A Fleet is the way in: it implements adapter.Accounts, and the accounts it hands out implement
// adapter.Upstream, adapter.Finder, adapter.Tools and adapter.Waiter.
package midjourney
