//! `rustchain man`: one manual page for every command.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::args;
use crate::failure::Failure;
use crate::output::{Answer, Output, Page};

/// Write manual pages.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to write to; pages that exist are replaced
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

#[derive(Debug, Serialize)]
struct Written {
    files: Vec<String>,
}

impl Output for Written {
    fn page(&self) -> Page {
        self.files.iter().fold(Page::new(), Page::line)
    }
}

pub(crate) fn run(args: &Args) -> Result<Answer, Failure> {
    let trouble = |path: &Path, error: &io::Error| Failure::io("write", path, error);
    fs::create_dir_all(&args.out).map_err(|error| trouble(&args.out, &error))?;
    let mut files = Vec::new();
    for (name, text) in pages().map_err(|error| trouble(&args.out, &error))? {
        let path = args.out.join(name);
        fs::write(&path, text).map_err(|error| trouble(&path, &error))?;
        files.push(path.display().to_string());
    }
    Ok(Answer::of(&Written { files }))
}

/// Every manual page: the name of its file and its text.
///
/// # Errors
/// Only what writing to memory could give.
pub fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut root = args::command();
    root.build();
    let mut pages = Vec::new();
    collect(&root, &mut pages)?;
    Ok(pages)
}

fn collect(command: &clap::Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let man = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    man.render(&mut text)?;
    pages.push((man.get_filename(), text));
    let inner = command.get_subcommands().filter(|inner| inner.get_name() != "help");
    inner.into_iter().try_for_each(|inner| collect(inner, pages))
}
