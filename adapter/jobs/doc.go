// Package jobs accepts, executes, recovers and reconciles jobs that cost money: none is paid twice, none that was paid is
// lost.
//
//	           Accept                first submission noted                result recorded
//	(attempt) ───────▶ queued ──────────────────────────▶ in_progress ──────────────────────▶ completed
//	                     │ refused, no account, no place      │ FAILURE, deadline, lost           ▲
//	                     ▼                                    ▼                                   │
//	                  failed, nothing submitted            failed, may still exist ───────────────┘
//	                     │                                                          found again (reconcile)
//	                     └──── its repeat restarts it ────▶ queued
//
// A cancelled job ends as cancelled from queued or in_progress. Who moves a job:
//
//   - Accept decides which attempt is which (accept.go, dedup.go): an attempt repeats a job, shares its grid, restarts one
//     of which nothing was submitted, or is new. A new job is recorded before its client waits for it.
//   - An execution (execute.go, execution.go, submit.go) runs the workflow of the job's kind. Each of its steps is recorded
//     as intended before it is sent, is sent once, and its outcome is recorded before anything else happens. A step of
//     unknown outcome is looked for at the upstream (reconcile.go) and never sent again.
//   - After a crash the replica itself, or one that sees its lease lapse (lease.go, recover.go), executes the workflow again
//     from the top: recorded steps answer at once, so it arrives where it was.
//   - A job that ended although something of it may exist, or whose pictures could not be stored, is looked for as long as a
//     repeat may ask for it (reconcile_late.go, unstored.go); what turns up is followed to its end.
//   - A command that an upstream certainly did not take goes to another one (failover.go).
//
// It knows no kind of job: workflows say which commands a job needs. It never reads a picture, and nothing of HTTP.
package jobs
