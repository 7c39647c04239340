package active

import (
	"maps"

	"midgate/adapter"
)

// Progress notes how far one step's task is.
func (j *Job) Progress(step string, percent int, preview string) (moved bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if float64(percent) <= j.share[step] && (preview == "" || preview == j.preview) {
		return false
	}
	if j.share == nil {
		j.share = map[string]float64{}
	}
	j.share[step] = max(j.share[step], float64(percent))
	j.step = step
	if preview != "" {
		j.preview = preview
	}
	j.wake()
	return true
}

// Shown is what a waiting client may be shown.
func (j *Job) Shown() adapter.Progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := adapter.Progress{Status: j.run.Status, Preview: j.preview, Step: j.step, Percent: j.percent}
	if j.run.Status == adapter.JobCompleted {
		p.Percent = 100
		return p
	}
	if len(j.share) > 0 {
		var sum float64
		for v := range maps.Values(j.share) {
			sum += v
		}
		p.Percent = min(99, int(sum)/len(j.share))
	}
	return p
}

// KeptPreview notes a stored preview.
func (j *Job) KeptPreview(name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept = append(j.kept, name)
}

// Key is the client's own upstream key.
func (j *Job) Key() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.key
}

// ShowElsewhere notes how far the job is at the replica that executes it.
func (j *Job) ShowElsewhere(p adapter.Progress) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.own || p.Percent <= j.percent && p.Preview == j.preview {
		return
	}
	j.percent, j.preview, j.step = max(j.percent, p.Percent), p.Preview, p.Step
	j.wake()
}
