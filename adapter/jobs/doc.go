// Package jobs accepts requests that cost money, executes them, recovers them after a crash and looks for what got lost.
// No submission is made twice, and no paid picture is lost.
//
//	            Accept                first submission noted                  result recorded
//	(attempt) ─────────▶ queued ─────────────────────────────▶ in_progress ──────────────────────▶ completed
//	                       │  refused, client gone, no place        │  failed, deadline, lost           ▲
//	                       ▼                                        ▼                                    │ found again
//	                    failed: came to nothing ──restart──▶ queued  failed: may still exist ────────────┘
//
// Who may move a job: Accept makes it and restarts it, whichever process the attempt reaches. From then on it belongs to
// the replica in its record, and every write of that replica checks that it still does; a replica whose lease lapsed
// loses its open jobs to the others. Jobs that ended although something of theirs may exist are looked for by whoever
// takes them from the table. Both are package reconcile's.
//
// What an attempt is (a new job, the repeat of one, a share of one) is decided in one transaction, under a lock on its
// owner, route and body: dedup.Decide is a function of the rows, of who asks and when, and so holds for all replicas. An
// attempt whose equal waits at a replica that may be dead is decided when that one has said since that it is alive. The
// process that executes a job knows one thing more: that its grid is not shared any more (sharingClosed).
//
// A picture costs three commits: the job with its first intent, its submission, its result with all records. What became
// of answers rides on the next commit (package unit).
//
// What a job may cost is taken out of its key's budgets in the unit that accepts it. Every unit that changes a job's steps
// or ends it books the difference (package ledger), so that the ledger is the sum of the jobs at every moment, whatever is
// killed and whatever is written twice.
//
// Memory holds the jobs that are executed here and those that somebody waits for here (package active), and who waits for
// them (package clients). Replicas wake each other by package news.
//
// The package never says what is submitted: that is the workflow's, which a job names. It knows no prompts, buttons or
// pictures, and speaks to no upstream but through adapter's ports.
package jobs
