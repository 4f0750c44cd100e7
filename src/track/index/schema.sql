-- The index over runs. All of it can be made again from the runs themselves.
-- A run is a small number here, so that a set of runs is a set of bits and every row is short.
CREATE TABLE IF NOT EXISTS run_index (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO run_index VALUES ('version', 3);
CREATE TABLE IF NOT EXISTS run_experiments (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    deleted INTEGER,
    sealed INTEGER NOT NULL, -- 0 while only runs have told of it
    sum INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    experiment INTEGER NOT NULL,
    status TEXT NOT NULL,
    user TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    deleted INTEGER,
    live INTEGER NOT NULL,
    parent TEXT,
    node BLOB NOT NULL, -- digest of the node; zeros for a live run
    artifacts BLOB,
    sum INTEGER NOT NULL, -- of the run's rows here and in the tables below, but for the metrics
    metrics_sum INTEGER NOT NULL -- of each metric, added up: one that changes costs no look at the others
);
CREATE INDEX IF NOT EXISTS runs_by_start ON runs (started DESC, id, experiment, deleted);
CREATE INDEX IF NOT EXISTS runs_by_name ON runs (name);
CREATE INDEX IF NOT EXISTS runs_live ON runs (live) WHERE live;
CREATE TABLE IF NOT EXISTS run_keys (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS run_metrics (
    run INTEGER NOT NULL,
    key INTEGER NOT NULL,
    value REAL, -- NULL is NaN, which SQLite has not
    step INTEGER NOT NULL,
    time INTEGER NOT NULL,
    least REAL, -- NULL here and in `greatest` is the same as `value`, which saves a third of the table
    greatest REAL,
    count INTEGER NOT NULL,
    PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_params (
    run INTEGER NOT NULL, key INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_tags (
    run INTEGER NOT NULL, key INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_datasets (
    run INTEGER NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    context TEXT,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
-- The datasets and logged models of a run as it says them, in DAG-CBOR; none where it has none.
CREATE TABLE IF NOT EXISTS run_inputs (run INTEGER PRIMARY KEY, record BLOB NOT NULL);
-- What was measured of logged models.
CREATE TABLE IF NOT EXISTS run_models (
    run INTEGER NOT NULL,
    model TEXT NOT NULL,
    key TEXT NOT NULL,
    dataset TEXT NOT NULL, -- empty where there is none
    digest TEXT NOT NULL,
    step INTEGER NOT NULL,
    time INTEGER NOT NULL,
    value REAL,
    PRIMARY KEY (model, run, key, dataset, digest)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS run_models_by_run ON run_models (run);
-- Refs whose nodes could not be read; they are tried again each time.
CREATE TABLE IF NOT EXISTS run_unreadable (name TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
