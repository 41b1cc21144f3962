//! Proof, in the type system, that a signature was checked.

use std::ops::Deref;

/// A value whose signature has been verified.
///
/// Only verifying makes one (the `verify` methods of this crate), so an unchecked signature cannot
/// reach the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// For the `verify` methods of this crate.
    pub(crate) const fn by_signature(value: T) -> Self {
        Self(value)
    }

    /// Takes a value from our own log, whose chained hash has been checked, without verifying again.
    ///
    /// Only for replaying what this node itself verified before it wrote it.
    pub const fn trusted_from_own_log(value: T) -> Self {
        Self(value)
    }

    /// The value, no longer marked.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
