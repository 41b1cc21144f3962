//! Signatures that do not hold cost their sender: whoever sends too many waits.

use crate::app::AppState;
use crate::middleware::{RequestContext, too_many};
use crate::problem::Problem;
use crate::rate_limit::Budget;

/// Verifies at the sender's cost: a token is taken before, so that nobody makes us verify without
/// end, and given back unless `is_bad` says of the error that the signature did not hold.
pub(in crate::handlers) fn at_senders_cost<T, E>(
    app: &AppState,
    context: &RequestContext,
    verify: impl FnOnce() -> Result<T, E>,
    is_bad: impl FnOnce(&E) -> bool,
) -> Result<Result<T, E>, Problem> {
    let (budget, sender) = (Budget::FailedSignature, context.subject());
    app.limits
        .take(budget, sender, context.received)
        .map_err(|wait| too_many(budget, wait.seconds))?;
    let verified = verify();
    if verified.as_ref().err().is_some_and(is_bad) {
        app.metrics.bad_signatures.add_one();
    } else {
        app.limits.give_back(budget, sender);
    }
    Ok(verified)
}
