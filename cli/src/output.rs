//! The one place that prints. Results go to stdout, everything else to stderr.
//!
//! A command returns an [`Answer`]; what it looks like is decided here: aligned columns on a
//! terminal, tab-separated values in a pipe, or a JSON envelope that is the same for every command
//! and for every failure.
#![expect(clippy::print_stderr, reason = "this is the module that prints")]

mod bar;
mod page;

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;
use serde_json::{Value, json};

pub use bar::{Progress, ProgressBar};
pub use page::Page;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::visible::{visible, visible_json};

/// The version of the JSON envelope. Rises when a member changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// A result that can be shown to people and to programs.
///
/// Amounts are members of their own in the JSON form: see [`crate::money`].
pub trait Output: Serialize {
    /// The form for people.
    fn page(&self) -> Page;
}

/// What a command has to say.
#[derive(Debug)]
pub struct Answer {
    data: Value,
    page: Page,
    exit: ExitCode,
}

impl Answer {
    /// The answer of a command that did what it was asked for.
    pub fn of(output: &impl Output) -> Self {
        let data = serde_json::to_value(output).expect("results are structs with text keys");
        Self { data, page: output.page(), exit: ExitCode::Ok }
    }

    /// The same answer with another exit code, for checks that found something.
    #[must_use]
    pub fn with_exit(self, exit: ExitCode) -> Self {
        Self { exit, ..self }
    }

    /// How the program ends.
    pub const fn exit(&self) -> ExitCode {
        self.exit
    }
}

/// Prints, and remembers the warnings of a command.
#[derive(Debug)]
pub struct Printer {
    json: bool,
    quiet: bool,
    warnings: RefCell<Vec<String>>,
}

impl Printer {
    /// A printer of JSON or of text; a quiet one leaves out notes.
    pub const fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet, warnings: RefCell::new(Vec::new()) }
    }

    /// Whether the result is printed as JSON.
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// Says what is going on. Not part of the result.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            eprintln!("{}", visible(text));
        }
    }

    /// Whether notes are left out.
    pub const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Prints one event of a command that runs on, on stdout: a line of JSON, or text.
    pub fn event(&self, event: &impl Output) {
        let text = if self.json {
            let data = serde_json::to_value(event).expect("events are structs with text keys");
            format!("{}\n", visible_json(&data.to_string()))
        } else {
            event.page().render(io::stdout().is_terminal())
        };
        finish(&text, ExitCode::Ok);
    }

    /// Shows how far a command is, on one line of the terminal.
    pub fn progress(&self, text: &str) {
        eprint!("\r\x1b[2K{}", visible(text));
    }

    /// Takes the line of [`Printer::progress`] away.
    pub fn progress_clear(&self) {
        eprint!("\r\x1b[2K");
    }

    /// Shows a page on stderr: what is going to happen. A quiet printer shows it only where a
    /// question follows.
    pub fn preview(&self, page: &Page, question_follows: bool) {
        if question_follows || !self.quiet {
            eprint!("{}", page.render(io::stderr().is_terminal()));
        }
    }

    /// Says what a person should know although the command goes on.
    pub fn warn(&self, text: impl Into<String>) {
        let text = text.into();
        eprintln!("warning: {}", visible(&text));
        self.warnings.borrow_mut().push(text);
    }

    /// Prints the result and says how the program ends.
    pub fn answer(&self, answer: &Answer) -> ExitCode {
        let text = if self.json {
            self.envelope(&answer.data, &Value::Null)
        } else {
            answer.page.render(io::stdout().is_terminal())
        };
        finish(&text, answer.exit)
    }

    /// Prints a failure and says how the program ends.
    pub fn failure(&self, failure: &Failure) -> ExitCode {
        if self.json {
            let text = self.envelope(&Value::Null, &error_json(failure));
            return finish(&text, failure.exit);
        }
        eprintln!("error: {}", visible(&failure.message));
        for hint in &failure.hints {
            eprintln!("hint: {}", visible(hint));
        }
        failure.exit
    }

    /// Prints what clap has to say about the command line, in its own style.
    pub fn usage(&self, error: &clap::Error) -> ExitCode {
        let exit = if error.use_stderr() { ExitCode::Usage } else { ExitCode::Ok };
        if self.json && exit == ExitCode::Usage {
            let said = error.render().to_string();
            let mut lines = said.lines().filter(|line| !line.trim().is_empty());
            let first = lines.next().unwrap_or("no such command line");
            let message = first.trim_start_matches("error: ").to_owned();
            return self.failure(&Failure::usage("usage", message).hint("rustchain --help"));
        }
        match error.print() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::Other,
            _ => exit,
        }
    }

    fn envelope(&self, data: &Value, error: &Value) -> String {
        let envelope = json!({
            "schema_version": SCHEMA_VERSION,
            "ok": error.is_null(),
            "data": data,
            "error": error,
            "warnings": *self.warnings.borrow(),
        });
        format!("{}\n", visible_json(&format!("{envelope:#}")))
    }
}

/// Writes the last words on stdout. A reader that went away has seen enough.
fn finish(text: &str, exit: ExitCode) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: cannot write the result: {error}");
            ExitCode::Other
        }
        _ => exit,
    }
}

fn error_json(failure: &Failure) -> Value {
    json!({
        "code": failure.code,
        "message": failure.message,
        "hint": (!failure.hints.is_empty()).then(|| failure.hints.join("\n")),
        "exit": failure.exit.number(),
        "details": failure.details,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_always_has_the_same_members() {
        let printer = Printer::new(true, false);
        let failure = Failure::usage("bad", "no").hint("one").hint("two");
        for (text, ok) in [
            (printer.envelope(&json!({"a": 1}), &Value::Null), true),
            (printer.envelope(&Value::Null, &error_json(&failure)), false),
        ] {
            let value: Value = serde_json::from_str(&text).unwrap();
            let mut keys: Vec<_> = value.as_object().unwrap().keys().collect();
            keys.sort();
            assert_eq!(keys, ["data", "error", "ok", "schema_version", "warnings"]);
            assert_eq!(value["ok"], ok);
        }
        let error = error_json(&failure);
        assert_eq!(error["hint"], "one\ntwo");
        assert_eq!(error["exit"], 2);
        assert_eq!(error_json(&Failure::usage("bad", "no"))["hint"], Value::Null);
    }
}
