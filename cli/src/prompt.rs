//! Questions to the person at the terminal. Without a terminal nothing is asked, ever.
#![expect(clippy::print_stderr, reason = "a question is shown on stderr, not in the result")]

use std::io::{self, IsTerminal as _};

use zeroize::Zeroizing;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::visible::visible;

/// Whether somebody can be asked: both stdin and stderr are a terminal.
pub fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for yes or no; anything but `y` or `yes` is no.
///
/// # Errors
/// Exit 3 for no.
pub fn confirm(question: &str) -> Result<(), Failure> {
    let answer = ask(&format!("{question} [y/N] "))?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        Err(Failure::new(
            ExitCode::Declined,
            "declined",
            "nothing was done, as you did not say yes",
        ))
    }
}

/// Shows a text and reads a line.
///
/// # Errors
/// Exit 3 when the input ends.
fn ask(text: &str) -> Result<String, Failure> {
    eprint!("{}", visible(text));
    let mut line = String::new();
    match io::stdin().read_line(&mut line) {
        Ok(0) => Err(Failure::new(ExitCode::Declined, "declined", "no answer was given")),
        Ok(_) => Ok(line),
        Err(error) => Err(interrupted_or(&error, "cannot read the answer")),
    }
}

/// Asks for a secret without showing it. Ctrl-C ends the process, as everywhere.
///
/// # Errors
/// Trouble with the terminal.
pub fn secret(question: &str) -> Result<Zeroizing<String>, Failure> {
    let typed = rpassword::prompt_password(format!("{question}: "));
    typed
        .map(Zeroizing::new)
        .map_err(|error| interrupted_or(&error, "cannot read from the terminal"))
}

fn interrupted_or(error: &io::Error, what: &str) -> Failure {
    if error.kind() == io::ErrorKind::Interrupted {
        Failure::new(ExitCode::Interrupted, "interrupted", "interrupted, nothing was done")
    } else {
        Failure::new(ExitCode::Other, "terminal", format!("{what}: {error}"))
    }
}
