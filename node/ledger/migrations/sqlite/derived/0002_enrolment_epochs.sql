-- Enrolments of the open epoch and of the one that is being paid, by epoch: freezing a list changes
-- no row. What the older table held is rebuilt from the log, as there is no mark.
DROP TABLE enrolment_rows;
CREATE TABLE enrolment_rows (
    epoch INTEGER NOT NULL,
    number INTEGER NOT NULL,
    miner INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    PRIMARY KEY (epoch, number)
) STRICT, WITHOUT ROWID;
DELETE FROM mark;
