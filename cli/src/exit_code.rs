//! How the program ends: one number for every kind of end, so that scripts can tell them apart.

use std::process;

/// The exit codes. They are part of the interface and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitCode {
    /// Done.
    Ok = 0,
    /// Something else went wrong, or a health check found something.
    Other = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// The person at the terminal said no.
    Declined = 3,
    /// A passphrase is wrong or missing, or the node does not let us in.
    Locked = 4,
    /// There is no such wallet, transfer or file.
    NotFound = 5,
    /// The node cannot be reached; nothing was sent.
    Unreachable = 6,
    /// The node, or a guard of this program, refused.
    Refused = 7,
    /// Something was sent and the outcome is unknown; it can be sent again without harm.
    Unknown = 8,
    /// The configuration is wrong.
    Config = 9,
    /// Something of that name exists, or another process is using it.
    Exists = 10,
    /// Interrupted from the keyboard.
    Interrupted = 130,
}

impl ExitCode {
    /// Every code, in ascending order.
    pub const ALL: [Self; 12] = [
        Self::Ok,
        Self::Other,
        Self::Usage,
        Self::Declined,
        Self::Locked,
        Self::NotFound,
        Self::Unreachable,
        Self::Refused,
        Self::Unknown,
        Self::Config,
        Self::Exists,
        Self::Interrupted,
    ];

    /// The number that the shell sees.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// What it means, for the help text.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "done",
            Self::Other => "failed for another reason, or not healthy",
            Self::Usage => "the command line makes no sense",
            Self::Declined => "you said no",
            Self::Locked => "wrong or missing passphrase, or not authorised",
            Self::NotFound => "not found",
            Self::Unreachable => "the node cannot be reached; nothing was sent",
            Self::Refused => "refused by the node or by a guard of this program",
            Self::Unknown => "sent, outcome unknown; safe to send again",
            Self::Config => "the configuration is wrong",
            Self::Exists => "exists already, or in use by another process",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table that scripts rely on.
    #[test]
    fn the_numbers_are_those_of_the_documentation() {
        let numbers: Vec<u8> = ExitCode::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 130]);
        assert_eq!(ExitCode::Unknown.number(), 8);
        assert_eq!(ExitCode::Refused.number(), 7);
    }

    #[test]
    fn every_code_has_its_own_meaning() {
        let mut meanings: Vec<_> = ExitCode::ALL.iter().map(|code| code.meaning()).collect();
        meanings.sort_unstable();
        meanings.dedup();
        assert_eq!(meanings.len(), ExitCode::ALL.len());
    }
}
