//! The members of a body, and what each of them says.

use super::{AmountToken, MemoToken, TransferProblem};
use crate::json::Json;
use crate::keys::{PublicKey, Signature};
use crate::money::{Amount, AmountError};
use crate::transfer::form::FeeText;
use crate::transfer::{ChainId, MAX_MEMO_BYTES};
use crate::wallet_id::WalletId;

/// The members that are read, found in one pass over the body.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Members<'j, 'a> {
    pub(super) amount_rtc: Option<&'j Json<'a>>,
    pub(super) chain_id: Option<&'j Json<'a>>,
    pub(super) fee_rtc: Option<&'j Json<'a>>,
    pub(super) from_address: Option<&'j Json<'a>>,
    pub(super) memo: Option<&'j Json<'a>>,
    pub(super) nonce: Option<&'j Json<'a>>,
    pub(super) public_key: Option<&'j Json<'a>>,
    pub(super) signature: Option<&'j Json<'a>>,
    pub(super) to_address: Option<&'j Json<'a>>,
}

impl<'j, 'a> Members<'j, 'a> {
    pub(super) fn of(json: &'j Json<'a>) -> Result<Self, TransferProblem> {
        let not_an_object = || TransferProblem::InvalidJson("not an object".to_owned());
        let mut found = Self::default();
        for (name, value) in json.as_object().ok_or_else(not_an_object)? {
            let member = match name.as_ref() {
                "amount_rtc" => &mut found.amount_rtc,
                "chain_id" => &mut found.chain_id,
                "fee_rtc" => &mut found.fee_rtc,
                "from_address" => &mut found.from_address,
                "memo" => &mut found.memo,
                "nonce" => &mut found.nonce,
                "public_key" => &mut found.public_key,
                "signature" => &mut found.signature,
                "to_address" => &mut found.to_address,
                _ => continue,
            };
            *member = Some(value);
        }
        Ok(found)
    }

    pub(super) fn check_required(&self) -> Result<(), TransferProblem> {
        let mut missing: Vec<&'static str> = [
            ("from_address", self.from_address),
            ("to_address", self.to_address),
            ("amount_rtc", self.amount_rtc),
            ("nonce", self.nonce),
            ("signature", self.signature),
        ]
        .into_iter()
        .filter_map(|(name, member)| is_missing(member).then_some(name))
        .collect();
        if missing.is_empty() && is_missing(self.public_key) {
            missing.push("public_key");
        }
        if missing.is_empty() { Ok(()) } else { Err(TransferProblem::MissingFields(missing)) }
    }
}

fn is_missing(member: Option<&Json<'_>>) -> bool {
    match member {
        None | Some(Json::Null) => true,
        Some(Json::String(text)) => text.is_empty(),
        Some(_) => false,
    }
}

/// The text of a member that is a number or a string, and whether it is a string.
fn number_text<'j>(member: Option<&'j Json<'_>>) -> Option<(&'j str, bool)> {
    match member? {
        Json::Number(text) => Some((text, false)),
        Json::String(text) => Some((text, true)),
        _ => None,
    }
}

pub(super) fn read_amount(
    member: Option<&Json<'_>>,
) -> Result<(Amount, AmountToken), TransferProblem> {
    let (text, quoted) = number_text(member).ok_or(TransferProblem::AmountNotNumber)?;
    let integer = !quoted && !text.contains(['.', 'e', 'E']);
    let token = if integer { AmountToken::Integer } else { AmountToken::Other };
    match text.parse::<Amount>() {
        Ok(amount) if amount.is_zero() => Err(TransferProblem::AmountNotPositive),
        Ok(amount) => Ok((amount, token)),
        Err(AmountError::NotFinite) => Err(TransferProblem::AmountNotFinite),
        Err(AmountError::Negative) => Err(TransferProblem::AmountNotPositive),
        Err(AmountError::TooSmall) => Err(TransferProblem::AmountTooSmall),
        Err(AmountError::TooPrecise) => Err(TransferProblem::AmountTooPrecise),
        Err(AmountError::TooLarge) => Err(TransferProblem::AmountTooLarge),
        Err(AmountError::NotANumber | AmountError::Underflow) => {
            Err(TransferProblem::AmountNotNumber)
        }
    }
}

pub(super) fn read_fee(member: Option<&Json<'_>>) -> Result<(Amount, FeeText), TransferProblem> {
    if matches!(member, None | Some(Json::Null)) {
        return Ok((Amount::ZERO, FeeText::Absent));
    }
    let (text, quoted) = number_text(member).ok_or(TransferProblem::FeeNotNumber)?;
    let integer = !quoted && !text.contains(['.', 'e', 'E']);
    match text.parse::<Amount>() {
        Ok(fee) => Ok((fee, if integer { FeeText::Integer } else { FeeText::Float })),
        Err(AmountError::Negative) => Err(TransferProblem::FeeNegative),
        Err(_) => Err(TransferProblem::FeeNotNumber),
    }
}

pub(super) fn read_address(member: Option<&Json<'_>>) -> Option<WalletId> {
    WalletId::parse(member?.as_str()?).ok().filter(WalletId::is_address)
}

pub(super) fn read_nonce(member: Option<&Json<'_>>) -> Result<(u64, bool), TransferProblem> {
    let (text, quoted) = number_text(member).ok_or(TransferProblem::NonceNotInteger)?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let leading_zero = digits.len() > 1 && digits.starts_with('0');
    if digits.is_empty() || leading_zero || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TransferProblem::NonceNotInteger);
    }
    if text.starts_with('-') || digits == "0" {
        return Err(TransferProblem::NonceNotPositive);
    }
    let nonce: i64 = digits.parse().map_err(|_too_large| TransferProblem::NonceTooLarge)?;
    Ok((nonce.unsigned_abs(), quoted))
}

pub(super) fn read_chain_id(member: Option<&Json<'_>>) -> Result<Option<ChainId>, TransferProblem> {
    match member {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => {
            text.parse().map(Some).map_err(|_bad| TransferProblem::BadChainId)
        }
        Some(_) => Err(TransferProblem::BadChainId),
    }
}

pub(super) fn read_memo(member: Option<&Json<'_>>) -> Result<(String, MemoToken), TransferProblem> {
    match member {
        None => Ok((String::new(), MemoToken::Absent)),
        // A null where a memo may stand is an absent memo, written by clients that sign "".
        Some(Json::Null) => Ok((String::new(), MemoToken::Present)),
        Some(Json::String(text)) if text.len() > MAX_MEMO_BYTES => {
            Err(TransferProblem::MemoTooLong)
        }
        Some(Json::String(text)) => Ok((text.clone().into_owned(), MemoToken::Present)),
        Some(_) => Err(TransferProblem::MemoNotString),
    }
}

pub(super) fn read_signature(member: Option<&Json<'_>>) -> Result<Signature, TransferProblem> {
    let text = member.and_then(Json::as_str).ok_or(TransferProblem::SignatureNotString)?;
    Signature::from_hex(text).map_err(|_bad| TransferProblem::MalformedSignature)
}

pub(super) fn read_public_key(member: Option<&Json<'_>>) -> Result<PublicKey, TransferProblem> {
    let text = member.and_then(Json::as_str).ok_or(TransferProblem::PublicKeyNotString)?;
    PublicKey::from_hex(text).map_err(|_bad| TransferProblem::BadPublicKey)
}
