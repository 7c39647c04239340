package adapter

// Progress is what a waiting client may be shown.
type Progress struct {
	Status  RunStatus
	Percent int    // 0–100 over all tasks so far; 100 only when the run has ended well
	Preview string // URL at the upstream of the newest preview picture, for Service.Preview; may be empty
	Step    string // name of the step that moved last
}
