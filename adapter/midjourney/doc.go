// Package midjourney says adapter's commands to a midjourney-proxy server and listens for what becomes of them. It holds
// the client, what an upstream is known to offer, and the one poller per account that waits for all of its tasks together.
// What a refusal comes to is in outcomes, what a button does in buttons, how the servers write JSON in wire.
//
// A Fleet is the way in: it implements adapter.Accounts, and the accounts it hands out implement
// adapter.Upstream, adapter.Finder, adapter.Tools and adapter.Waiter.
//
// It never decides what to submit, or whether something may be submitted again, and it keeps no record of jobs.
package midjourney
