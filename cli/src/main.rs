//! The program `rustchain`. Everything it does is in the library beside it.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// What a request leaves behind is often given back by another thread than took it. This allocator
/// does not slow down then; that of the C library does, by a tenth of an attestation.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    rustchain::main().into()
}
