//! The handlers, one subject each: decode, ask, encode.

pub mod admin_transfer;
pub mod attest;
pub mod chain;
pub mod enroll;
pub mod headers;
pub mod health;
pub mod lottery;
pub mod miners;
pub mod network;
pub mod owner;
pub mod pending;
pub mod rewards;
pub mod transactions;
pub mod transfer;
pub mod wallet;
