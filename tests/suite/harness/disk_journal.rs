//! Everything that the real program asks of the files of a folder, in order: enough to say what a
//! disk may hold after a power cut.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::chance::Chance;
use super::preload::{Preload, with_preload};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Writes down what programs do to the files of a folder.
pub(crate) struct DiskJournal {
    preload: Preload,
    folder: PathBuf,
}

/// One thing that was done; see `disk_journal.c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Created(PathBuf),
    Written { path: PathBuf, at: usize, data: Vec<u8> },
    Resized { path: PathBuf, length: usize },
    Synchronized(PathBuf),
    Removed(PathBuf),
    Renamed { from: PathBuf, to: PathBuf },
}

impl DiskJournal {
    /// For a folder, which need not be there yet; nothing where there is no compiler.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let preload = Preload::compile("harness/disk_journal.c")?;
        Some(Self { preload, folder: folder.to_owned() })
    }

    fn record(&self) -> PathBuf {
        self.preload.folder().join("record")
    }

    /// This command, written down.
    pub(crate) fn around(&self, command: &Command) -> Command {
        let mut command = with_preload(command, &self.preload.library());
        command.env("DISK_JOURNAL_FOLDER", &self.folder);
        command.env("DISK_JOURNAL_RECORD", self.record());
        command
    }

    /// What has been done since the last time, by processes that have ended.
    pub(crate) fn take(&self) -> Vec<Entry> {
        // A process may be killed before it has done anything.
        let bytes = fs::read(self.record()).unwrap_or_default();
        drop(fs::remove_file(self.record()));
        let (mut rest, mut entries) = (bytes.as_slice(), Vec::new());
        while let Some(entry) = parse(&mut rest) {
            entries.push(entry);
        }
        entries
    }
}

fn taken<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    Some(usize::from_ne_bytes(taken(rest, 8)?.try_into().unwrap()))
}

/// The next entry; nothing at the end, or at one that was never finished.
fn parse(rest: &mut &[u8]) -> Option<Entry> {
    let path_of = |bytes: &[u8]| PathBuf::from(std::str::from_utf8(bytes).unwrap());
    let letter = taken(rest, 1)?[0];
    let path_length = u32::from_ne_bytes(taken(rest, 4)?.try_into().unwrap());
    let (place, length) = (number(rest)?, number(rest)?);
    let path = path_of(taken(rest, path_length.try_into().unwrap())?);
    let data = taken(rest, length)?;
    Some(match letter {
        b'c' => Entry::Created(path),
        b'w' => Entry::Written { path, at: place, data: data.to_vec() },
        b't' => Entry::Resized { path, length: place },
        b's' => Entry::Synchronized(path),
        b'u' => Entry::Removed(path),
        b'r' => Entry::Renamed { from: path, to: path_of(data) },
        other => panic!("{other}"),
    })
}

/// A change of a file that nothing has waited for.
#[derive(Debug, Clone)]
enum Change {
    Written { at: usize, data: Vec<u8> },
    Resized(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Resized(length) => content.resize(*length, 0),
            Self::Written { at, data } => {
                let end = at + data.len();
                content.resize(content.len().max(end), 0);
                content[*at..end].copy_from_slice(data);
            }
        }
    }
}

/// A file: what the disk holds for sure, and what has been asked for since.
#[derive(Debug, Clone, Default)]
struct File {
    durable: Vec<u8>,
    changes: Vec<Change>,
}

/// A change of a folder that nothing has waited for.
#[derive(Debug, Clone)]
enum Naming {
    /// The name leads to this file from now on.
    Named(PathBuf, usize),
    Gone(PathBuf),
}

impl Naming {
    fn folder(&self) -> Option<&Path> {
        let (Self::Named(path, _) | Self::Gone(path)) = self;
        path.parent()
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Named(path, file) => names.insert(path.clone(), *file),
            Self::Gone(path) => names.remove(path),
        };
    }
}

/// Files and what they hold.
pub(crate) type Image = BTreeMap<PathBuf, Vec<u8>>;

/// The files of a folder as programs see them, and as a disk may hold them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// As programs see it.
    names: BTreeMap<PathBuf, usize>,
    /// As the disk holds it for sure.
    durable_names: BTreeMap<PathBuf, usize>,
    /// In order. Those of one folder come true in order.
    namings: Vec<Naming>,
}

impl Disk {
    /// Everything that is in a folder, and is on the disk.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut disk = Self::default();
        for path in files_in(folder) {
            disk.names.insert(path.clone(), disk.files.len());
            disk.files.push(File { durable: fs::read(path).unwrap(), changes: Vec::new() });
        }
        disk.durable_names = disk.names.clone();
        disk
    }

    fn file(&mut self, path: &Path) -> &mut File {
        let file = self.names.get(path).unwrap_or_else(|| panic!("{}", path.display()));
        &mut self.files[*file]
    }

    fn name(&mut self, naming: Naming) {
        naming.apply(&mut self.names);
        self.namings.push(naming);
    }

    /// Does what was done.
    pub(crate) fn follow(&mut self, entry: &Entry) {
        match entry {
            Entry::Created(path) => {
                self.files.push(File::default());
                self.name(Naming::Named(path.clone(), self.files.len() - 1));
            }
            // SQLite goes on with a file that it has removed.
            Entry::Written { path, .. } | Entry::Resized { path, .. } if is_removed(path) => {}
            Entry::Written { path, at, data } => {
                let change = Change::Written { at: *at, data: data.clone() };
                self.file(path).changes.push(change);
            }
            Entry::Resized { path, length } => {
                self.file(path).changes.push(Change::Resized(*length));
            }
            Entry::Synchronized(path) => self.synchronize(path),
            Entry::Removed(path) => self.name(Naming::Gone(path.clone())),
            Entry::Renamed { from, to } => {
                let file = self.names[from];
                self.name(Naming::Gone(from.clone()));
                self.name(Naming::Named(to.clone(), file));
            }
        }
    }

    fn synchronize(&mut self, path: &Path) {
        if let Some(file) = self.names.get(path) {
            let File { durable, changes } = &mut self.files[*file];
            changes.drain(..).for_each(|change| change.apply(durable));
            return;
        }
        let is_in_it = |naming: &Naming| naming.folder() == Some(path);
        for naming in self.namings.extract_if(.., |naming| is_in_it(naming)) {
            naming.apply(&mut self.durable_names);
        }
    }

    /// What programs have written.
    pub(crate) fn seen(&self) -> Image {
        let files = self.names.iter();
        files.map(|(path, file)| (path.clone(), self.files[*file].seen())).collect()
    }

    /// One of the things that the disk may hold after a power cut: what was waited for, and of the
    /// rest whatever chance says.
    pub(crate) fn cut(&self, chance: &mut Chance) -> Image {
        let mut names = self.durable_names.clone();
        let folders: BTreeSet<Option<&Path>> = self.namings.iter().map(Naming::folder).collect();
        for folder in folders {
            let namings: Vec<&Naming> =
                self.namings.iter().filter(|naming| naming.folder() == folder).collect();
            let come_true = upto(chance, namings.len());
            namings[..come_true].iter().for_each(|naming| naming.apply(&mut names));
        }
        names.into_iter().map(|(path, file)| (path, self.files[file].cut(chance))).collect()
    }
}

/// What the kernel adds to the name of a file that has none any more.
fn is_removed(path: &Path) -> bool {
    path.to_string_lossy().ends_with(" (deleted)")
}

/// A number from 0 to `most`; often one of both.
fn upto(chance: &mut Chance, most: usize) -> usize {
    match chance.below(4) {
        0 => 0,
        1 => most,
        _ => usize::try_from(chance.below(most as u64 + 1)).unwrap(),
    }
}

impl File {
    fn seen(&self) -> Vec<u8> {
        let mut content = self.durable.clone();
        for change in &self.changes {
            change.apply(&mut content);
        }
        content
    }

    /// The disk has been busy writing until some moment, and of what came later it has written some
    /// sectors, in no order.
    fn cut(&self, chance: &mut Chance) -> Vec<u8> {
        let mut content = self.durable.clone();
        let (early, late) = self.changes.split_at(upto(chance, self.changes.len()));
        for change in early {
            change.apply(&mut content);
        }
        let mut wanted = content.clone();
        for change in late {
            change.apply(&mut wanted);
        }
        // How many sectors of 16 make it; and whether the file's length does.
        let make_it = chance.below(17);
        if chance.below(16) < make_it {
            content.resize(wanted.len(), 0);
        }
        for (here, wanted) in content.chunks_mut(SECTOR).zip(wanted.chunks(SECTOR)) {
            let common = here.len().min(wanted.len());
            if here[..common] != wanted[..common] && chance.below(16) < make_it {
                here[..common].copy_from_slice(&wanted[..common]);
            }
        }
        content
    }
}

/// Puts files into a folder, and takes all others out.
pub(crate) fn restore(folder: &Path, files: &Image) {
    for path in files_in(folder).iter().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(path).unwrap();
    }
    for (path, content) in files {
        if !fs::read(path).is_ok_and(|is| is == *content) {
            fs::write(path, content).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let within = |path: PathBuf| if path.is_dir() { files_in(&path) } else { vec![path] };
    paths.flat_map(within).collect()
}
