//! The program `rustchain`. Everything it does is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    rustchain::main().into()
}
