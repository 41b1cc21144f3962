//! The folder of wallets: private, never overwriting, never half-written.
#![expect(clippy::unwrap_used, reason = "a test whose folder cannot be made has failed")]

use std::{
    fs,
    os::unix::{
        fs::{FileTypeExt as _, PermissionsExt as _, symlink},
        net::UnixListener,
    },
    path::Path,
};

use keystore::{
    Directory, KdfParams, KdfPolicy, KeystoreError, NewWallet, Passphrase, Secret, SecretKey,
    Vault, WalletName,
};
use protocol::time::UnixSeconds;
use rustix::fs::{CWD, FileType, Mode, mknodat};

fn passphrase() -> Passphrase {
    Passphrase::new("correct horse".to_owned()).unwrap()
}

fn name(text: &str) -> WalletName {
    WalletName::parse(text).unwrap()
}

/// A wallet whose key is made of one repeated byte.
fn vault(called: &str, byte: u8) -> Vault {
    let wallet = NewWallet {
        name: name(called),
        chain_id: "rustchain-dev".to_owned(),
        secret: Secret::Key(SecretKey::from_bytes(&[byte; 32])),
        backed_up: false,
        created_at: UnixSeconds(1_795_332_270),
        kdf: KdfParams::weak_for_tests(),
    };
    Vault::create(wallet, &passphrase()).unwrap()
}

fn rekeyed(vault: &Vault) -> Vault {
    vault.rekey(&passphrase(), &passphrase(), KdfParams::weak_for_tests()).unwrap()
}

fn open(path: &Path) -> Directory {
    Directory::open_with(path, KdfPolicy::WeakForTests).unwrap()
}

/// A folder of the right mode that goes away after the test.
fn temporary() -> (tempfile::TempDir, Directory) {
    let parent = tempfile::tempdir().unwrap();
    let directory = open(&parent.path().join("wallets"));
    (parent, directory)
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The names in the folder, sorted, hidden ones included.
fn files(directory: &Directory) -> Vec<String> {
    let entries = fs::read_dir(directory.path()).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn nothing_is_ever_open_to_others_whatever_the_umask() {
    for umask in [0o000, 0o022, 0o077] {
        let parent = tempfile::tempdir().unwrap();
        let before = rustix::process::umask(Mode::from_raw_mode(umask));
        let directory = open(&parent.path().join("made/on/the/way"));
        let old = vault("alice", 1);
        let path = directory.create(&old).unwrap();
        directory.replace(&old, &rekeyed(&old)).unwrap();
        rustix::process::umask(before);

        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&path.with_extension("json.bak")), 0o600);
        for folder in path.ancestors().skip(1).take(4) {
            assert_eq!(mode(folder), 0o700, "{}", folder.display());
        }
    }
}

#[test]
fn what_is_added_is_loaded_and_nothing_else_is_left_behind() {
    let (_parent, directory) = temporary();
    let alice = vault("alice", 1);
    assert!(!directory.contains(&name("alice")).unwrap());
    let path = directory.create(&alice).unwrap();
    assert!(directory.contains(&name("alice")).unwrap());
    assert_eq!(path, directory.path_of(&name("alice")));
    assert_eq!(directory.load(&name("alice")).unwrap(), alice);
    assert_eq!(files(&directory), ["alice.json"]);
}

#[test]
fn a_wallet_is_never_overwritten() {
    let (_parent, directory) = temporary();
    let path = directory.create(&vault("alice", 1)).unwrap();
    let before = fs::read(&path).unwrap();
    let refused = directory.create(&vault("alice", 2));
    assert!(matches!(refused, Err(KeystoreError::AlreadyExists { path: p }) if p == path));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(files(&directory), ["alice.json"]);
}

#[test]
fn not_even_what_is_no_wallet_is_overwritten() {
    let (parent, directory) = temporary();
    let elsewhere = parent.path().join("elsewhere");
    symlink(&elsewhere, directory.path_of(&name("dangling"))).unwrap();
    fs::create_dir(directory.path_of(&name("folder"))).unwrap();
    for called in ["dangling", "folder"] {
        assert!(directory.contains(&name(called)).unwrap());
        let refused = directory.create(&vault(called, 1));
        assert!(matches!(refused, Err(KeystoreError::AlreadyExists { .. })), "{called}");
    }
    assert!(!elsewhere.exists());
}

#[test]
fn of_many_that_create_the_same_wallet_one_wins() {
    let (_parent, directory) = temporary();
    let vaults: Vec<_> = (1..=8).map(|byte| vault("alice", byte)).collect();
    let results = std::thread::scope(|scope| {
        let running: Vec<_> =
            vaults.iter().map(|vault| scope.spawn(|| directory.create(vault))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let winners: Vec<_> =
        results.iter().zip(&vaults).filter(|(result, _)| result.is_ok()).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(&directory.load(&name("alice")).unwrap(), winners[0].1);
    assert_eq!(files(&directory), ["alice.json"]);
}

#[test]
fn files_open_to_others_are_refused() {
    let (_parent, directory) = temporary();
    let path = directory.create(&vault("alice", 1)).unwrap();
    for open_to_others in [0o640, 0o620, 0o604, 0o602, 0o610, 0o601, 0o666, 0o777] {
        set_mode(&path, open_to_others);
        let refused = directory.load(&name("alice"));
        let named = matches!(refused, Err(KeystoreError::OpenToOthers { mode, .. }) if mode == open_to_others);
        assert!(named, "{open_to_others:o}");
    }
    for private in [0o600, 0o400, 0o700] {
        set_mode(&path, private);
        assert!(directory.load(&name("alice")).is_ok(), "{private:o}");
    }
}

#[test]
fn a_folder_open_to_others_is_refused() {
    let (_parent, directory) = temporary();
    for open_to_others in [0o755, 0o750, 0o701, 0o777] {
        set_mode(directory.path(), open_to_others);
        let refused = Directory::open(directory.path());
        let told = refused.unwrap_err().to_string();
        assert!(told.ends_with(&format!("is open to others (mode {open_to_others:o})")), "{told}");
    }
}

#[test]
fn only_plain_files_are_read() {
    let (parent, directory) = temporary();
    let real = directory.create(&vault("alice", 1)).unwrap();
    symlink(&real, directory.path_of(&name("link"))).unwrap();
    mknodat(CWD, directory.path_of(&name("pipe")), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)
        .unwrap();
    fs::create_dir(directory.path_of(&name("folder"))).unwrap();
    set_mode(&directory.path_of(&name("folder")), 0o700);
    // Bound by a short path, since the name of a socket has about a hundred bytes of room.
    let socket = directory.path_of(&name("socket"));
    let bound = parent.path().join("s");
    let _listener = UnixListener::bind(&bound).unwrap();
    fs::rename(&bound, &socket).unwrap();
    assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());

    for called in ["link", "pipe", "folder", "socket"] {
        let refused = directory.load(&name(called));
        assert!(
            matches!(refused, Err(KeystoreError::NotAPlainFile { .. })),
            "{called}: {refused:?}"
        );
    }
}

#[test]
fn absent_huge_and_renamed_files_are_told_apart() {
    let (_parent, directory) = temporary();
    assert!(matches!(directory.load(&name("bob")), Err(KeystoreError::NotFound { .. })));

    let path = directory.create(&vault("alice", 1)).unwrap();
    fs::rename(&path, directory.path_of(&name("bob"))).unwrap();
    let told = directory.load(&name("bob")).unwrap_err().to_string();
    assert!(told.ends_with("bob.json holds the wallet alice: rename it to alice.json"), "{told}");

    fs::write(&path, vec![b' '; 65 * 1024]).unwrap();
    set_mode(&path, 0o600);
    let told = directory.load(&name("alice")).unwrap_err().to_string();
    assert_eq!(told, "not a valid wallet file: larger than 65536 bytes");
}

#[test]
fn a_replaced_wallet_keeps_one_predecessor() {
    let (_parent, directory) = temporary();
    let first = vault("alice", 1);
    let (second, third) = (rekeyed(&first), rekeyed(&first));
    let path = directory.create(&first).unwrap();
    let kept = || fs::read(path.with_extension("json.bak")).unwrap();

    directory.replace(&first, &second).unwrap();
    assert_eq!(directory.load(&name("alice")).unwrap(), second);
    assert_eq!(kept(), first.to_bytes());

    directory.replace(&second, &third).unwrap();
    assert_eq!(directory.load(&name("alice")).unwrap(), third);
    assert_eq!(kept(), second.to_bytes());
    assert_eq!(files(&directory), ["alice.json", "alice.json.bak"]);
}

#[test]
fn what_somebody_else_changed_is_not_replaced() {
    let (_parent, directory) = temporary();
    let first = vault("alice", 1);
    let (second, third) = (rekeyed(&first), rekeyed(&first));
    assert!(matches!(directory.replace(&first, &second), Err(KeystoreError::NotFound { .. })));
    directory.create(&first).unwrap();
    directory.replace(&first, &second).unwrap();
    let refused = directory.replace(&first, &third);
    assert!(matches!(refused, Err(KeystoreError::Changed { .. })));
    assert_eq!(directory.load(&name("alice")).unwrap(), second);
}

#[test]
fn a_wallet_is_replaced_by_itself_alone() {
    let (_parent, directory) = temporary();
    let alice = vault("alice", 1);
    directory.create(&alice).unwrap();
    for other in [vault("alice", 2), vault("bob", 1)] {
        let refused = directory.replace(&alice, &other);
        assert!(matches!(refused, Err(KeystoreError::NotTheSameWallet)));
    }
    assert_eq!(directory.load(&name("alice")).unwrap(), alice);
}

#[test]
fn of_many_that_replace_the_same_wallet_one_wins() {
    let (_parent, directory) = temporary();
    let first = vault("alice", 1);
    let changes: Vec<_> = (0..8).map(|_| rekeyed(&first)).collect();
    directory.create(&first).unwrap();
    let results = std::thread::scope(|scope| {
        let running: Vec<_> =
            changes.iter().map(|new| scope.spawn(|| directory.replace(&first, new))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let too_late = |result: &&_| matches!(result, Err(KeystoreError::Changed { .. }));
    assert_eq!(results.iter().filter(too_late).count(), 7);
    let winner = results.iter().position(Result::is_ok).unwrap();
    assert_eq!(directory.load(&name("alice")).unwrap(), changes[winner]);
    assert_eq!(files(&directory), ["alice.json", "alice.json.bak"]);
}

#[test]
fn a_listing_needs_no_passphrase_and_one_bad_file_hides_no_good_one() {
    let (_parent, directory) = temporary();
    for (called, byte) in [("bob", 2), ("alice", 1), ("Carol_3", 3)] {
        directory.create(&vault(called, byte)).unwrap();
    }
    let write = |file: &str, mode: u32| {
        let path = directory.path().join(file);
        fs::write(&path, "{}").unwrap();
        set_mode(&path, mode);
    };
    write("damaged.json", 0o600);
    write("not a name.json", 0o600);
    write("open.json", 0o644);
    for ignored in [".alice.json.0011223344556677.tmp", "alice.json.bak", "notes.txt", ".x.json"] {
        write(ignored, 0o644);
    }

    let listing = directory.list().unwrap();
    let names: Vec<_> = listing.wallets.iter().map(|header| header.name.as_str()).collect();
    assert_eq!(names, ["Carol_3", "alice", "bob"]);
    assert_eq!(listing.wallets[1].address, SecretKey::from_bytes(&[1; 32]).address());
    let kinds: Vec<_> = listing.unreadable.iter().map(|(_, error)| error.kind().as_str()).collect();
    assert_eq!(kinds, ["invalid_wallet_file", "invalid_name", "insecure_wallet_file"]);
}

#[test]
fn the_folder_of_a_user_refuses_the_wallets_of_tests() {
    let (_parent, directory) = temporary();
    directory.create(&vault("alice", 1)).unwrap();
    let standard = Directory::open(directory.path()).unwrap();
    let refused = standard.load(&name("alice"));
    assert!(matches!(refused, Err(KeystoreError::KdfTooWeak { .. })));
}
