"""Every route of the wire reference, section 8 (core), and what a fresh node answers.

``SERVED`` GETs answer 200 on an empty ledger; ``REFUSED`` ones 4xx with a code,
for want of an id or of a key; ``OPTIONAL`` ones either, 404 and 410 included.
"""

SERVED, REFUSED, OPTIONAL = "served", "refused", "optional"

UNKNOWN_TX = "a" * 32

GETS = [
    ("/health", SERVED),
    ("/ready", SERVED),
    ("/epoch", SERVED),
    ("/api/stats", SERVED),
    ("/network/info", SERVED),
    ("/api/miners", SERVED),
    ("/api/nodes", SERVED),
    ("/lottery/eligibility?miner_id=x", SERVED),
    ("/lottery/eligibility", REFUSED),
    ("/wallet/balance?miner_id=foo", SERVED),
    ("/wallet/balance?address=foo", SERVED),
    ("/wallet/balance", REFUSED),
    ("/wallet/balance?miner_id=a%20b", REFUSED),
    ("/wallet/balance?miner_id=%00", REFUSED),
    ("/api/wallet/foo", SERVED),
    ("/balance/foo", SERVED),
    ("/wallet/history?miner_id=foo", SERVED),
    ("/wallet/history", REFUSED),
    (f"/wallet/tx/{UNKNOWN_TX}", REFUSED),
    ("/wallet/tx/abc", REFUSED),
    (f"/proof/tx/{UNKNOWN_TX}", REFUSED),
    ("/proof/account/foo", OPTIONAL),
    ("/api/transactions", SERVED),
    ("/api/blocks", SERVED),
    ("/api/state/diff?start=0&end=1", OPTIONAL),
    ("/api/state/diff", OPTIONAL),
    ("/pending/list?miner_id=x", SERVED),
    ("/pending/list", REFUSED),
    ("/pending/integrity", REFUSED),
    ("/rewards/epoch/0", SERVED),
    ("/rewards/epoch/x", REFUSED),
    ("/wallet/ledger", REFUSED),
    ("/wallet/balances/all", REFUSED),
    ("/api/balances", REFUSED),
    ("/genesis/export", REFUSED),
    ("/withdraw/history/x", REFUSED),
    ("/withdraw/status/x", REFUSED),
    ("/admin/oui_deny/list", REFUSED),
    ("/admin/wallet-review-holds", REFUSED),
    ("/ops/oui/enforce", OPTIONAL),
    ("/api/fee_pool", SERVED),
    ("/api/attestation-pool", OPTIONAL),
    ("/api/miner/x/streak", OPTIONAL),
    ("/api/miner/x/attestations", REFUSED),
    ("/api/miner_dashboard/x", OPTIONAL),
    ("/api/badge/x", OPTIONAL),
    ("/governance/proposals", OPTIONAL),
    ("/governance/proposal/1", OPTIONAL),
    ("/gov/rotate/message/1", OPTIONAL),
    ("/epoch/proposer-duty-calendar", OPTIONAL),
    ("/anchor/list", OPTIONAL),
    ("/openapi.json", OPTIONAL),
    ("/api/v1/health", OPTIONAL),
]

# Lists take a page; each of these must be answered or refused, never worse.
PAGED = ["/api/miners?", "/api/nodes?", "/api/transactions?", "/api/blocks?",
         "/wallet/history?miner_id=foo&", "/rewards/epoch/0?", "/pending/list?miner_id=x&"]
PAGES = ["limit=0", "limit=-1", "limit=1000000000", "limit=x", "limit=1.5", "limit=NaN", "limit=",
         "limit=9223372036854775808", "offset=-1", "offset=x", "offset=99999999999999999999"]

PUBLIC_POSTS = ["/attest/challenge", "/attest/submit", "/epoch/enroll", "/headers/ingest_signed",
                "/wallet/transfer/signed", "/wallet/claim", "/withdraw/request",
                "/governance/propose", "/governance/vote", "/gov/rotate/approve", "/gov/rotate/commit"]

ADMIN_POSTS = ["/wallet/transfer", "/pending/void", "/pending/confirm", "/rewards/settle",
               "/withdraw/register", "/miner/headerkey", "/admin/attest/key", "/admin/oui_deny/add",
               "/admin/oui_deny/remove", "/admin/oui_deny/enforce", "/admin/wallet-review-holds",
               "/admin/wallet-review-holds/1/resolve", "/ops/attest/debug", "/gov/rotate/stage"]

# Posts that every client of the network needs: they exist, so never 404 or 405.
NEEDED_POSTS = {"/attest/challenge", "/attest/submit", "/epoch/enroll", "/headers/ingest_signed",
                "/wallet/transfer/signed", "/wallet/transfer", "/rewards/settle"}

REMOVED_POSTS = ["/api/mine", "/compat/v1/api/mine"]

UNKNOWN = ["/nonexist", "/api/", "/api/mempool", "/wallet", "/admin", "/..%2fetc%2fpasswd",
           "/%00", "/wallet/tx/", "//etc/passwd", "/" + "x" * 8_000]

WRONG_METHODS = [("POST", "/health"), ("DELETE", "/epoch"), ("PUT", "/wallet/transfer/signed"),
                 ("GET", "/wallet/transfer/signed"), ("GET", "/attest/submit"), ("PATCH", "/api/miners"),
                 ("GET", "/rewards/settle"), ("DELETE", "/wallet/balance?miner_id=foo")]
