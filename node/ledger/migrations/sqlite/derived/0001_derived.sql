-- Everything here is derived from the log and can be rebuilt from it.
CREATE TABLE mark (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    height INTEGER NOT NULL,
    header_hash BLOB NOT NULL CHECK (length(header_hash) = 32)
) STRICT;

CREATE TABLE account_rows (
    number INTEGER PRIMARY KEY,
    wallet_id TEXT NOT NULL,
    balance INTEGER NOT NULL CHECK (balance >= 0),
    nonce INTEGER NOT NULL CHECK (nonce >= 0),
    signs_chain_id INTEGER NOT NULL CHECK (signs_chain_id IN (0, 1)),
    last_movement INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE movement_rows (
    number INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    debit INTEGER,
    credit INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    previous_of_debit INTEGER NOT NULL,
    previous_of_credit INTEGER NOT NULL,
    nonce INTEGER NOT NULL,
    note TEXT NOT NULL,
    tx_id BLOB,
    transfer_number INTEGER NOT NULL,
    command INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    height INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    signature BLOB
) STRICT;

-- Grows at its right edge only, so it costs an insert little.
CREATE UNIQUE INDEX movement_rows_by_transfer ON movement_rows (transfer_number)
    WHERE transfer_number > 0;

CREATE TABLE miner_rows (
    number INTEGER PRIMARY KEY,
    miner_id TEXT NOT NULL,
    device_family TEXT NOT NULL,
    device_arch TEXT NOT NULL,
    antiquity_multiplier INTEGER NOT NULL,
    last_attest INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE attestation_rows (
    number INTEGER PRIMARY KEY,
    previous INTEGER NOT NULL,
    miner INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    multiplier INTEGER NOT NULL,
    passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
    attested_at INTEGER NOT NULL,
    command INTEGER NOT NULL
) STRICT;

-- What a miner sent last; older ones stand in the log.
CREATE TABLE fingerprint_rows (
    miner INTEGER PRIMARY KEY,
    attestation INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE epoch_rows (
    first_epoch INTEGER PRIMARY KEY,
    last_epoch INTEGER NOT NULL,
    pot INTEGER NOT NULL CHECK (pot >= 0),
    enrolled INTEGER NOT NULL,
    first_movement INTEGER NOT NULL,
    payouts INTEGER NOT NULL,
    settled_at INTEGER,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL
) STRICT;

-- Machines (1), names (2), idempotency keys (3), by number.
CREATE TABLE state_rows (
    kind INTEGER NOT NULL,
    number INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;

-- Counters (1), used challenges (2).
CREATE TABLE state_blobs (
    kind INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

-- Enrolments of the open epoch (frozen 0) and of the one that is being paid (frozen 1).
CREATE TABLE enrolment_rows (
    frozen INTEGER NOT NULL CHECK (frozen IN (0, 1)),
    number INTEGER NOT NULL,
    miner INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    PRIMARY KEY (frozen, number)
) STRICT, WITHOUT ROWID;

-- Transaction ids in sorted runs that are merged as they grow, so that nothing is inserted at random.
CREATE TABLE tx_runs (
    run INTEGER PRIMARY KEY,
    level INTEGER NOT NULL,
    entries INTEGER NOT NULL
) STRICT;

CREATE TABLE tx_chunks (
    run INTEGER NOT NULL,
    first INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (run, first)
) STRICT, WITHOUT ROWID;

CREATE VIEW wallets AS
SELECT wallet_id, balance, nonce, created_at, updated_at FROM account_rows;

CREATE VIEW transfers AS
SELECT m.transfer_number AS id, d.wallet_id AS from_wallet, c.wallet_id AS to_wallet, m.amount,
       m.nonce, lower(hex(m.signature)) AS signature, m.time_ms / 1000 AS created_at
FROM movement_rows m
JOIN account_rows d ON d.number = m.debit
JOIN account_rows c ON c.number = m.credit
WHERE m.transfer_number > 0;

CREATE VIEW miners AS
SELECT miner_id, device_family || ' ' || device_arch AS hardware_type, device_family, device_arch,
       antiquity_multiplier, last_attest
FROM miner_rows;

CREATE VIEW attestations AS
SELECT a.number AS id, m.miner_id AS wallet_id, CAST(f.body AS TEXT) AS fingerprint, a.multiplier,
       a.attested_at, a.epoch
FROM attestation_rows a
JOIN miner_rows m ON m.number = a.miner
LEFT JOIN fingerprint_rows f ON f.attestation = a.number AND f.miner = a.miner;

CREATE VIEW epochs AS
SELECT first_epoch AS epoch_id, pot AS pot_amount, enrolled AS enrolled_miners, started_at, ended_at
FROM epoch_rows;
