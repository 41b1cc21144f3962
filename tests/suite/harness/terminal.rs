//! Somebody at a terminal: the program runs under `script` of util-linux, which gives it one.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::program::Home;

/// A program with a terminal, and what it has shown so far.
pub(crate) struct Terminal {
    child: Child,
    keyboard: ChildStdin,
    screen: ChildStdout,
    shown: String,
    /// Up to where the screen was read.
    read_to: usize,
}

impl Terminal {
    /// Starts the program with these arguments, split at spaces.
    pub(crate) fn start(home: &Home, arguments: &str) -> Self {
        let program = home.program(arguments);
        let words = std::iter::once(program.get_program()).chain(program.get_args());
        let words: Vec<_> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
        let mut script = Command::new("script");
        script.args(["--quiet", "--flush", "--return", "--command", &words.join(" "), "/dev/null"]);
        script
            .env_clear()
            .envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        script.env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/sh").env("TERM", "xterm");
        script.current_dir(home.path("")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = script.spawn().expect("script of util-linux is installed");
        let (keyboard, screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, keyboard, screen, shown: String::new(), read_to: 0 }
    }

    /// Waits until a text is shown.
    pub(crate) fn expect(&mut self, text: &str) {
        loop {
            if let Some(at) = self.shown[self.read_to..].find(text) {
                self.read_to += at + text.len();
                return;
            }
            assert!(self.read_some(), "'{text}' was never shown: {}", self.shown);
        }
    }

    /// Waits until a text is shown, then types.
    pub(crate) fn answer(&mut self, question: &str, keys: &str) {
        self.expect(question);
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits for the end: the exit code and everything that was shown.
    pub(crate) fn end(mut self) -> (i32, String) {
        while self.read_some() {}
        (self.child.wait().unwrap().code().unwrap_or(-1), self.shown)
    }

    fn read_some(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let count = self.screen.read(&mut bytes).unwrap_or(0);
        self.shown.push_str(&String::from_utf8_lossy(&bytes[..count]));
        count > 0
    }
}
