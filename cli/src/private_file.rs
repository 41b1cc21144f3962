//! Files for the owner's eyes: made whole, mode 0600, on the disk when the call returns.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::failure::Failure;

/// The owner may read and write.
const FILE_MODE: u32 = 0o600;
/// The owner may enter.
const FOLDER_MODE: u32 = 0o700;

/// Makes a folder, and its parents where missing, for the owner alone.
///
/// # Errors
/// What the system says.
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path);
    made.map_err(|error| Failure::io("create the folder", path, &error))
}

/// Writes a new file. One that exists is not touched.
///
/// # Errors
/// Exit 10 when it exists, else what the system says. A file that could not be written whole is
/// taken away again.
pub fn create(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path);
    let file = opened.map_err(|error| Failure::io("create", path, &error))?;
    write_whole(file, path, content).map_err(|error| {
        let _best_effort = fs::remove_file(path);
        Failure::io("write", path, &error)
    })
}

/// Writes a file in the place of any that exists, whole and at once.
///
/// # Errors
/// What the system says; the old file is then still there.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let temporary = path.with_extension("new");
    let _left_by_a_crash = fs::remove_file(&temporary);
    create(&temporary, content)?;
    let renamed = fs::rename(&temporary, path).and_then(|()| sync_folder(path));
    renamed.map_err(|error| Failure::io("write", path, &error))
}

/// Removes a file for good; one that is not there is fine.
///
/// # Errors
/// What the system says.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed
            .and_then(|()| sync_folder(path))
            .map_err(|error| Failure::io("remove", path, &error)),
    }
}

fn write_whole(mut file: File, path: &Path, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.sync_all()?;
    sync_folder(path)
}

/// Brings the entry of a file in its folder to the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::exit_code::ExitCode;

    #[test]
    fn what_exists_is_not_touched_and_nobody_else_can_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words");
        create(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(create(&path, b"two").unwrap_err().exit, ExitCode::Exists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        replace(&path, b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists());
    }
}
