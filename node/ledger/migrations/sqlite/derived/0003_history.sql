-- Histories, clustered by account: each run covers movements from the first to the last, sorted by
-- account and number. Runs are merged as they grow. What no run covers is read from movement_rows.
CREATE TABLE history_runs (
    slot INTEGER PRIMARY KEY CHECK (slot BETWEEN 0 AND 32767),
    first INTEGER NOT NULL CHECK (first > 0),
    last INTEGER NOT NULL CHECK (last >= first)
) STRICT;

-- The id is made of the run's slot, and the account and number of the first entry.
CREATE TABLE history_chunks (
    id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
