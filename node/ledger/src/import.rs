//! Imports: the balances and last nonces that books start from.
//!
//! A file is JSON (`[{"wallet": "...", "amount_i64": 1, "last_nonce": 2}, ...]`, or an object with
//! that list under `balances`, or under `accounts`) or CSV with the header
//! `wallet,amount_i64,last_nonce`. Whatever the file looked like, block 0 holds its canonical form.

use std::collections::BTreeMap;

use protocol::encoding::{Hash, Reader, put_bytes, tagged_hash};
use protocol::json::{Json, JsonError};
use protocol::money::Amount;
use protocol::wallet_id::WalletId;

use crate::genesis::{RESERVE, SUPPLY};

/// Highest last nonce that can be imported; above it a wallet would be near the end of its nonces.
pub const MAX_IMPORTED_NONCE: u64 = 1 << 62;

/// What a wallet starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// What it holds.
    pub balance: Amount,
    /// The last nonce that it used on the books it comes from.
    pub last_nonce: u64,
}

/// What all wallets start with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Openings(pub BTreeMap<WalletId, Opening>);

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(#[from] JsonError),
    /// It is neither a list of balances nor CSV with the right header.
    #[error(
        "neither JSON with a list of balances nor CSV with the header wallet,amount_i64,last_nonce"
    )]
    Shape,
    /// Lines are wrong; every one is listed, up to a hundred.
    #[error("{} lines are wrong:\n{}", .0.len(), .0.join("\n"))]
    Lines(Vec<String>),
    /// The balances sum to more than there is.
    #[error("the balances sum to more than the supply of {} RTC", SUPPLY)]
    TooMuch,
}

/// Most wrong lines that are listed.
const MAX_LISTED: usize = 100;

/// One line before it is checked.
struct Line {
    place: String,
    wallet: String,
    amount: String,
    last_nonce: String,
}

impl Openings {
    /// Reads a file.
    pub fn parse(text: &[u8]) -> Result<Self, ImportError> {
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        let lines = match first {
            Some(b'[' | b'{') => json_lines(text)?,
            _ => csv_lines(text)?,
        };
        Self::check(lines)
    }

    fn check(lines: Vec<Line>) -> Result<Self, ImportError> {
        let mut openings = BTreeMap::new();
        let mut wrong = Vec::new();
        let mut sum = Amount::ZERO;
        for line in lines {
            let place = line.place.clone();
            match line.check() {
                Ok((wallet, _)) if openings.contains_key(&wallet) => {
                    wrong.push(format!("{place}: {wallet} stands twice"));
                }
                Ok((wallet, opening)) => {
                    sum = sum.plus(opening.balance).map_err(|_too_large| ImportError::TooMuch)?;
                    openings.insert(wallet, opening);
                }
                Err(problem) => wrong.push(format!("{place}: {problem}")),
            }
        }
        wrong.truncate(MAX_LISTED);
        if !wrong.is_empty() {
            return Err(ImportError::Lines(wrong));
        }
        if sum > SUPPLY { Err(ImportError::TooMuch) } else { Ok(Self(openings)) }
    }

    /// What all of it sums to.
    pub fn sum(&self) -> Amount {
        self.0
            .values()
            .fold(Amount::ZERO, |sum, opening| sum.plus(opening.balance).unwrap_or(Amount::MAX))
    }

    /// The canonical form: wallets in order, each with balance and last nonce.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (wallet, opening) in &self.0 {
            put_bytes(&mut out, wallet.as_str().as_bytes());
            out.extend_from_slice(&opening.balance.micro().to_be_bytes());
            out.extend_from_slice(&opening.last_nonce.to_be_bytes());
        }
        out
    }

    /// Reads [`Openings::to_bytes`] back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImportError> {
        let mut reader = Reader::new(bytes);
        let mut openings = BTreeMap::new();
        while !reader.is_empty() {
            let (wallet, opening) = read_opening(&mut reader).ok_or(ImportError::Shape)?;
            openings.insert(wallet, opening);
        }
        Ok(Self(openings))
    }

    /// The hash that block 0 binds.
    pub fn hash(&self) -> Hash {
        tagged_hash("rc/openings/1", &self.to_bytes())
    }
}

fn read_opening(reader: &mut Reader<'_>) -> Option<(WalletId, Opening)> {
    let wallet = WalletId::parse(reader.str("wallet").ok()?).ok()?;
    let balance = Amount::from_micro(reader.u64().ok()?).ok()?;
    Some((wallet, Opening { balance, last_nonce: reader.u64().ok()? }))
}

impl Line {
    fn check(self) -> Result<(WalletId, Opening), String> {
        let wallet =
            WalletId::parse(&self.wallet).map_err(|error| format!("'{}': {error}", self.wallet))?;
        if wallet.as_str() == RESERVE {
            return Err("the reserve is what is left and cannot be imported".to_owned());
        }
        let balance = self
            .amount
            .parse::<u64>()
            .ok()
            .and_then(|micro| Amount::from_micro(micro).ok())
            .ok_or_else(|| format!("'{}' is no amount in micro-RTC", self.amount))?;
        let last_nonce = self
            .last_nonce
            .parse::<u64>()
            .ok()
            .filter(|nonce| *nonce <= MAX_IMPORTED_NONCE)
            .ok_or_else(|| format!("'{}' is no nonce up to 2^62", self.last_nonce))?;
        Ok((wallet, Opening { balance, last_nonce }))
    }
}

fn json_lines(text: &[u8]) -> Result<Vec<Line>, ImportError> {
    let json = Json::parse(text)?;
    let list = json
        .as_array()
        .or_else(|| json.get("balances").and_then(Json::as_array))
        .or_else(|| json.get("accounts").and_then(Json::as_array))
        .ok_or(ImportError::Shape)?;
    let text_of = |item: &Json<'_>, names: &[&str]| {
        let value = names.iter().find_map(|name| item.get(name))?;
        value.as_number().or_else(|| value.as_str()).map(str::to_owned)
    };
    let line = |(index, item): (usize, &Json<'_>)| Line {
        place: format!("entry {}", index.saturating_add(1)),
        wallet: text_of(item, &["wallet", "miner_id", "address"]).unwrap_or_default(),
        amount: text_of(item, &["amount_i64", "balance"]).unwrap_or_default(),
        last_nonce: text_of(item, &["last_nonce", "nonce"]).unwrap_or_else(|| "0".to_owned()),
    };
    Ok(list.iter().enumerate().map(line).collect())
}

fn csv_lines(text: &[u8]) -> Result<Vec<Line>, ImportError> {
    let text = std::str::from_utf8(text).map_err(|_not_utf8| ImportError::Shape)?;
    let mut rows = text.lines().map(str::trim_end).enumerate();
    let header = rows.next().map(|(_, row)| row).ok_or(ImportError::Shape)?;
    if header != "wallet,amount_i64,last_nonce" && header != "wallet,amount_i64" {
        return Err(ImportError::Shape);
    }
    let line = |(index, row): (usize, &str)| {
        let mut cells = row.split(',');
        let mut cell = || cells.next().unwrap_or_default().to_owned();
        let (wallet, amount, last_nonce) = (cell(), cell(), cell());
        let last_nonce = if last_nonce.is_empty() { "0".to_owned() } else { last_nonce };
        let surplus = cells.next().is_some();
        Line {
            place: format!("line {}", index.saturating_add(1)),
            wallet,
            amount: if surplus { "too many columns".to_owned() } else { amount },
            last_nonce,
        }
    };
    Ok(rows.filter(|(_, row)| !row.is_empty()).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_csv_give_the_same_books() {
        let json = br#"{"balances":[{"wallet":"b","amount_i64":2,"last_nonce":"9"},
            {"miner_id":"a","amount_i64":1}]}"#;
        let csv = b"wallet,amount_i64,last_nonce\na,1,\nb,2,9\n";
        let from_json = Openings::parse(json).unwrap();
        assert_eq!(from_json, Openings::parse(csv).unwrap());
        assert_eq!(from_json.sum().micro(), 3);
        assert_eq!(from_json.hash(), Openings::parse(csv).unwrap().hash());
    }

    #[test]
    fn wrong_lines_are_listed() {
        let csv = "wallet,amount_i64,last_nonce\na b,1,0\na,-1,0\nreserve,1,0\nok,1,0\nok,1,0\n\
            n,1,4611686018427387905\nx,1,2,3\n";
        let Err(ImportError::Lines(lines)) = Openings::parse(csv.as_bytes()) else {
            panic!("accepted")
        };
        assert_eq!(lines.len(), 6, "{lines:?}");
        assert!(lines[0].starts_with("line 2"));
    }

    #[test]
    fn more_than_the_supply_is_refused() {
        let csv = "wallet,amount_i64\na,8388608000000\nb,1\n";
        assert!(matches!(Openings::parse(csv.as_bytes()), Err(ImportError::TooMuch)));
        assert!(matches!(Openings::parse(b"hello"), Err(ImportError::Shape)));
    }
}
