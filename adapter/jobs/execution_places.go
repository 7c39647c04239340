package jobs

import "midgate/adapter/jobs/queue"

// nextSlot returns the slot that admitted the job, or a further one for a further submission.
func (q *Execution) nextSlot(upstream string) *queue.Slot {
	q.mu.Lock()
	defer q.mu.Unlock()
	sl := q.slot
	q.slot = nil
	if sl == nil || sl.Upstream != upstream {
		sl.Release()
		sl = q.s.queue.EnterFollowUp(upstream, q.caller.Owner)
	}
	q.slots = append(q.slots, sl)
	return sl
}

// stepAside gives back the slot that admitted the job, if no submission has taken it yet: the next one gets one of its
// own.
func (q *Execution) stepAside() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.slot.Release()
	q.slot = nil
}

// leave gives back whatever slot the execution still has.
func (q *Execution) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.slot.Release()
	for _, sl := range q.slots {
		sl.Release()
	}
}
