ALTER TABLE jobs ADD COLUMN spend JSON_TYPE;       -- what it holds of budgets and has spent of them
ALTER TABLE steps ADD COLUMN sold TEXT NOT NULL DEFAULT '';      -- the kind of job that it is paid as
ALTER TABLE steps ADD COLUMN speed TEXT NOT NULL DEFAULT '';
ALTER TABLE steps ADD COLUMN price BIGINT;                       -- millionths of a dollar
ALTER TABLE steps ADD COLUMN refunded BOOLEAN NOT NULL DEFAULT FALSE;

-- What was spent and is held, by account and span of time: the sum of what jobs have booked.
CREATE TABLE ledger (
	account      ID_TEXT NOT NULL,           -- an owner, or a user of one
	span         ID_TEXT NOT NULL,           -- day:2026-11-28, month:2026-11, total, open
	spent_jobs   BIGINT NOT NULL,
	spent_micros BIGINT NOT NULL,
	held_jobs    BIGINT NOT NULL,
	held_micros  BIGINT NOT NULL,
	PRIMARY KEY (account, span)
);
