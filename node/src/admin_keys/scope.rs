//! What an admin key may do.

use std::fmt;
use std::str::FromStr;

/// One kind of privileged operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything, also what later versions add.
    All,
    /// Look at what is not public: balances, ledgers, the audit log. Changes nothing.
    Read,
    /// Pay out of the founders' wallets.
    Transfer,
    /// Trigger a settlement that is due.
    Settle,
    /// Register and revoke the header keys of miners.
    HeaderKey,
    /// Pin, unpin and freeze the attestation keys of miners.
    AttestKey,
    /// Release hardware bindings and bind keys to plain names.
    Binding,
    /// Place and resolve review holds on wallets.
    ReviewHold,
    /// Maintain the list of denied network card vendors.
    OuiDeny,
    /// Withdrawals: registrations and histories.
    Withdraw,
    /// Rotate governance signers.
    Governance,
}

impl Scope {
    /// Every scope, in the order in which lists name them.
    pub const ALL: [Self; 11] = [
        Self::All,
        Self::Read,
        Self::Transfer,
        Self::Settle,
        Self::HeaderKey,
        Self::AttestKey,
        Self::Binding,
        Self::ReviewHold,
        Self::OuiDeny,
        Self::Withdraw,
        Self::Governance,
    ];

    /// The name on the command line and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Read => "read",
            Self::Transfer => "transfer",
            Self::Settle => "settle",
            Self::HeaderKey => "headerkey",
            Self::AttestKey => "attestkey",
            Self::Binding => "binding",
            Self::ReviewHold => "reviewhold",
            Self::OuiDeny => "ouideny",
            Self::Withdraw => "withdraw",
            Self::Governance => "governance",
        }
    }

    const fn bit(self) -> u16 {
        match self {
            Self::All => 1,
            Self::Read => 1 << 1,
            Self::Transfer => 1 << 2,
            Self::Settle => 1 << 3,
            Self::HeaderKey => 1 << 4,
            Self::AttestKey => 1 << 5,
            Self::Binding => 1 << 6,
            Self::ReviewHold => 1 << 7,
            Self::OuiDeny => 1 << 8,
            Self::Withdraw => 1 << 9,
            Self::Governance => 1 << 10,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no [`Scope`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown scope (known: all, read, transfer, settle, headerkey, attestkey, binding, reviewhold, \
     ouideny, withdraw, governance)"
)]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.name() == text).ok_or(UnknownScope)
    }
}

/// A set of scopes. As text: their names with commas between them, as in `read,transfer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Scopes(u16);

impl Scopes {
    /// Whether a key with these scopes may do what `scope` stands for.
    pub const fn allow(self, scope: Scope) -> bool {
        self.0 & (Scope::All.bit() | scope.bit()) != 0
    }

    /// Whether there is no scope in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl FromStr for Scopes {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        text.split(',').map(|name| name.trim().parse::<Scope>()).collect()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for scope in Scope::ALL.into_iter().filter(|scope| self.0 & scope.bit() != 0) {
            write!(f, "{separator}{scope}")?;
            separator = ",";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_allows_itself_and_all_allows_everything() {
        for held in Scope::ALL {
            let scopes: Scopes = [held].into_iter().collect();
            for wanted in Scope::ALL {
                assert_eq!(scopes.allow(wanted), held == wanted || held == Scope::All);
            }
        }
        assert!(Scope::ALL.into_iter().all(|scope| !Scopes::default().allow(scope)));
    }

    #[test]
    fn text_goes_both_ways() {
        for scope in Scope::ALL {
            assert_eq!(scope.name().parse(), Ok(scope));
            assert!(UnknownScope.to_string().contains(scope.name()), "{scope} is not in the hint");
        }
        let scopes: Scopes = "transfer, read".parse().unwrap();
        assert_eq!(scopes.to_string(), "read,transfer");
        assert_eq!(scopes.to_string().parse(), Ok(scopes));
        for text in ["", "read,", "Read", "root", "read;transfer"] {
            assert_eq!(text.parse::<Scopes>(), Err(UnknownScope), "{text:?}");
        }
    }
}
