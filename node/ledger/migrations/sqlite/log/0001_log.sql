-- The log: the truth. Rows are added and never changed.
CREATE TABLE founding (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    genesis TEXT NOT NULL,
    openings BLOB NOT NULL,
    validators BLOB NOT NULL
) STRICT;

CREATE TABLE opens (
    height INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    first_command INTEGER NOT NULL
) STRICT;

CREATE TABLE groups (
    first_command INTEGER PRIMARY KEY,
    height INTEGER NOT NULL,
    commands INTEGER NOT NULL,
    body BLOB NOT NULL,
    chain BLOB NOT NULL CHECK (length(chain) = 32)
) STRICT;

CREATE TABLE seals (
    height INTEGER PRIMARY KEY,
    header BLOB NOT NULL,
    certificate BLOB NOT NULL
) STRICT;

CREATE TRIGGER founding_stays BEFORE UPDATE ON founding
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER opens_stay BEFORE UPDATE ON opens
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER groups_stay BEFORE UPDATE ON groups
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER seals_stay BEFORE UPDATE ON seals
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
