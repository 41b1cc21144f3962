//! How far long work is: one line of the terminal that is drawn over and over.

use std::io::{IsTerminal as _, stderr};

use protocol::time::UnixMillis;

use super::Printer;

/// Milliseconds between two drawings.
const EVERY_MS: u64 = 100;
/// Cells of the bar where there is room for it.
const CELLS: u64 = 24;
/// The width of a terminal that does not say how wide it is.
const USUAL_WIDTH: usize = 80;

/// A line on stderr that says how far work is. Nothing is drawn where stderr is no terminal, nor
/// when the printer is quiet or prints JSON.
#[derive(Debug)]
pub struct ProgressBar<'p> {
    printer: Option<&'p Printer>,
    started: UnixMillis,
    drawn: Option<UnixMillis>,
}

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'t> {
    /// What is being done, such as "block 7 of 9".
    pub text: &'t str,
    /// Pieces that are done.
    pub done: u64,
    /// Pieces in all.
    pub total: u64,
    /// What a piece is called, in the plural.
    pub unit: &'static str,
}

impl<'p> ProgressBar<'p> {
    /// A bar of work that starts now.
    pub fn start(printer: &'p Printer, now: UnixMillis) -> Self {
        let shows = stderr().is_terminal() && !printer.is_quiet() && !printer.is_json();
        Self { printer: shows.then_some(printer), started: now, drawn: None }
    }

    /// Draws how far the work is, if the last time is long enough ago.
    pub fn show(&mut self, progress: Progress<'_>, now: UnixMillis) {
        let Some(printer) = self.printer else { return };
        if self.drawn.is_some_and(|drawn| now.0.saturating_sub(drawn.0) < EVERY_MS) {
            return;
        }
        self.drawn = Some(now);
        let passed_ms = now.0.saturating_sub(self.started.0);
        printer.progress(&line(progress, passed_ms, width()));
    }

    /// Ends the line, if anything was drawn.
    pub fn end(self) {
        if let (Some(printer), Some(_)) = (self.printer, self.drawn) {
            printer.progress_clear();
        }
    }
}

fn width() -> usize {
    let size = rustix::termios::tcgetwinsize(stderr()).map_or(0, |size| usize::from(size.ws_col));
    if size == 0 { USUAL_WIDTH } else { size }
}

/// The line: a bar, the share, what is done, how fast, how long it will take. What does not fit is
/// left out from the bar on, so that a narrow terminal never wraps.
fn line(progress: Progress<'_>, passed_ms: u64, width: usize) -> String {
    let Progress { text, done, total, unit } = progress;
    let done = done.min(total);
    let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
    let filled = percent * CELLS / 100;
    let cells: String = (0..CELLS).map(|cell| if cell < filled { '#' } else { '.' }).collect();
    let rate = done.saturating_mul(1_000).checked_div(passed_ms).unwrap_or(0);
    let left = (total - done).checked_div(rate).map_or_else(
        || "time left unknown".to_owned(),
        |seconds| format!("{}:{:02} left", seconds / 60, seconds % 60),
    );
    let share = format!("{percent:>3} %");
    let whole = [
        format!("[{cells}] {share}  {text}, {done} of {total} {unit}, {rate}/s, {left}"),
        format!("{share}  {text}, {done} of {total} {unit}, {rate}/s, {left}"),
        format!("{share}  {text}, {rate}/s, {left}"),
        format!("{share}  {left}"),
    ];
    // The last column stays free: some terminals wrap when it is written.
    let fits = whole.into_iter().find(|line| line.chars().count() < width);
    fits.unwrap_or(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Progress<'_> =
        Progress { text: "block 5 of 10", done: 500, total: 1_000, unit: "commands" };

    #[test]
    fn a_line_says_share_count_rate_and_time_left() {
        assert_eq!(
            line(HALF, 10_000, 120),
            "[############............]  50 %  block 5 of 10, 500 of 1000 commands, 50/s, 0:10 left"
        );
        assert_eq!(line(HALF, 0, 60), " 50 %  block 5 of 10, 0/s, time left unknown");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 8..130 {
            let line = line(HALF, 10_000, width);
            assert!(line.chars().count() < width, "{width}: {line}");
            assert!(line.contains("50 %"), "{line}");
        }
    }

    #[test]
    fn nothing_to_do_is_all_done() {
        let nothing = Progress { done: 0, total: 0, ..HALF };
        assert!(line(nothing, 0, 40).starts_with("100 %"));
    }
}
