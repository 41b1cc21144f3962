//! The language of a RustChain network: everything that two parties must agree on.
//!
//! A thing belongs here when two honest implementations would disagree on the wire, in a signature
//! or in a balance if it differed. Nothing here does I/O, reads a clock or draws random numbers.
//!
//! | module | what |
//! |---|---|
//! | [`money`], [`multiplier`], [`wallet_id`] | amounts, weights and names |
//! | [`time`], [`epoch`] | points in time, slots, epochs |
//! | [`json`], [`canonical_json`], [`hex`] | the bytes that clients sign, and how bytes are written |
//! | [`keys`], [`verified`] | keys, signatures, proof that one was checked |
//! | [`transfer`], [`owner_request`], [`admin`] | what moves money, or says whose it is |
//! | [`challenge`], [`attestation`], [`fingerprint`], [`machine_id`] | what miners attest |
//! | [`enrolment`], [`slot_header`] | what miners sign beside |
//! | [`encoding`], [`block`], [`account`], [`merkle`] | the bytes that only nodes read, and proofs |
//! | [`api`] | every path and answer of the HTTP API |
#![warn(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::expect_used,
    clippy::panic
)]
pub mod account;
pub mod admin;
pub mod api;
pub mod attestation;
pub mod block;
pub mod canonical_json;
pub mod challenge;
pub mod encoding;
pub mod enrolment;
pub mod epoch;
pub mod fingerprint;
pub mod hex;
pub mod json;
pub mod keys;
pub mod machine_id;
pub mod merkle;
pub mod money;
pub mod multiplier;
pub mod owner_request;
pub mod slot_header;
pub mod time;
pub mod transfer;
pub mod verified;
pub mod wallet_id;
