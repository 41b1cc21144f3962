//! The command line of RustChain: where the rooms of the house meet.
//!
//! | module | what |
//! |---|---|
//! | [`args`] | the whole command line, top down |
//! | [`run`] | from arguments to an exit code |
//! | [`commands`] | one file per command: what it takes and what it does |
//! | [`session`] | what commands share: settings, wallets, the node, the clock |
//! | [`config`], [`environment`], [`places`] | settings, and where things lie |
//! | [`output`], [`visible`], [`money`] | how results are printed, and what cannot be printed |
//! | [`failure`], [`exit_code`] | what went wrong, and how the program ends |
//! | [`prompt`], [`secret_input`], [`secret_screen`] | questions, and how secrets come in and are shown |
//! | [`argument_guard`], [`hardening`] | how secrets stay in |
//! | [`network`], [`trust`] | the network that a node is on, and the validators that are known |
//! | [`pending`], [`submission`] | transfers under way, and how their fate is settled |
//! | [`private_file`], [`temporary_folder`], [`utc`] | files for the owner alone, and dates |
//! | [`logging`] | the log of a node |
//!
//! What always holds:
//! - stdout carries the result alone; everything else goes to stderr.
//! - A secret is never taken from an argument or from the environment, and never printed except
//!   where the owner asked for exactly that.
//! - Nothing that comes from a node reaches the terminal unescaped.
//! - A transfer is written to the disk before it is sent, so that it can be sent again, the very
//!   same bytes, whatever happens in between.

pub mod args;
pub mod argument_guard;
pub mod commands;
pub mod config;
pub mod environment;
pub mod exit_code;
pub mod failure;
pub mod hardening;
pub mod logging;
pub mod money;
pub mod network;
pub mod output;
pub mod pending;
pub mod places;
pub mod private_file;
pub mod prompt;
pub mod run;
pub mod secret_input;
pub mod secret_screen;
pub mod session;
pub mod submission;
pub mod temporary_folder;
pub mod trust;
pub mod utc;
pub mod visible;

pub use run::main;
