//! The accepted ways of writing the same six values down before signing them (wire section 3.6).
//!
//! Every form is compact JSON with sorted keys. They differ in how the amount is written, whether
//! the nonce is quoted, how the memo is escaped or whether it is left out, and in whether fee and
//! chain id take part. Which form verified is kept, so that the signed bytes can be written again.

use super::{ChainId, Transfer};
use crate::canonical_json::{Escaping, is_written_alike, write_string};
use crate::encoding::DecodeError;

/// How the amount is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountText {
    /// CPython's `repr(float)`: `1.0`, `1e-05`.
    Python,
    /// JavaScript's shortest number, or a plain integer: `1`, `0.00001`.
    Shortest,
    /// Rust's float without exponent: `1.0`, `0.00001`.
    Fraction,
}

/// How the fee, which is always zero, is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeeText {
    /// Not at all.
    Absent,
    /// As `0.0`.
    Float,
    /// As `0`.
    Integer,
}

/// How the memo is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoText {
    /// Escaped to ASCII.
    Ascii,
    /// Characters outside ASCII stand for themselves.
    Utf8,
    /// An empty memo has no key.
    Omitted,
}

/// One way of writing a transfer down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferForm {
    /// How the amount is written.
    pub amount: AmountText,
    /// How the fee is written.
    pub fee: FeeText,
    /// How the memo is written.
    pub memo: MemoText,
    /// Whether the nonce is a JSON string.
    pub nonce_quoted: bool,
    /// Whether the chain id takes part.
    pub chain_id: bool,
}

impl TransferForm {
    /// The form that our wallets sign: CPython's, with fee and chain id.
    pub const OURS: Self = Self {
        amount: AmountText::Python,
        fee: FeeText::Float,
        memo: MemoText::Ascii,
        nonce_quoted: true,
        chain_id: true,
    };

    /// The signed bytes of a transfer in this form.
    pub fn message(self, transfer: &Transfer, chain_id: &ChainId) -> Vec<u8> {
        let mut out = String::with_capacity(256);
        out.push_str("{\"amount\":");
        out.push_str(&self.amount_text(transfer));
        if self.chain_id {
            out.push_str(",\"chain_id\":\"");
            out.push_str(chain_id.as_str());
            out.push('"');
        }
        match self.fee {
            FeeText::Absent => {}
            FeeText::Float => out.push_str(",\"fee\":0.0"),
            FeeText::Integer => out.push_str(",\"fee\":0"),
        }
        self.write_rest(&mut out, transfer);
        out.into_bytes()
    }

    /// From `from` on, which all forms share but for memo and nonce.
    pub(super) fn write_rest(self, out: &mut String, transfer: &Transfer) {
        out.push_str(",\"from\":\"");
        out.push_str(transfer.from.as_str());
        out.push('"');
        match self.memo {
            MemoText::Omitted => {}
            MemoText::Ascii | MemoText::Utf8 => {
                let utf8 = self.memo == MemoText::Utf8;
                out.push_str(",\"memo\":");
                let escaping = if utf8 { Escaping::Utf8 } else { Escaping::Ascii };
                write_string(out, &transfer.memo, escaping);
            }
        }
        let quote = if self.nonce_quoted { "\"" } else { "" };
        out.push_str(",\"nonce\":");
        out.push_str(quote);
        out.push_str(itoa::Buffer::new().format(transfer.nonce));
        out.push_str(quote);
        out.push_str(",\"to\":\"");
        out.push_str(transfer.to.as_str());
        out.push_str("\"}");
    }

    pub(super) fn amount_text(self, transfer: &Transfer) -> String {
        match self.amount {
            AmountText::Python => transfer.amount.python_text(),
            AmountText::Shortest => transfer.amount.shortest_text(),
            AmountText::Fraction => transfer.amount.fraction_text(),
        }
    }

    /// The one name of all forms that write this transfer in the same bytes.
    #[must_use]
    pub fn normalised(self, transfer: &Transfer) -> Self {
        let text = || self.amount_text(transfer);
        let amount = match self.amount {
            AmountText::Python => AmountText::Python,
            _ if text() == transfer.amount.python_text() => AmountText::Python,
            _ if text() == transfer.amount.shortest_text() => AmountText::Shortest,
            _ => AmountText::Fraction,
        };
        let memo = match self.memo {
            MemoText::Utf8 if is_written_alike(&transfer.memo) => MemoText::Ascii,
            memo => memo,
        };
        Self { amount, memo, ..self }
    }

    /// The form in one byte: amount 2 bits, fee 2, memo 2, nonce 1, chain id 1.
    pub const fn to_byte(self) -> u8 {
        let amount = match self.amount {
            AmountText::Python => 0,
            AmountText::Shortest => 1,
            AmountText::Fraction => 2,
        };
        let fee = match self.fee {
            FeeText::Absent => 0,
            FeeText::Float => 0b0100,
            FeeText::Integer => 0b1000,
        };
        let memo = match self.memo {
            MemoText::Ascii => 0,
            MemoText::Utf8 => 0b01_0000,
            MemoText::Omitted => 0b10_0000,
        };
        let nonce = if self.nonce_quoted { 0b0100_0000 } else { 0 };
        let chain = if self.chain_id { 0b1000_0000 } else { 0 };
        amount | fee | memo | nonce | chain
    }

    /// Reads [`TransferForm::to_byte`] back.
    pub const fn from_byte(byte: u8) -> Result<Self, DecodeError> {
        let bad = Err(DecodeError::BadField("form"));
        let amount = match byte & 0b11 {
            0 => AmountText::Python,
            1 => AmountText::Shortest,
            2 => AmountText::Fraction,
            _ => return bad,
        };
        let fee = match byte & 0b1100 {
            0 => FeeText::Absent,
            0b0100 => FeeText::Float,
            0b1000 => FeeText::Integer,
            _ => return bad,
        };
        let memo = match byte & 0b11_0000 {
            0 => MemoText::Ascii,
            0b01_0000 => MemoText::Utf8,
            0b10_0000 => MemoText::Omitted,
            _ => return bad,
        };
        let nonce_quoted = byte & 0b0100_0000 != 0;
        let chain_id = byte & 0b1000_0000 != 0;
        Ok(Self { amount, fee, memo, nonce_quoted, chain_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Amount;
    use crate::wallet_id::WalletId;

    fn transfer(micro: u64, memo: &str) -> Transfer {
        Transfer {
            from: WalletId::parse("RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4").unwrap(),
            to: WalletId::parse("RTC9d4a423b1f9080df2b3e726b4225cf8fb45c813c").unwrap(),
            amount: Amount::from_micro(micro).unwrap(),
            nonce: 1002,
            memo: memo.to_owned(),
        }
    }

    #[test]
    fn writes_the_bytes_of_the_existing_network() {
        let chain_id: ChainId = "rustchain-mainnet-v2".parse().unwrap();
        let form = TransferForm { fee: FeeText::Absent, ..TransferForm::OURS };
        assert_eq!(
            String::from_utf8(form.message(&transfer(1_000_000, "hé 😀"), &chain_id)).unwrap(),
            "{\"amount\":1.0,\"chain_id\":\"rustchain-mainnet-v2\",\
             \"from\":\"RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4\",\
             \"memo\":\"h\\u00e9 \\ud83d\\ude00\",\"nonce\":\"1002\",\
             \"to\":\"RTC9d4a423b1f9080df2b3e726b4225cf8fb45c813c\"}"
        );
    }

    #[test]
    fn every_form_survives_its_byte() {
        let mut forms = 0;
        for byte in 0..=u8::MAX {
            if let Ok(form) = TransferForm::from_byte(byte) {
                assert_eq!(form.to_byte(), byte);
                forms += 1;
            }
        }
        assert_eq!(forms, 3 * 3 * 3 * 2 * 2);
    }

    #[test]
    fn forms_with_equal_bytes_have_one_name() {
        let chain_id: ChainId = "dev".parse().unwrap();
        for (micro, memo) in [(1, ""), (10, "é"), (1_000_000, "a"), (1_500_000, ""), (7, "\u{7f}")]
        {
            let transfer = transfer(micro, memo);
            for byte in 0..=u8::MAX {
                let Ok(form) = TransferForm::from_byte(byte) else { continue };
                let normalised = form.normalised(&transfer);
                assert_eq!(
                    form.message(&transfer, &chain_id),
                    normalised.message(&transfer, &chain_id)
                );
                assert_eq!(normalised.normalised(&transfer), normalised);
            }
        }
    }
}
