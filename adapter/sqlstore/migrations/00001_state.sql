-- Types in capitals with an underscore are the engine's own: see migrate.go.

CREATE TABLE jobs (
	id         ID_TEXT PRIMARY KEY,
	owner      ID_TEXT NOT NULL,           -- digest of the key
	caller     TEXT NOT NULL,              -- name of the key
	kind       TEXT NOT NULL,              -- generation, edit, action, variation, blend, description, shorten, video, native
	route      TEXT NOT NULL,
	model      TEXT NOT NULL,
	prompt     TEXT NOT NULL,
	n          INTEGER NOT NULL,
	speed      TEXT NOT NULL,
	status     TEXT NOT NULL,              -- queued, in_progress, completed, failed, cancelled
	cancel     BOOLEAN NOT NULL,           -- somebody asked for it to stop
	deleted    BOOLEAN NOT NULL,           -- its owner deleted it
	replica    ID_TEXT NOT NULL,           -- who executes it
	upstream   TEXT NOT NULL,
	created    TIME_TYPE NOT NULL,
	finished   TIME_TYPE,
	deadline   TIME_TYPE,
	expires    TIME_TYPE,
	next_look  TIME_TYPE,                  -- when a job that may still turn up is looked for again
	body       ID_TEXT NOT NULL,           -- digest of owner, route and request
	claim      ID_TEXT,                    -- digest of owner and Idempotency-Key
	retry      INTEGER NOT NULL,           -- the retry counter of the attempt that began it
	late       INTEGER NOT NULL,           -- how many attempts with a lower one came after it
	attended   BOOLEAN NOT NULL,           -- a client waits for the answer
	sharing    BOOLEAN NOT NULL,           -- equal requests may get a quarter of its grid
	seed       TEXT NOT NULL,
	sealed_key BYTES_TYPE,
	request    JSON_TYPE,
	echo       JSON_TYPE,
	result     JSON_TYPE,
	error      JSON_TYPE
);
CREATE INDEX jobs_by_owner ON jobs (owner, created, id);
CREATE INDEX jobs_by_body ON jobs (body, created);
CREATE UNIQUE INDEX jobs_by_claim ON jobs (claim) WHERE claim IS NOT NULL;
CREATE INDEX jobs_open ON jobs (replica) WHERE status IN ('queued', 'in_progress');
CREATE INDEX jobs_to_look_for ON jobs (next_look) WHERE next_look IS NOT NULL;
CREATE INDEX jobs_by_expiry ON jobs (expires) WHERE expires IS NOT NULL;

-- What was submitted to the upstream. A row without task_id and refusal is a submission of unknown outcome.
CREATE TABLE steps (
	job        ID_TEXT NOT NULL,
	name       ID_TEXT NOT NULL,           -- imagine, action:U2, modal, …
	n          INTEGER NOT NULL,           -- its place in the job
	state      TEXT NOT NULL,              -- the tag that the submission carries
	upstream   TEXT NOT NULL,
	intended   TIME_TYPE NOT NULL,
	task_id    ID_TEXT NOT NULL,
	submitted  TIME_TYPE,
	dialog     BOOLEAN NOT NULL,
	existing   BOOLEAN NOT NULL,           -- the task is one of an earlier submission
	queued     INTEGER NOT NULL,
	prompt     TEXT NOT NULL,              -- what its dialog was pre-filled with
	status     TEXT NOT NULL,              -- the task's last known
	finished   TIME_TYPE,
	polls      INTEGER NOT NULL,
	free       BOOLEAN NOT NULL,           -- a press that only opened a dialog
	continues  BOOLEAN NOT NULL,           -- its task may be older, and carry the state of an earlier submission
	answers    TEXT NOT NULL,              -- the step whose dialog it answers
	unkept     BOOLEAN NOT NULL,           -- its pictures could not be stored yet
	tries      INTEGER NOT NULL,
	refusal    JSON_TYPE,
	PRIMARY KEY (job, name)
);
CREATE INDEX steps_by_task ON steps (task_id) WHERE task_id <> '';

-- Who waits for a job's answer, or got it.
CREATE TABLE deliveries (
	job        ID_TEXT NOT NULL,
	n          INTEGER NOT NULL,
	quarter    INTEGER NOT NULL,           -- 1 to 4 where a grid is shared
	state      TEXT NOT NULL,              -- waiting, abandoned, answered
	at         TIME_TYPE NOT NULL,
	replica    ID_TEXT NOT NULL,           -- where the client waits
	taken      INTEGER NOT NULL,           -- how many repeats have taken it
	retry      INTEGER NOT NULL,           -- the counter of who had it last
	PRIMARY KEY (job, n)
);
CREATE INDEX deliveries_waiting ON deliveries (replica) WHERE state = 'waiting';

-- Names of bytes that jobs need beside those of pictures: uploads while a job is open, clips and stills.
CREATE TABLE job_bytes (
	job        ID_TEXT NOT NULL,
	name       ID_TEXT NOT NULL,
	PRIMARY KEY (job, name)
);
CREATE INDEX job_bytes_by_name ON job_bytes (name);

CREATE TABLE images (
	id         ID_TEXT PRIMARY KEY,
	owner      ID_TEXT NOT NULL,
	job        ID_TEXT NOT NULL,
	kind       TEXT NOT NULL,              -- grid, quarter, single
	created    TIME_TYPE NOT NULL,
	expires    TIME_TYPE,
	model      TEXT NOT NULL,
	prompt     TEXT NOT NULL,
	folded     TEXT NOT NULL,              -- the prompt as searches compare it
	revised    TEXT NOT NULL,              -- what Midjourney really ran
	version    TEXT NOT NULL,
	speed      TEXT NOT NULL,
	width      INTEGER NOT NULL,
	height     INTEGER NOT NULL,
	source     ID_TEXT NOT NULL,           -- name of the bytes
	quarter    INTEGER NOT NULL,
	place      INTEGER NOT NULL,           -- which of its task's pictures it is
	grid       ID_TEXT NOT NULL,
	parent     ID_TEXT NOT NULL,
	action     TEXT NOT NULL,              -- what made it of its parent
	upstream   TEXT NOT NULL,
	task_id    ID_TEXT NOT NULL,
	favorite   BOOLEAN NOT NULL,
	cells      JSON_TYPE,
	buttons    JSON_TYPE,
	single     JSON_TYPE
);
CREATE INDEX images_by_owner ON images (owner, created, id);
CREATE INDEX images_by_source ON images (source);
CREATE INDEX images_by_expiry ON images (expires) WHERE expires IS NOT NULL;

-- Which picture some exact bytes are, per owner.
CREATE TABLE digests (
	owner      ID_TEXT NOT NULL,
	digest     ID_TEXT NOT NULL,
	image      ID_TEXT NOT NULL,
	expires    TIME_TYPE,
	PRIMARY KEY (owner, digest)
);
CREATE INDEX digests_by_image ON digests (image);
CREATE INDEX digests_by_expiry ON digests (expires) WHERE expires IS NOT NULL;

-- What pictures look like, to know those that come back changed.
CREATE TABLE prints (
	image      ID_TEXT PRIMARY KEY,
	owner      ID_TEXT NOT NULL,
	ratio      INTEGER NOT NULL,           -- of width to height, as a logarithm, in thousandths
	c0 SMALLINT NOT NULL, c1 SMALLINT NOT NULL, c2 SMALLINT NOT NULL, c3 SMALLINT NOT NULL,
	c4 SMALLINT NOT NULL, c5 SMALLINT NOT NULL, c6 SMALLINT NOT NULL, c7 SMALLINT NOT NULL,
	c8 SMALLINT NOT NULL, c9 SMALLINT NOT NULL, c10 SMALLINT NOT NULL, c11 SMALLINT NOT NULL,
	c12 SMALLINT NOT NULL, c13 SMALLINT NOT NULL, c14 SMALLINT NOT NULL, c15 SMALLINT NOT NULL,
	pixels     INTEGER NOT NULL,
	actions    INTEGER NOT NULL,
	created    TIME_TYPE NOT NULL
);
CREATE INDEX prints_by_look ON prints (owner, ratio, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15);

CREATE TABLE looks (
	image      ID_TEXT PRIMARY KEY,
	looks      BYTES_TYPE NOT NULL
);

CREATE TABLE files (
	id         ID_TEXT PRIMARY KEY,
	owner      ID_TEXT NOT NULL,
	name       TEXT NOT NULL,
	purpose    TEXT NOT NULL,
	source     ID_TEXT NOT NULL,
	created    TIME_TYPE NOT NULL,
	expires    TIME_TYPE
);
CREATE INDEX files_by_owner ON files (owner, created, id);
CREATE INDEX files_by_source ON files (source);
CREATE INDEX files_by_expiry ON files (expires) WHERE expires IS NOT NULL;

-- Which job presses a button for everybody who needs it.
CREATE TABLE presses (
	button     ID_TEXT PRIMARY KEY,
	job        ID_TEXT NOT NULL
);
CREATE INDEX presses_by_job ON presses (job);

-- Bytes that no record needs any more.
CREATE TABLE orphans (
	name       ID_TEXT PRIMARY KEY
);

-- Which replica is alive.
CREATE TABLE replicas (
	name       ID_TEXT PRIMARY KEY,
	until      TIME_TYPE NOT NULL
);
