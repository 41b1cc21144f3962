# The tests that have tiers
faults := "'test(/^(clock|crashes|faults|flips|pruning|races|slow_clients)::/)'"

_default:
    @just --list

# Everything CI does, in CI's order
ci:
    .ci/run

fmt:
    cargo fmt --all

lint:
    cargo clippy --workspace --all-targets -- -D warnings

# All tests, or those that the arguments choose
test *args:
    cargo nextest run --workspace {{args}}

# What fails, and what is lost by it: as much as on every change
faults:
    cargo nextest run --profile long --workspace -E {{faults}}

# The same for hours, random histories of the books among it
faults-long: simulate
    RUSTCHAIN_TEST_TIER=long cargo nextest run --profile long --workspace -E {{faults}}

# The same for days, before a release
faults-longer: (simulate "longer")
    RUSTCHAIN_TEST_TIER=longer cargo nextest run --profile long --workspace -E {{faults}}

# Rewrite what is generated: completions, the reference of commands
bless:
    INSTA_UPDATE=always RUSTCHAIN_BLESS=1 cargo nextest run --workspace

# A node, a wallet, a miner and a transfer on this machine
demo *args:
    cargo run --release -- devnet {{args}}

doc:
    cargo doc --workspace --no-deps --document-private-items --open

# The ten longest files
sizes:
    @git ls-files '*.rs' | xargs wc -l | sort -rn | sed -n 2,11p

# Random histories of the books against naive ones, 100,000,000 operations; see node/ledger/tests/books/model.rs
simulate tier="long":
    RUSTCHAIN_TEST_TIER={{tier}} cargo test --release -p rustchain-ledger --test books random_histories -- --nocapture

# Broken programs, each of which has to be caught by the tests that are named for it
broken *names:
    tests/broken/run {{names}}
