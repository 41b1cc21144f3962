//! The form of a result for people: fields, tables and lines.

use std::fmt::{self, Write as _};

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, LineStyle, Table};

use crate::visible::visible;

/// What is shown, top down.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Page(Vec<Block>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    Fields(Vec<(&'static str, String)>),
    Table { header: Vec<&'static str>, rows: Vec<Vec<String>> },
    Line(String),
    Verbatim(String),
}

impl Page {
    /// An empty page.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a field: a name and a value.
    #[must_use]
    pub fn field(mut self, name: &'static str, value: &impl fmt::Display) -> Self {
        let field = (name, value.to_string());
        match self.0.last_mut() {
            Some(Block::Fields(fields)) => fields.push(field),
            _ => self.0.push(Block::Fields(vec![field])),
        }
        self
    }

    /// Adds a field if there is a value.
    #[must_use]
    pub fn optional(self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.field(name, &value),
            None => self,
        }
    }

    /// Adds a table. Every row has as many cells as the header.
    #[must_use]
    pub fn table(mut self, header: &[&'static str], rows: Vec<Vec<String>>) -> Self {
        self.0.push(Block::Table { header: header.to_vec(), rows });
        self
    }

    /// Adds a line of its own.
    #[must_use]
    pub fn line(mut self, text: impl Into<String>) -> Self {
        self.0.push(Block::Line(text.into()));
        self
    }

    /// Adds a text of our own making (a script, a file) that is printed as it is.
    #[must_use]
    pub fn verbatim(mut self, text: impl Into<String>) -> Self {
        self.0.push(Block::Verbatim(text.into()));
        self
    }

    /// The text of the page: aligned for a terminal, or one row a line with tabs between the
    /// cells, no headers and no decoration, for `cut` and `awk`.
    pub fn render(&self, for_terminal: bool) -> String {
        self.0.iter().map(|block| block.render(for_terminal)).collect()
    }
}

impl Block {
    fn render(&self, for_terminal: bool) -> String {
        match self {
            Self::Line(text) => lines([visible(text)]),
            Self::Verbatim(text) => text.clone(),
            Self::Fields(fields) => {
                let width = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
                let pair = |(name, value): &(&'static str, String)| {
                    let value = visible(value);
                    let aligned = || format!("{name:<width$}  {value}");
                    if for_terminal { aligned() } else { format!("{name}\t{value}") }
                };
                lines(fields.iter().map(pair))
            }
            Self::Table { header, rows } if for_terminal && !rows.is_empty() => drawn(header, rows),
            Self::Table { rows, .. } => lines(rows.iter().map(|row| separated(row))),
        }
    }
}

fn lines(lines: impl IntoIterator<Item = impl fmt::Display>) -> String {
    lines.into_iter().fold(String::new(), |mut out, line| {
        // Writing to a String cannot fail.
        let _infallible = writeln!(out, "{line}");
        out
    })
}

fn separated(row: &[String]) -> String {
    row.iter().map(|cell| visible(cell)).collect::<Vec<_>>().join("\t")
}

fn drawn(header: &[&'static str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table
        .load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()))
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|cell| visible(cell).into_owned()));
    }
    format!("{}\n", table.trim_fmt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page::new()
            .field("name", &"alice")
            .field("address", &"RTC00")
            .optional("memo", Some("\u{1b}[2Jhi"))
            .optional("none", None::<String>)
            .table(&["a", "b"], vec![vec!["1".to_owned(), "x\ty".to_owned()]])
            .line("done")
    }

    #[test]
    fn in_a_pipe_there_is_nothing_but_values_and_tabs() {
        assert_eq!(
            page().render(false),
            "name\talice\naddress\tRTC00\nmemo\t\\u{1b}[2Jhi\n1\tx\\u{9}y\ndone\n"
        );
    }

    #[test]
    fn on_a_terminal_columns_are_aligned_and_no_escape_sequence_gets_through() {
        let shown = page().render(true);
        assert!(shown.starts_with("name     alice\naddress  RTC00\n"), "{shown}");
        assert!(shown.contains(" a ") && shown.contains("─"), "{shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains('\t'), "{shown}");
    }
}
