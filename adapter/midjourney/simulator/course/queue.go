package course

import (
	"sort"
	"time"
)

// Queue is the places in which jobs run, and the jobs that wait for one. It is not safe for concurrent use.
type Queue struct {
	most    int         // jobs that may wait; 0 is unlimited
	lanes   []time.Time // when each place falls free; none where places are unlimited
	waiting []time.Time // when each waiting job will start
}

// NewQueue has so many places, and room for so many jobs that wait; 0 is unlimited for both.
func NewQueue(places, most int) Queue {
	return Queue{most: most, lanes: make([]time.Time, max(places, 0))}
}

// Full reports whether a job that has to wait would find no room.
func (q *Queue) Full(now time.Time) bool {
	return q.most > 0 && len(q.lanes) > 0 && q.busy(now) && q.ahead(now) >= q.most
}

func (q *Queue) busy(now time.Time) bool {
	for _, free := range q.lanes {
		if !free.After(now) {
			return false
		}
	}
	return true
}

// ahead counts the jobs that still wait for a place.
func (q *Queue) ahead(now time.Time) int {
	first := sort.Search(len(q.waiting), func(i int) bool { return q.waiting[i].After(now) })
	q.waiting = q.waiting[first:]
	return len(q.waiting)
}

// Enter takes the place that falls free first: when a job of now starts in it, and how many jobs wait before that one.
// Without places, which is lane -1, it starts at once.
func (q *Queue) Enter(now time.Time) (lane int, start time.Time, ahead int) {
	lane = -1
	for i, free := range q.lanes {
		if lane < 0 || free.Before(q.lanes[lane]) {
			lane = i
		}
	}
	if lane < 0 || !q.lanes[lane].After(now) {
		return lane, now, 0
	}
	ahead, start = q.ahead(now)+1, q.lanes[lane]
	q.waiting = append(q.waiting, start)
	return lane, start, ahead
}

// Occupy takes a place until a moment.
func (q *Queue) Occupy(lane int, until time.Time) {
	if lane >= 0 {
		q.lanes[lane] = until
	}
}
