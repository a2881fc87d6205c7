/**
 * The schema, one step a version; a step that has shipped is never edited. `PRAGMA user_version` holds the
 * number of steps that a file has taken.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE project (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL
  ) STRICT;

  -- A folder artifacts/<hash>/, named by the hash of its contents.
  CREATE TABLE artifact (
    hash TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One computation, named by the hash of stage, code version, parameters and input hashes.
  CREATE TABLE job (
    key TEXT PRIMARY KEY,
    stage TEXT NOT NULL,
    stage_version INTEGER NOT NULL,
    label TEXT NOT NULL,
    parameters TEXT NOT NULL CHECK (json_valid(parameters)),
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
    artifact TEXT REFERENCES artifact (hash),
    summary TEXT CHECK (json_valid(summary)),
    problems TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(problems)),
    error TEXT CHECK (json_valid(error)),
    started_at TEXT NOT NULL,
    finished_at TEXT,
    seconds REAL NOT NULL DEFAULT 0,
    peak_rss_bytes INTEGER NOT NULL DEFAULT 0,
    app_version TEXT NOT NULL,
    CHECK ((state = 'done') = (artifact IS NOT NULL))
  ) STRICT, WITHOUT ROWID;

  -- What a job was computed from: provenance, and the way to find what a change makes stale.
  CREATE TABLE job_input (
    job_key TEXT NOT NULL REFERENCES job (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (job_key, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX job_input_hash ON job_input (hash);

  -- The names that people use: face set "celeba", model "vaegan", subject "01".
  CREATE TABLE entry (
    kind TEXT NOT NULL CHECK (kind IN ('faces', 'model', 'subject', 'latents', 'mapping', 'decoding', 'evaluation')),
    name TEXT NOT NULL,
    job_key TEXT NOT NULL REFERENCES job (key),
    source TEXT,
    PRIMARY KEY (kind, name)
  ) STRICT, WITHOUT ROWID;

  -- Scores with the definition they were computed by.
  CREATE TABLE metric (
    job_key TEXT NOT NULL REFERENCES job (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    subject TEXT NOT NULL,
    model TEXT NOT NULL,
    region TEXT NOT NULL,
    value REAL NOT NULL,
    lower REAL,
    upper REAL,
    p REAL,
    chance REAL,
    n INTEGER NOT NULL,
    PRIMARY KEY (job_key, name, subject, model, region)
  ) STRICT, WITHOUT ROWID;

  -- Contents of source files by path, size and time of change, so that a large study is hashed once.
  CREATE TABLE file_hash (
    path TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    modified_ns TEXT NOT NULL,
    sha256 TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- The process that writes to the project now or did last: a name for the message "in use by".
  CREATE TABLE owner (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    since TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- A file that another one replaced under the same name, size and time has another inode.
  ALTER TABLE file_hash ADD COLUMN inode TEXT NOT NULL DEFAULT '';
  `,
  `
  -- Which trial types play which part: every version that a user kept, the highest holding.
  CREATE TABLE role_table (
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('proposed', 'confirmed', 'edited', 'restored')),
    restored_from INTEGER,
    content TEXT NOT NULL CHECK (json_valid(content)),
    PRIMARY KEY (subject, version)
  ) STRICT, WITHOUT ROWID;

  -- How a subject's study is to be read, where what lies there leaves a choice.
  CREATE TABLE study_options (
    subject TEXT PRIMARY KEY,
    options TEXT NOT NULL CHECK (json_valid(options))
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Which kinds of names there are is known to the code alone (EntryKind): a new one needs no new table.
  CREATE TABLE entry_of_any_kind (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    job_key TEXT NOT NULL REFERENCES job (key),
    source TEXT,
    PRIMARY KEY (kind, name)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO entry_of_any_kind SELECT kind, name, job_key, source FROM entry;
  DROP TABLE entry;
  ALTER TABLE entry_of_any_kind RENAME TO entry;
  `,
  `
  -- Scores of several decoders, with the tests of their p, and with the reason where a value is missing.
  CREATE TABLE metric_of_decoder (
    job_key TEXT NOT NULL REFERENCES job (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    subject TEXT NOT NULL,
    model TEXT NOT NULL,
    decoder TEXT NOT NULL,
    region TEXT NOT NULL,
    value REAL,
    lower REAL,
    upper REAL,
    p REAL,
    test TEXT,
    adjusted_p REAL,
    published_p REAL,
    published_test TEXT,
    chance REAL,
    n INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (job_key, name, subject, model, decoder, region),
    CHECK (value IS NOT NULL OR reason IS NOT NULL)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO metric_of_decoder (job_key, name, definition, subject, model, decoder, region, value, lower, upper, p, chance, n)
    SELECT job_key, name, definition, subject, model, 'pseudo-inverse', region, value, lower, upper, p, chance, n FROM metric;
  DROP TABLE metric;
  ALTER TABLE metric_of_decoder RENAME TO metric;
  `,
  `
  -- Work that was asked for, in its order. A request is parsed anew before it runs.
  CREATE TABLE queued_job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    position REAL NOT NULL,
    label TEXT NOT NULL,
    request TEXT NOT NULL CHECK (json_valid(request)),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused', 'done', 'failed', 'cancelled')),
    interrupted INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    seconds REAL NOT NULL DEFAULT 0,
    problem TEXT CHECK (json_valid(problem)),
    outcome TEXT CHECK (json_valid(outcome)),
    log TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(log))
  ) STRICT;
  `,
  `
  -- What was computed from what, followed in both directions over thousands of jobs.
  CREATE INDEX job_artifact ON job (artifact);
  `,
  `
  -- Human judgement: which of two decoded pictures is more like the original. What is compared is kept as it was.
  CREATE TABLE rating_session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    seed INTEGER NOT NULL,
    first TEXT NOT NULL,
    second TEXT NOT NULL,
    items TEXT NOT NULL CHECK (json_valid(items))
  ) STRICT;
  CREATE TABLE rating (
    session INTEGER NOT NULL REFERENCES rating_session (id) ON DELETE CASCADE,
    rater TEXT NOT NULL,
    item INTEGER NOT NULL,
    place INTEGER NOT NULL,
    choice TEXT NOT NULL CHECK (choice IN ('first', 'second')),
    first_side TEXT NOT NULL CHECK (first_side IN ('left', 'right')),
    seconds REAL NOT NULL,
    answered_at TEXT NOT NULL,
    PRIMARY KEY (session, rater, item),
    UNIQUE (session, rater, place)
  ) STRICT, WITHOUT ROWID;
  `,
];
