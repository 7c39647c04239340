// Package poll waits for tasks: one Poller for each account asks for everything that somebody waits for with one call,
// each task when it may have changed, and tells the waiters.
//
//	Wait -> job (due: when such jobs are done at the earliest)
//	          |
//	          v  due            in the list      still running
//	       asked for, together ----------> found -------------> due again after a third of what is left
//	          |                              |
//	          | left out, or unknown         | success, failure, a dialog that the waiter wants
//	          v                              v
//	       missed: again, then by the     the waiters are told, the job is forgotten
//	       other route; lost after 30 s
//
// A webhook makes a task due at once. An upstream that serves copies which it refreshes now and then is recognised, and
// asked just after each refresh. Chunks, pauses and the choice between the list and single questions are learned from
// the answers.
//
// It never submits anything, never fails a task because a question failed, and believes a webhook nothing: it asks.
// How a task is asked for is the Source's affair.
package poll
