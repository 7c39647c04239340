// Package metrics counts what GET /metrics shows: requests, errors, jobs, and what is asked of the upstreams. Its labels are
// short closed words.
//
// It never sees a key, an owner, a prompt or an ID, and decides nothing.
package metrics
