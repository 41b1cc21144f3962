//! The law: pure functions of values. Nothing here reads the books, a clock or a file.
//!
//! | module | what |
//! |---|---|
//! | [`transfer`] | when a transfer is carried out |
//! | [`settlement`] | how a pot is split |
//! | [`verdict`] | what an attestation is worth |
//! | [`evidence`], [`virtualization`] | what its checks prove, and what speaks for a virtual machine |
//! | [`device_class`], [`isa`], [`x86_tier`] | which class of machine the evidence supports |
//! | [`antiquity`] | what a class weighs |
//! | [`decimal`] | measurements without floating point |

pub mod antiquity;
pub mod decimal;
pub mod device_class;
pub mod evidence;
pub mod isa;
pub mod settlement;
pub mod transfer;
pub mod verdict;
pub mod virtualization;
pub mod x86_tier;
