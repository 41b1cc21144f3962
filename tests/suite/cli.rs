//! What people and scripts see of the command line.

mod at_the_terminal;
mod config;
mod envelope;
mod generated;
mod mistakes;
mod reading;
mod sending;
mod wallets;
