//! A movement as one of its two accounts sees it, and the bytes in which histories are kept.

use protocol::encoding::{DecodeError, Reader};
use protocol::money::Amount;
use protocol::time::UnixMillis;
use protocol::transfer::TxId;

use super::{AccountNumber, Movement, MovementKind, MovementNumber};

/// An entry of an account's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// The movement's number.
    pub number: MovementNumber,
    /// The movement before this one that touched the account; 0 when there is none.
    pub previous: MovementNumber,
    /// Why money moved.
    pub kind: MovementKind,
    /// Whether the account was paid; else it paid.
    pub incoming: bool,
    /// The other account; `None` for the opening entry.
    pub other: Option<AccountNumber>,
    /// How much.
    pub amount: Amount,
    /// Memo of a transfer, reason of an admin transfer.
    pub note: String,
    /// The id of a transfer.
    pub tx_id: Option<TxId>,
    /// The epoch that a reward is for; else the epoch of the block.
    pub epoch: u64,
    /// The block.
    pub height: u64,
    /// The block's time.
    pub time: UnixMillis,
}

const INCOMING: u8 = 0x08;
const HAS_OTHER: u8 = 0x10;
const HAS_TX_ID: u8 = 0x20;
const HAS_NOTE: u8 = 0x40;
const KIND: u8 = 0x07;

impl Movement {
    /// The movement as this account sees it; `None` when it does not touch it.
    pub fn seen_by(&self, account: AccountNumber) -> Option<HistoryRow> {
        let previous = self.previous_of(account)?;
        let incoming = self.credit == account;
        Some(HistoryRow {
            number: self.number,
            previous,
            kind: self.kind,
            incoming,
            other: if incoming { self.debit } else { Some(self.credit) },
            amount: self.amount,
            note: self.note.clone(),
            tx_id: self.tx_id,
            epoch: self.epoch,
            height: self.height,
            time: self.time,
        })
    }
}

impl HistoryRow {
    /// Appends the row. Numbers take as many bytes as they need: half of what they would take in
    /// fixed fields.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut flags = self.kind.to_number();
        for (is_set, flag) in [
            (self.incoming, INCOMING),
            (self.other.is_some(), HAS_OTHER),
            (self.tx_id.is_some(), HAS_TX_ID),
            (!self.note.is_empty(), HAS_NOTE),
        ] {
            flags |= if is_set { flag } else { 0 };
        }
        out.push(flags);
        put_number(out, self.number);
        put_number(out, self.number.saturating_sub(self.previous));
        if let Some(other) = self.other {
            put_number(out, other.into());
        }
        put_number(out, self.amount.micro());
        put_number(out, self.epoch);
        put_number(out, self.height);
        put_number(out, self.time.0);
        if let Some(tx_id) = &self.tx_id {
            out.extend_from_slice(tx_id.as_bytes());
        }
        if !self.note.is_empty() {
            put_number(out, u64::try_from(self.note.len()).unwrap_or(u64::MAX));
            out.extend_from_slice(self.note.as_bytes());
        }
    }

    /// Reads a row back.
    ///
    /// # Errors
    /// The bytes are no row.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let bad = DecodeError::BadField;
        let flags = reader.u8()?;
        let kind = MovementKind::from_number(flags & KIND).ok_or_else(|| bad("kind"))?;
        let number = read_number(reader)?;
        let back = read_number(reader)?;
        let previous = number.checked_sub(back).ok_or_else(|| bad("previous"))?;
        let other = if flags & HAS_OTHER == 0 {
            None
        } else {
            Some(AccountNumber::try_from(read_number(reader)?).map_err(|_large| bad("other"))?)
        };
        let amount = Amount::from_micro(read_number(reader)?).map_err(|_large| bad("amount"))?;
        let epoch = read_number(reader)?;
        let height = read_number(reader)?;
        let time = UnixMillis(read_number(reader)?);
        let tx_id =
            if flags & HAS_TX_ID == 0 { None } else { Some(TxId::from_bytes(reader.array()?)) };
        let note = if flags & HAS_NOTE == 0 {
            String::new()
        } else {
            let length = usize::try_from(read_number(reader)?).map_err(|_large| bad("note"))?;
            let text =
                std::str::from_utf8(reader.take(length)?).map_err(|_not_utf8| bad("note"))?;
            text.to_owned()
        };
        let incoming = flags & INCOMING != 0;
        Ok(Self {
            number,
            previous,
            kind,
            incoming,
            other,
            amount,
            note,
            tx_id,
            epoch,
            height,
            time,
        })
    }

    /// The number of a written row, which stands at its beginning.
    ///
    /// # Errors
    /// The bytes are no row.
    pub fn number_of(bytes: &[u8]) -> Result<MovementNumber, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.u8()?;
        read_number(&mut reader)
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow (LEB128).
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let bits = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            out.push(bits);
            return;
        }
        out.push(bits | 0x80);
    }
}

fn read_number(reader: &mut Reader<'_>) -> Result<u64, DecodeError> {
    let mut number = 0_u64;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = reader.u8()?;
        let bits = u64::from(byte & 0x7f);
        let shifted = bits << shift;
        if shifted >> shift != bits {
            return Err(DecodeError::BadField("number"));
        }
        number |= shifted;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(DecodeError::BadField("number"))
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn rows()(
            number in any::<u64>(),
            back in any::<u64>(),
            kind in 0_u8..6,
            incoming in any::<bool>(),
            other in option::of(any::<u32>()),
            amount in 0..=i64::MAX.unsigned_abs(),
            note in ".{0,40}",
            tx_id in option::of(any::<[u8; 16]>()),
            (epoch, height, time) in any::<(u64, u64, u64)>(),
        ) -> HistoryRow {
            HistoryRow {
                number,
                previous: number.saturating_sub(back),
                kind: MovementKind::from_number(kind).unwrap(),
                incoming,
                other,
                amount: Amount::from_micro(amount).unwrap(),
                note,
                tx_id: tx_id.map(TxId::from_bytes),
                epoch,
                height,
                time: UnixMillis(time),
            }
        }
    }

    proptest! {
        #[test]
        fn rows_are_read_as_they_were_written(row in rows()) {
            let mut bytes = Vec::new();
            row.write(&mut bytes);
            prop_assert_eq!(HistoryRow::number_of(&bytes), Ok(row.number));
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(HistoryRow::read(&mut reader), Ok(row));
            prop_assert!(reader.is_empty());
            for length in 0..bytes.len() {
                prop_assert!(HistoryRow::read(&mut Reader::new(&bytes[..length])).is_err(), "{}", length);
            }
        }

        #[test]
        fn anything_else_is_refused_without_a_panic(bytes: Vec<u8>) {
            drop(HistoryRow::read(&mut Reader::new(&bytes)));
        }
    }

    #[test]
    fn both_sides_see_the_same_movement() {
        let movement = Movement {
            number: 900,
            kind: MovementKind::Transfer,
            debit: Some(3),
            credit: 4,
            amount: Amount::from_micro(5).unwrap(),
            previous_of_debit: 899,
            previous_of_credit: 0,
            nonce: 1,
            note: "for the G4".to_owned(),
            tx_id: Some(TxId::from_bytes([7; 16])),
            transfer_number: 1,
            command: 1,
            epoch: 7,
            height: 3,
            time: UnixMillis(1_795_332_791_000),
        };
        let paid = movement.seen_by(3).unwrap();
        let got = movement.seen_by(4).unwrap();
        assert_eq!((paid.incoming, paid.other, paid.previous), (false, Some(4), 899));
        assert_eq!((got.incoming, got.other, got.previous), (true, Some(3), 0));
        assert_eq!(movement.seen_by(5), None);
    }
}
