//! The body of `POST /wallet/transfer/signed`, checked as far as one can without the books.

mod members;

use std::borrow::Cow;

use self::members::{
    Members, read_address, read_amount, read_chain_id, read_fee, read_memo, read_nonce,
    read_public_key, read_signature,
};
use super::form::{AmountText, FeeText, MemoText, TransferForm};
use super::{ChainId, MAX_MEMO_BYTES, SignedTransfer, Transfer, TxId};
use crate::canonical_json::is_written_alike;
use crate::json::{Json, JsonError};
use crate::keys::{KeyError, PublicKey, Signature, VerifyingKey};
use crate::money::Amount;
use crate::verified::Verified;

/// Forms that are tried at most before a signature is called wrong.
const MAX_FORMS_TRIED: usize = 4;

/// Why a body is not a transfer. [`TransferProblem::error`] gives the texts of the existing network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferProblem {
    /// The body is not a JSON object that we read.
    #[error("the body is not a JSON object: {0}")]
    InvalidJson(String),
    /// Required members are missing, null or empty.
    #[error("required fields are missing: {}", .0.join(", "))]
    MissingFields(Vec<&'static str>),
    /// The amount is not a number.
    #[error("amount_rtc has to be a decimal number")]
    AmountNotNumber,
    /// The amount is NaN or infinite.
    #[error("amount_rtc has to be finite")]
    AmountNotFinite,
    /// The amount is zero or below.
    #[error("amount_rtc has to be above zero")]
    AmountNotPositive,
    /// The amount is below one micro-RTC.
    #[error("amount_rtc is below 0.000001, the smallest amount")]
    AmountTooSmall,
    /// The amount has more than six decimals.
    #[error("amount_rtc has more than six decimals; amounts are never rounded")]
    AmountTooPrecise,
    /// The amount exceeds 64 bits.
    #[error("amount_rtc is too large")]
    AmountTooLarge,
    /// The fee is below zero.
    #[error("fee_rtc must not be negative")]
    FeeNegative,
    /// The fee is not a number.
    #[error("fee_rtc has to be a decimal number")]
    FeeNotNumber,
    /// The sender is not an address.
    #[error("from_address has to be RTC and 40 lower-case hexadecimal digits")]
    BadFromAddress,
    /// The payee is not an address.
    #[error("to_address has to be RTC and 40 lower-case hexadecimal digits")]
    BadToAddress,
    /// Sender and payee are the same.
    #[error("from_address and to_address have to differ")]
    SameAddress,
    /// The nonce is not an integer.
    #[error("nonce has to be an integer, or a string of decimal digits")]
    NonceNotInteger,
    /// The nonce is zero or below.
    #[error("nonce has to be above zero")]
    NonceNotPositive,
    /// The nonce exceeds 63 bits.
    #[error("nonce is too large")]
    NonceTooLarge,
    /// The chain id is outside of its grammar.
    #[error("chain_id has to be 1 to 64 letters, digits, '.', '_' or '-'")]
    BadChainId,
    /// The memo is not a string.
    #[error("memo has to be a string")]
    MemoNotString,
    /// The memo is longer than allowed.
    #[error("memo is longer than {MAX_MEMO_BYTES} bytes")]
    MemoTooLong,
    /// The signature is not a string.
    #[error("field 'signature' must be a string")]
    SignatureNotString,
    /// The signature is not 128 hexadecimal digits.
    #[error("signature has to be 128 hexadecimal digits")]
    MalformedSignature,
    /// The public key is not a string.
    #[error("field 'public_key' must be a string")]
    PublicKeyNotString,
    /// The public key is not 64 hexadecimal digits, or no usable key.
    #[error("public key is not valid hexadecimal, or not a usable Ed25519 key")]
    BadPublicKey,
    /// The transfer was signed for another network.
    #[error("chain_id does not match active network")]
    WrongChain {
        /// The network it was signed for.
        got: ChainId,
    },
    /// The key does not belong to the sender.
    #[error("public key does not match from_address")]
    KeyMismatch,
    /// No accepted form of the transfer has this signature.
    #[error("the signature belongs to none of the accepted forms of this transfer")]
    InvalidSignature,
    /// The fee is not zero.
    #[error("nonzero fees are not supported; send fee_rtc 0 or leave it out")]
    FeeNotZero(Amount),
    /// The fee is not zero, and the signature does not even cover it.
    #[error("legacy signature format cannot authorize a nonzero fee")]
    FeeNotSigned,
}

impl TransferProblem {
    /// The value of `error` in the answer, as the existing network spells it (wire section 3.5).
    pub const fn error(&self) -> &'static str {
        match self {
            Self::InvalidJson(_) => "invalid_json_body",
            Self::MissingFields(_) => "missing_required_fields",
            Self::AmountNotNumber => "amount_not_number",
            Self::AmountNotFinite => "amount_not_finite",
            Self::AmountNotPositive => "amount_must_be_positive",
            Self::AmountTooSmall => "amount_too_small_after_quantization",
            Self::AmountTooPrecise => "amount_too_precise",
            Self::AmountTooLarge => "amount_exceeds_i64",
            Self::FeeNegative => "fee_must_be_non_negative",
            Self::FeeNotNumber => "fee_not_number",
            Self::BadFromAddress => "invalid_from_address_format",
            Self::BadToAddress => "invalid_to_address_format",
            Self::SameAddress => "from_to_must_differ",
            Self::NonceNotInteger => "nonce_not_int",
            Self::NonceNotPositive => "nonce_must_be_gt_zero",
            Self::NonceTooLarge => "nonce_too_large",
            Self::BadChainId => "invalid_chain_id_format",
            Self::MemoNotString => "memo_not_string",
            Self::MemoTooLong => "memo_too_long",
            Self::SignatureNotString => "INVALID_SIGNATURE_TYPE",
            Self::MalformedSignature => "invalid_signature_format",
            Self::PublicKeyNotString => "INVALID_PUBLIC_KEY_TYPE",
            Self::BadPublicKey => "invalid_public_key",
            Self::WrongChain { .. } => "chain_id does not match active network",
            Self::KeyMismatch => "Public key does not match from_address",
            Self::InvalidSignature => "Invalid signature",
            Self::FeeNotZero(_) => {
                "Nonzero signed transfer fees are not supported until fee settlement is implemented"
            }
            Self::FeeNotSigned => "Legacy signature format cannot authorize nonzero fee",
        }
    }

    /// The stable code of the answer.
    pub fn code(&self) -> Cow<'static, str> {
        match self {
            Self::WrongChain { .. } => "CHAIN_ID_MISMATCH".into(),
            Self::KeyMismatch => "PUBKEY_ADDRESS_MISMATCH".into(),
            Self::InvalidSignature => "INVALID_SIGNATURE".into(),
            Self::FeeNotZero(_) => "SIGNED_TRANSFER_FEE_UNSETTLED".into(),
            Self::FeeNotSigned => "LEGACY_SIGNATURE_FEE_UNBOUND".into(),
            other => other.error().to_ascii_uppercase().into(),
        }
    }

    /// The HTTP status of the answer: 401 when a signature does not hold, else 400.
    pub const fn status(&self) -> u16 {
        match self {
            Self::InvalidSignature | Self::FeeNotSigned => 401,
            _ => 400,
        }
    }
}

impl From<JsonError> for TransferProblem {
    fn from(error: JsonError) -> Self {
        Self::InvalidJson(error.to_string())
    }
}

/// How the tokens of the body were written; they tell which client wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tokens {
    amount: AmountToken,
    quoted_nonce: bool,
    memo: MemoToken,
    fee: FeeText,
    chain_id: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AmountToken {
    /// A number without fraction and exponent, which CPython never writes for a float.
    Integer,
    /// Any other number, or a string.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MemoToken {
    /// There is no `memo`.
    Absent,
    /// There is one, if only `null`.
    Present,
}

/// A body that has the shape of a transfer; its signature is not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRequest {
    transfer: Transfer,
    fee: Amount,
    chain_id: Option<ChainId>,
    key: PublicKey,
    signature: Signature,
    tokens: Tokens,
}

impl TransferRequest {
    /// Reads a body. Problems are reported in the order in which the existing network does.
    pub fn parse(body: &[u8]) -> Result<Self, TransferProblem> {
        let json = Json::parse(body)?;
        let members = Members::of(&json)?;
        members.check_required()?;
        let (amount, amount_token) = read_amount(members.amount_rtc)?;
        let (fee, fee_token) = read_fee(members.fee_rtc)?;
        let from = read_address(members.from_address).ok_or(TransferProblem::BadFromAddress)?;
        let to = read_address(members.to_address).ok_or(TransferProblem::BadToAddress)?;
        if from == to {
            return Err(TransferProblem::SameAddress);
        }
        let (nonce, quoted_nonce) = read_nonce(members.nonce)?;
        let chain_id = read_chain_id(members.chain_id)?;
        let (memo, memo_token) = read_memo(members.memo)?;
        let signature = read_signature(members.signature)?;
        let key = read_public_key(members.public_key)?;
        let tokens = Tokens {
            amount: amount_token,
            quoted_nonce,
            memo: memo_token,
            fee: fee_token,
            chain_id: chain_id.is_some(),
        };
        let transfer = Transfer { from, to, amount, nonce, memo };
        Ok(Self { transfer, fee, chain_id, key, signature, tokens })
    }

    /// What is to be transferred, if the signature holds.
    pub const fn transfer(&self) -> &Transfer {
        &self.transfer
    }

    /// Whether the body carries the nonce as a JSON string. The one client that does so refuses an
    /// answer with both `ok` and `success` (system section 5).
    pub const fn has_quoted_nonce(&self) -> bool {
        self.tokens.quoted_nonce
    }

    /// Checks what costs little before a signature is verified: network and key.
    pub fn precheck(self, chain_id: &ChainId) -> Result<CheckedRequest<'_>, TransferProblem> {
        match self.chain_id {
            Some(got) if got != *chain_id => Err(TransferProblem::WrongChain { got }),
            _ if self.transfer.from.key_hash() != Some(self.key.key_hash()) => {
                Err(TransferProblem::KeyMismatch)
            }
            _ => Ok(CheckedRequest { request: self, chain_id }),
        }
    }

    /// Checks everything, with the key decompressed here.
    pub fn verify_alone(
        self,
        chain_id: &ChainId,
    ) -> Result<Verified<SignedTransfer>, TransferProblem> {
        let checked = self.precheck(chain_id)?;
        let key = checked.key().decompress().map_err(TransferProblem::from)?;
        checked.verify(&key)
    }
}

/// A request for this network, signed with the sender's key if the signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRequest<'c> {
    request: TransferRequest,
    chain_id: &'c ChainId,
}

impl CheckedRequest<'_> {
    /// The sender's key.
    pub const fn key(&self) -> PublicKey {
        self.request.key
    }

    /// Believes the request, or says why not. `key` is the decompressed [`CheckedRequest::key`].
    pub fn verify(self, key: &VerifyingKey) -> Result<Verified<SignedTransfer>, TransferProblem> {
        if !self.request.fee.is_zero() {
            return Err(self.fee_problem(key));
        }
        let (form, tx_id) = self.signed_form(key).ok_or(TransferProblem::InvalidSignature)?;
        let TransferRequest { transfer, key, signature, .. } = self.request;
        let form = form.normalised(&transfer);
        Ok(Verified::by_signature(SignedTransfer { transfer, form, key, signature, tx_id }))
    }

    /// The form that was signed, and the id that it gives the transfer. Of the forms that the
    /// writer of such tokens may have signed, at most four with different bytes are tried.
    fn signed_form(&self, key: &VerifyingKey) -> Option<(TransferForm, TxId)> {
        let Self { request: TransferRequest { transfer, tokens, signature, .. }, chain_id } = self;
        let mut tried: Vec<Vec<u8>> = Vec::new();
        for form in tokens.likely_forms(is_written_alike(&transfer.memo)) {
            let message = form.message(transfer, chain_id);
            if tried.contains(&message) {
                continue;
            }
            if key.verify(&message, signature).is_ok() {
                return Some((form, TxId::of(&message, signature)));
            }
            tried.push(message);
            if tried.len() == MAX_FORMS_TRIED {
                break;
            }
        }
        None
    }

    fn is_signed_in(&self, form: TransferForm, key: &VerifyingKey) -> bool {
        let message = form.message(&self.request.transfer, self.chain_id);
        key.verify(&message, &self.request.signature).is_ok()
    }

    /// A fee is refused; which refusal depends on whether the signature covers it.
    fn fee_problem(&self, key: &VerifyingKey) -> TransferProblem {
        let Self { request: TransferRequest { transfer, fee, tokens, signature, .. }, chain_id } =
            self;
        let form = TransferForm { chain_id: tokens.chain_id, ..TransferForm::OURS };
        let chain =
            if form.chain_id { format!(",\"chain_id\":\"{chain_id}\"") } else { String::new() };
        let mut message = format!(
            "{{\"amount\":{}{chain},\"fee\":{}",
            form.amount_text(transfer),
            fee.python_text()
        );
        form.write_rest(&mut message, transfer);
        let without_fee = TransferForm { fee: FeeText::Absent, ..form };
        if key.verify(message.as_bytes(), signature).is_ok() {
            TransferProblem::FeeNotZero(*fee)
        } else if self.is_signed_in(without_fee, key) {
            TransferProblem::FeeNotSigned
        } else {
            TransferProblem::InvalidSignature
        }
    }
}

impl From<KeyError> for TransferProblem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::BadHex { .. } | KeyError::BadKey => Self::BadPublicKey,
            KeyError::BadSignature => Self::InvalidSignature,
        }
    }
}

impl Tokens {
    /// The clients of wire section 3.6 that could have written these tokens, likeliest first.
    fn likely_forms(self, plain_memo: bool) -> Vec<TransferForm> {
        let python = TransferForm { chain_id: self.chain_id, ..TransferForm::OURS };
        let python_without_fee = TransferForm { fee: FeeText::Absent, ..python };
        let unquoted = TransferForm { nonce_quoted: self.quoted_nonce, ..python_without_fee };
        let empty_memo = match self.memo {
            MemoToken::Present => MemoText::Utf8,
            MemoToken::Absent => MemoText::Omitted,
        };
        let javascript = TransferForm {
            amount: AmountText::Shortest,
            memo: empty_memo,
            fee: if self.fee == FeeText::Integer { FeeText::Integer } else { FeeText::Absent },
            ..unquoted
        };
        let light_client = TransferForm { memo: MemoText::Utf8, ..python_without_fee };
        let rust_wallet = TransferForm { amount: AmountText::Fraction, ..light_client };
        let documented = TransferForm { amount: AmountText::Shortest, ..light_client };

        let mut forms = match self.fee {
            FeeText::Absent => vec![python_without_fee, python],
            FeeText::Float => vec![python, python_without_fee],
            FeeText::Integer => {
                vec![python, TransferForm { fee: FeeText::Integer, ..python }, python_without_fee]
            }
        };
        if self.quoted_nonce {
            forms.extend([rust_wallet, javascript, documented]);
        } else if !self.chain_id && !plain_memo {
            forms.extend([light_client, javascript, unquoted]);
        } else if self.amount == AmountToken::Other && !self.chain_id {
            // Below 0.0001 older light clients write 0.00001 where CPython writes 1e-05.
            forms.extend([documented, unquoted, javascript]);
        } else if self.amount == AmountToken::Other {
            forms.extend([unquoted, javascript]);
        } else if self.chain_id {
            forms.extend([javascript, unquoted, documented]);
        } else {
            forms.extend([documented, javascript, unquoted]);
        }
        forms
    }
}
