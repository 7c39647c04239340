package adapter

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"time"
)

// State keeps jobs, the records of pictures and files, and who is alive. It is safe for concurrent use.
//
// Write runs work as one unit: when Write returns nil, all that work did is on disk; after an error nothing of it is,
// except after ErrCommitUnknown. work may be run again from the top, so it must only set what it captures, and it must
// not wait for anything but its Tx, which ends with it. An error of work is returned as it is.
//
// The methods of Reader answer outside of any unit, with what was committed last.
type State interface {
	Reader
	Write(ctx context.Context, work func(Tx) error) error
	// Shared reports whether other processes may use the same state: then jobs belong to whom a lease says.
	Shared() bool
	// Ready reports whether units can be written now.
	Ready(ctx context.Context) error
}

// ErrCommitUnknown is what Write returns when the connection broke while a unit was committed: it may be on disk or not.
// Whoever must know reads what it would have written.
var ErrCommitUnknown = errors.New("nobody knows whether this was recorded")

// Bus carries news between the processes that share a State, best effort: what is sent while nobody listens is lost.
// News come back to the process that told them, too.
type Bus interface {
	Tell(topic string, news []byte)
	// Hear calls hear with all news until ctx ends, one after the other; it must not block for long. An empty topic says
	// that news may have been missed.
	Hear(ctx context.Context, hear func(topic string, news []byte)) error
}

// Reader is what can be asked of a State. What does not exist, or has expired, is ErrNotFound.
type Reader interface {
	JobReader
	ImageReader
	FileReader
	LedgerReader
}

// Tx is one unit of work on a State.
type Tx interface {
	Reader
	JobWriter
	ImageWriter
	FileWriter
	LedgerWriter
	LeaseRows
	Sweeper
	// Lock makes this unit wait for all others that have locked the same name, until they have ended.
	Lock(ctx context.Context, name string) error
}

// JobReader finds jobs, each with its steps and deliveries.
type JobReader interface {
	Job(ctx context.Context, id string) (Job, error)
	// JobByTask returns the newest of an owner's jobs that submitted the task.
	JobByTask(ctx context.Context, owner, taskID string) (Job, error)
	Jobs(ctx context.Context, q JobQuery) ([]Job, error)
}

// JobQuery selects an owner's jobs, newest first. Zero fields select everything.
type JobQuery struct {
	Owner    string
	Statuses []JobStatus
	Kinds    []JobKind
	Deleted  bool   // those too that their owner deleted
	Routes   string // only those whose route begins so
	Since    time.Time
	Limit    int    // at least 1
	After    string // those after the job with this ID, which must be the owner's: else ErrNotFound
	Oldest   bool   // oldest first
}

// JobWriter changes jobs. A job belongs to the replica in its record: writes with a fence change nothing and return
// ErrConflict when that is not the replica which the writer believes in.
type JobWriter interface {
	// InsertJob stores a new job with its steps and deliveries; ErrExists if its ID or its Claim is taken.
	InsertJob(ctx context.Context, job Job) error
	// JobByClaim returns the job that holds a claim.
	JobByClaim(ctx context.Context, claim string) (Job, error)
	// ReleaseClaim lets go of a job's claim.
	ReleaseClaim(ctx context.Context, id string) error
	// JobsByBody returns the jobs of one body that are open, or ended at since or later, at most limit: first those with a
	// delivery that was abandoned, unless they came to nothing before recent, then the open ones, then the others; the
	// newest first.
	JobsByBody(ctx context.Context, body string, since, recent time.Time, limit int) ([]Job, error)
	// LockJob is Job, and nobody else changes that job until the unit ends.
	LockJob(ctx context.Context, id string) (Job, error)
	// HoldJob makes sure that replica executes a job, and that nobody changes that until the unit ends; ErrConflict if
	// another does, or nobody. It returns whether somebody has cancelled the job.
	HoldJob(ctx context.Context, id, replica string) (cancelled bool, err error)
	// PutJob stores what changes in a job's life (Status, Replica, Upstream, Finished, Deadline, NextLook, SealedKey,
	// Result, Error), if fence is its replica.
	PutJob(ctx context.Context, job Job, fence string) error
	// CancelJob and DeleteJob note that somebody asked for it. Neither has a fence.
	CancelJob(ctx context.Context, id string) error
	DeleteJob(ctx context.Context, id string) error
	// CountLate adds one to a job's Late.
	CountLate(ctx context.Context, id string) error

	// PutStep stores a step of a job, the first time or again; DropStep removes one.
	PutStep(ctx context.Context, id string, st Step) error
	DropStep(ctx context.Context, id, step string) error
	// NoteStep stores the outcome of the submission that a step was intended for, if none is known, whoever executes the job
	// by now, and a queued job is in progress then; ErrConflict if one is known, there is no such step, or it has been
	// intended anew since: what came late of an earlier try says nothing of that.
	NoteStep(ctx context.Context, id string, st Step) error

	// PutDelivery stores delivery number i of a job. Settle says at that time what became of the client who has had it
	// since: an answer counts, unless somebody has taken it later and the job is open, for it was begun anew then; that the
	// client left counts only if it is still waiting and nobody has taken it later.
	PutDelivery(ctx context.Context, id string, i int, d Delivery) error
	Settle(ctx context.Context, id string, i int, state DeliveryState, since, at time.Time) error

	// DueJobs returns the IDs of ended jobs whose NextLook has come, at most limit, and gives them to replica, to be
	// looked for again at next unless their record says otherwise by then.
	DueJobs(ctx context.Context, replica string, now, next time.Time, limit int) ([]string, error)
}

// ImageReader finds the records of pictures.
type ImageReader interface {
	Image(ctx context.Context, id string) (Image, error)
	Images(ctx context.Context, q ImageQuery) ([]Image, error)
	// ImageByDigest returns the ID of the owner's picture that has been handed out as exactly these bytes.
	ImageByDigest(ctx context.Context, owner, sha256 string) (string, error)
	// Prints returns the owner's pictures that look roughly as asked for, and Fingerprint what one of them looks like exactly.
	Prints(ctx context.Context, q PrintQuery) ([]Print, error)
	Fingerprint(ctx context.Context, owner, id string) (Print, []byte, error)
	// Needed reports whether any record names these bytes in Pictures.
	Needed(ctx context.Context, name string) (bool, error)
}

// ImageQuery selects an owner's pictures, newest first. Zero fields select everything.
type ImageQuery struct {
	Owner    string
	Text     string // is in the prompt, whatever the case of its letters
	Favorite bool   // only those
	Kind     string // one of the Image kinds
	Before   time.Time
	Limit    int    // at least 1
	After    string // those after the picture with this ID, which must be the owner's: else ErrNotFound
}

// The kinds of pictures in lists.
const (
	ImageGrid    = "grid"    // a whole 2×2
	ImageQuarter = "quarter" // one of its four
	ImageSingle  = "single"  // a picture of its own
)

// Sort is the picture's kind in lists.
func (i Image) Sort() string {
	switch {
	case len(i.Cells) > 0:
		return ImageGrid
	case i.Grid != "":
		return ImageQuarter
	default:
		return ImageSingle
	}
}

// PrintEdge is how many cells to a side a coarse print has.
const PrintEdge = 4

// Print is by what a picture is found again when its bytes come back changed.
type Print struct {
	Image   string
	Owner   string
	Ratio   int                          // width to height, as a logarithm, in thousandths
	Cells   [PrintEdge * PrintEdge]uint8 // mean light, row by row
	Pixels  int
	Actions int
	Created time.Time
}

// PrintQuery selects prints whose Ratio is near and in which at most Misses of the cells asked for are further away than
// Within: the nearest first, of equals the newest.
type PrintQuery struct {
	Owner    string
	Ratio    int
	RatioOff int
	Cells    map[int]uint8 // by place; those that can be seen
	Within   int
	Misses   int
	Limit    int // at least 1
}

// ImageWriter changes the records of pictures.
type ImageWriter interface {
	// PutImages stores records, new ones and others; what was noted of one since (Single, Favorite) stays unless it is set.
	PutImages(ctx context.Context, images ...Image) error
	// UpdateImage gives change what is stored and stores what it made of it, with nobody in between.
	UpdateImage(ctx context.Context, id string, change func(*Image)) error
	// DeleteImage removes a record, its print and its digests; its bytes become orphans when nobody else needs them.
	DeleteImage(ctx context.Context, id string) error
	PutDigest(ctx context.Context, owner, sha256, id string, expires time.Time) error
	PutPrint(ctx context.Context, p Print, looks []byte) error
	// ClaimPress makes job the one that presses a button for everybody, named by key, unless another does whose job is
	// not over; it returns the one that does.
	ClaimPress(ctx context.Context, key, job string) (holder string, err error)
	ReleasePress(ctx context.Context, key, job string) error
}

// FileRecord is what is kept of a file that a client sent, or of an upload that is published for an upstream.
type FileRecord struct {
	ID      string
	Owner   string
	Name    string // as it was uploaded
	Purpose string
	Source  string // name of the bytes in Pictures
	Created time.Time
	Expires time.Time // zero: kept for ever
}

// FileReader finds files.
type FileReader interface {
	File(ctx context.Context, id string) (FileRecord, error)
	// Files lists an owner's files of any purpose but PurposeReference, newest first; after as in JobQuery.
	Files(ctx context.Context, owner string, limit int, after string) ([]FileRecord, error)
}

// PurposeReference marks an upload that was published so that an upstream can fetch it.
const PurposeReference = "reference"

// FileWriter changes files.
type FileWriter interface {
	PutFile(ctx context.Context, f FileRecord) error
	// RemoveFile forgets a file; its bytes become orphans when nobody else needs them.
	RemoveFile(ctx context.Context, id string) error
}

// LeaseRows say which replica is alive, in the time of the database.
type LeaseRows interface {
	// KeepLease says that replica is alive for that long from now on. It reports whether it was thought alive before:
	// if not, its jobs may be others' by now.
	KeepLease(ctx context.Context, replica string, length time.Duration) (unbroken bool, err error)
	// Leased reports whether replica counts as alive for longer than that from now on.
	Leased(ctx context.Context, replica string, longer time.Duration) (bool, error)
	// EndLease says that replica is gone.
	EndLease(ctx context.Context, replica string) error
	// TakeOver gives replica the open jobs of all replicas that are not alive, at most limit, and returns their IDs. Whoever
	// waited at a replica that is not alive was cut: those deliveries are abandoned at that time.
	TakeOver(ctx context.Context, replica string, now time.Time, limit int) ([]string, error)
}

// Sweeper removes what has expired.
type Sweeper interface {
	// Expire removes records that have expired, at most limit of each sort, and returns how many. Bytes that nobody needs
	// any more become orphans.
	Expire(ctx context.Context, now time.Time, limit int) (int, error)
	// Orphans returns names of bytes that nobody needed when their record was removed; Buried forgets one of them.
	Orphans(ctx context.Context, limit int) ([]string, error)
	Buried(ctx context.Context, name string) error
}

// uploads finds the names of uploads in a recorded request.
var uploads = regexp.MustCompile(`"(uploads/[A-Za-z0-9_/.-]+)"`)

// Bytes are the names in Pictures that the job needs beside those of its pictures: its uploads as long as it may be
// executed, and what it made that has no record of its own.
func (r Job) Bytes() []string {
	needed := map[string]bool{}
	if !r.Status.Ended() || !r.NextLook.IsZero() {
		for _, m := range uploads.FindAllSubmatch(r.Request, -1) {
			needed[string(m[1])] = true
		}
	}
	if r.Result != nil {
		for _, name := range append(slices.Clone(r.Result.Videos), r.Result.Still) {
			needed[name] = name != ""
		}
	}
	maps.DeleteFunc(needed, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(needed))
}
