// Package native serves the upstream's own API, /mj/…, on top of jobs: a request in the upstream's own words is checked,
// recorded as a job, submitted once and followed to its end; its task is told with addresses of midgate's own, and to the
// webhook that the client named.
//
// It never asks the upstream on a client's behalf how a task stands: the jobs know. It never lets a client choose what the
// path decides, nor another owner's task.
package native
