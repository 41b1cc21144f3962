//! The roots of a block, beside verifying the signatures of its transfers.

use std::ffi::OsStr;

use serde_json::Value;

use crate::error::BenchError;
use crate::report::Report;
use crate::run::Bench;
use crate::server::figures_of;

/// Measures blocks on books with many accounts, in a process of its own.
pub(crate) fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    (bench.surroundings.tell)("roots");
    let accounts = bench.options.accounts.to_string();
    let arguments: [&OsStr; 3] = ["roots".as_ref(), "--accounts".as_ref(), accounts.as_ref()];
    let said = figures_of(bench.surroundings, &arguments)?;
    let list = |name: &str| -> Vec<f64> {
        let values = said[name].as_array().into_iter().flatten();
        values.filter_map(Value::as_f64).collect()
    };
    let (verify_us, seal_us) = (list("verify_us"), list("seal_us"));
    let shares = seal_us.iter().zip(&verify_us).map(|(seal, verify)| seal / verify);
    let on = format!("{accounts} accounts, blocks of {} transfers", said["transfers"]);
    report.measured("roots_share", on, shares, []);
    Ok(())
}
