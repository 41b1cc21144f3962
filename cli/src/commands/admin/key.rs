//! `rustchain admin key`: named admin keys, several at once, so that they can rotate.

use std::path::PathBuf;

use node::admin_keys::{AdminKeyRecord, AdminKeys, KeyListing, KeyName, Scopes};
use node::audit::{AuditEntry, AuditLog};
use node::boot::{BootError, DataFolder};
use protocol::time::UnixSeconds;
use serde::Serialize;

use crate::commands::node::NodeFolder;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::output::{Answer, Output, Page};
use crate::private_file;
use crate::session::Session;

/// Make, list and revoke admin keys of a node on this machine.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make an admin key and show it once
    Create(CreateArgs),
    /// List admin keys, without the keys
    List(ListArgs),
    /// Make an admin key invalid at once
    Revoke(RevokeArgs),
}

/// Make an admin key and show it once.
#[derive(Debug, clap::Args)]
pub struct CreateArgs {
    /// What to call the key; the audit table says who did what by this name
    pub name: KeyName,
    /// What it may do, separated by commas
    #[arg(long, default_value = "all", value_name = "SCOPES")]
    pub scopes: Scopes,
    /// Make it invalid after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub expires_in: Option<u64>,
    /// Write the key to a new file instead of showing it
    #[arg(long, value_name = "PATH")]
    pub admin_key_file: Option<PathBuf>,
    /// Where the node lives.
    #[command(flatten)]
    pub folder: NodeFolder,
}

/// List admin keys, without the keys.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Where the node lives.
    #[command(flatten)]
    pub folder: NodeFolder,
}

/// Make an admin key invalid at once.
#[derive(Debug, clap::Args)]
pub struct RevokeArgs {
    /// The key's name
    pub name: KeyName,
    /// Where the node lives.
    #[command(flatten)]
    pub folder: NodeFolder,
}

#[derive(Debug, Serialize)]
struct MadeKey {
    name: String,
    scopes: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_key_file: Option<PathBuf>,
}

impl Output for MadeKey {
    fn page(&self) -> Page {
        let page = Page::new().field("name", &self.name).field("scopes", &self.scopes);
        match (&self.admin_key, &self.admin_key_file) {
            (Some(key), _) => page.field("admin key (shown once)", key),
            (None, Some(file)) => page.field("admin key in", &file.display()),
            (None, None) => page,
        }
    }
}

#[derive(Debug, Serialize)]
struct Keys {
    keys: Vec<ListedKey>,
    /// Names of keys whose records are not what was written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    damaged: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ListedKey {
    name: String,
    scopes: String,
    valid: bool,
    created_at: u64,
    expires_at: Option<u64>,
    revoked_at: Option<u64>,
}

impl ListedKey {
    fn of(record: &AdminKeyRecord, now: UnixSeconds) -> Self {
        Self {
            name: record.name.as_str().to_owned(),
            scopes: record.scopes.to_string(),
            valid: record.is_live(now),
            created_at: record.created_at.0,
            expires_at: record.expires_at.map(|at| at.0),
            revoked_at: record.revoked_at.map(|at| at.0),
        }
    }
}

impl Output for Keys {
    fn page(&self) -> Page {
        let rows = self.keys.iter().map(|key| {
            let valid = if key.valid { "valid" } else { "not valid" };
            vec![key.name.clone(), key.scopes.clone(), valid.to_owned()]
        });
        let damaged = self.damaged.iter().map(|name| {
            vec![name.clone(), String::new(), "damaged: opens nothing, revoke it".to_owned()]
        });
        Page::new().table(&["name", "scopes", "state"], rows.chain(damaged).collect())
    }
}

#[derive(Debug, Serialize)]
struct Revoked {
    name: String,
}

impl Output for Revoked {
    fn page(&self) -> Page {
        Page::new().field("revoked", &self.name)
    }
}

pub(crate) fn run(command: &Command, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    match command {
        Command::Create(args) => create(args, session),
        Command::List(args) => list(args, session),
        Command::Revoke(args) => revoke(args, session),
    }
}

/// The node's own tables; they must exist.
fn tables(folder: &NodeFolder, session: &Session) -> Result<(AdminKeys, AuditLog), Failure> {
    let path = DataFolder::at(&folder.path(session)?).node_local();
    if !path.exists() {
        let message = format!("there is no node at {}", path.display());
        return Err(Failure::new(ExitCode::NotFound, "no_node", message)
            .hint("rustchain node init --network dev"));
    }
    let keys = AdminKeys::open(&path).map_err(BootError::from)?;
    Ok((keys, AuditLog::open(&path).map_err(BootError::from)?))
}

/// Whoever changes keys on the node's own machine is on record too.
fn record(audit: &AuditLog, action: &str, name: &KeyName, now: UnixSeconds) -> Result<(), Failure> {
    let entry =
        AuditEntry { at: now, key_name: "local", action, subject: name.as_str(), result: "OK" };
    let trouble =
        |error: node::audit::AuditError| Failure::new(ExitCode::Other, "audit", error.to_string());
    audit.append(&entry).map(|_record| ()).map_err(trouble)
}

fn create(args: &CreateArgs, session: &Session) -> Result<Answer, Failure> {
    let (keys, audit) = tables(&args.folder, session)?;
    let now = session.now().seconds();
    let expires_at = args.expires_in.map(|seconds| UnixSeconds(now.0.saturating_add(seconds)));
    record(&audit, "admin key create", &args.name, now)?;
    let made =
        keys.create(args.name.clone(), args.scopes, expires_at, now).map_err(BootError::from)?;
    if let Some(path) = &args.admin_key_file {
        private_file::create(path, made.secret.as_bytes())?;
    }
    Ok(Answer::of(&MadeKey {
        name: args.name.as_str().to_owned(),
        scopes: args.scopes.to_string(),
        admin_key: args.admin_key_file.is_none().then(|| made.secret.to_string()),
        admin_key_file: args.admin_key_file.clone(),
    }))
}

fn list(args: &ListArgs, session: &Session) -> Result<Answer, Failure> {
    let (keys, _audit) = tables(&args.folder, session)?;
    let now = session.now().seconds();
    let KeyListing { keys, damaged } = keys.list().map_err(BootError::from)?;
    let keys = keys.iter().map(|record| ListedKey::of(record, now)).collect();
    Ok(Answer::of(&Keys { keys, damaged }))
}

fn revoke(args: &RevokeArgs, session: &Session) -> Result<Answer, Failure> {
    let (keys, audit) = tables(&args.folder, session)?;
    let now = session.now().seconds();
    record(&audit, "admin key revoke", &args.name, now)?;
    if keys.revoke(&args.name, now).map_err(BootError::from)? {
        return Ok(Answer::of(&Revoked { name: args.name.as_str().to_owned() }));
    }
    let message = format!("there is no valid key called '{}'", args.name.as_str());
    Err(Failure::new(ExitCode::NotFound, "no_such_key", message).hint("rustchain admin key list"))
}
