//! Shows a secret on a screen of its own, which is gone when it has been read.
//!
//! The alternate screen of a terminal has no scroll-back. Whatever ends the showing (Enter, Ctrl-C,
//! a failure), it is cleared and left, and the terminal works as before.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// The terminal of this process, whatever stdin, stdout and stderr are.
const TERMINAL: &str = "/dev/tty";
/// Switches to the alternate screen and clears it.
const ENTER_SCREEN: &str = "\u{1b}[?1049h\u{1b}[H\u{1b}[2J";
/// Clears the alternate screen and goes back to the ordinary one.
const LEAVE_SCREEN: &str = "\u{1b}[H\u{1b}[2J\u{1b}[?1049l";
/// What Ctrl-C sends where it does not interrupt.
const CTRL_C: u8 = 3;

/// Shows the lines until Enter is pressed.
///
/// # Errors
/// Exit 130 when interrupted, else trouble with the terminal.
pub fn show_secret(lines: &[Zeroizing<String>]) -> Result<(), Failure> {
    let mut screen = Screen::open().map_err(|error| trouble(&error))?;
    screen.show(lines).and_then(|()| screen.wait_for_enter()).map_err(|error| trouble(&error))
}

fn trouble(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::Interrupted {
        Failure::new(ExitCode::Interrupted, "interrupted", "interrupted, nothing was done")
    } else {
        Failure::new(ExitCode::Other, "terminal", format!("cannot use the terminal: {error}"))
    }
}

/// The alternate screen, with keys that are neither shown nor turned into signals.
struct Screen {
    terminal: File,
    before: Termios,
}

impl Screen {
    fn open() -> io::Result<Self> {
        let terminal = OpenOptions::new().read(true).write(true).open(TERMINAL)?;
        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        tcsetattr(&terminal, OptionalActions::Flush, &modes)?;
        let mut screen = Self { terminal, before };
        screen.terminal.write_all(ENTER_SCREEN.as_bytes())?;
        Ok(screen)
    }

    fn show(&mut self, lines: &[Zeroizing<String>]) -> io::Result<()> {
        lines.iter().try_for_each(|line| writeln!(self.terminal, "{}", line.as_str()))
    }

    fn wait_for_enter(&mut self) -> io::Result<()> {
        let mut key = [0];
        loop {
            match self.terminal.read(&mut key)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                _ if key == [CTRL_C] => return Err(io::ErrorKind::Interrupted.into()),
                _ if key == *b"\n" || key == *b"\r" => return Ok(()),
                _ => {}
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Nothing more can be done for a terminal that is gone.
        let _left = self.terminal.write_all(LEAVE_SCREEN.as_bytes());
        let _restored = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}
