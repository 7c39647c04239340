package dialect

// Problem is a reason to refuse a submission; each dialect words it in its own way.
type Problem string

// The reasons.
const (
	BadBody          Problem = "body is not what it should be"
	NoPrompt         Problem = "prompt is missing"
	NoTaskID         Problem = "task id is missing"
	NoCustomID       Problem = "custom id is missing"
	NoIndex          Problem = "index is missing or out of range"
	NoAction         Problem = "action is missing or unknown"
	NoContent        Problem = "content is missing or unreadable"
	BadImages        Problem = "wrong number of pictures"
	BadImage         Problem = "picture cannot be read"
	BadLink          Problem = "link is malformed"
	ParentUnknown    Problem = "parent does not exist"
	ParentUnfinished Problem = "parent has not succeeded"
	UnknownAction    Problem = "button is not known"
	NotAllowed       Problem = "route does not pass this button"
	ModalUnknown     Problem = "no such dialog"
	QueueFull        Problem = "queue is full"
	BannedPrompt     Problem = "prompt holds a banned word"
	NoAccount        Problem = "no account"
	NoEditing        Problem = "account cannot edit"
	BadVideo         Problem = "video action is wrong"
)
