-- Up to where the bodies of blocks are gone. From the moment of the row on, groups of these blocks
-- count no more, whether they still stand or not.
CREATE TABLE pruned (
    height INTEGER PRIMARY KEY,
    header_hash BLOB NOT NULL CHECK (length(header_hash) = 32),
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    snapshot BLOB NOT NULL CHECK (length(snapshot) = 32)
) STRICT;

CREATE TRIGGER pruned_stay BEFORE UPDATE ON pruned
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
