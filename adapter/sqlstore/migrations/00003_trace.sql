ALTER TABLE jobs ADD COLUMN trace TEXT NOT NULL DEFAULT '';      -- under which whoever traces the job goes on with it
