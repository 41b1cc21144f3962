//! Wrong input for `POST /wallet/transfer` and `POST /rewards/settle`, with a key that opens both.

use std::collections::BTreeMap;

use protocol::wallet_id::WalletId;

use super::{Members, Row, quoted, row};

const BAD_AMOUNTS: [&str; 15] = [
    "0",
    "-1",
    "NaN",
    "1e309",
    "true",
    "null",
    "\"abc\"",
    "[]",
    "{}",
    "0.0000019",
    "1e-7",
    "9223372036854775808",
    "9223372036854.775808",
    "1e1000000000",
    "8388608",
];

const BAD_EPOCHS: [&str; 13] = [
    "-1",
    "9223372036854775808",
    "18446744073709551616",
    "\"1\"",
    "1.5",
    "true",
    "null",
    "[]",
    "{}",
    "\"x\"",
    "1e0",
    "NaN",
    "18446744073709551615",
];

const CLOSED: &[u16] = &[400, 403, 404];

/// An admin transfer of 2.5 RTC that would be executed.
pub(super) fn sound(to: &WalletId) -> Members {
    Members(BTreeMap::from([
        ("amount_rtc", "2.5".to_owned()),
        ("from_miner", quoted("founder_community")),
        ("idempotency_key", quoted("payout:1")),
        ("to_miner", quoted(to.as_str())),
    ]))
}

/// Rows for admin transfers; `user` is a wallet with money and a key of its own.
pub(super) fn all(sound: &Members, user: &WalletId) -> Vec<Row> {
    let mut rows: Vec<Row> = BAD_AMOUNTS
        .map(|token| row(format!("D2 amount {token}"), sound.with("amount_rtc", token).text(), &[]))
        .into();
    for from in [user.as_str(), "reserve", "founder_nobody", "nobody"] {
        rows.push(Row {
            name: format!("J5 debits {from}"),
            body: sound.with("from_miner", quoted(from)).text(),
            statuses: CLOSED,
            codes: &[],
        });
    }
    rows.push(Row {
        name: "the reserve is no payee".to_owned(),
        body: sound.with("to_miner", quoted("reserve")).text(),
        statuses: CLOSED,
        codes: &["RESERVE_IS_OFF_LIMITS"],
    });
    for member in ["from_miner", "to_miner", "amount_rtc"] {
        rows.push(row(format!("without {member}"), sound.without(member).text(), &[]));
    }
    for member in ["from_miner", "to_miner"] {
        for token in ["null", "7", "[]", "\"a b\"", "\"\"", "\"%\"", "\"a\\u200b\""] {
            let name = format!("A9 {member} {token}");
            rows.push(row(name, sound.with(member, token).text(), &[]));
        }
    }
    let own = sound.with("to_miner", quoted("founder_community")).text();
    rows.push(row("from a wallet to itself", own, &[]));
    for token in ["\"a b\"", "7", "\"\\u00e9\""] {
        rows.push(row("B5 idempotency key", sound.with("idempotency_key", token).text(), &[]));
    }
    let long = quoted(&"k".repeat(129));
    rows.push(row("B5 long idempotency key", sound.with("idempotency_key", long).text(), &[]));
    let text = sound.text();
    let twice = format!("{},\"amount_rtc\":3}}", &text[..text.len() - 1]);
    rows.push(row("A10 amount twice", twice, &[]));
    for body in ["[]", "42", "{", "null", "{'a':1}"] {
        rows.push(row(format!("A10 {body}"), body.to_owned(), &[]));
    }
    rows
}

/// Rows for settlements.
pub(super) fn settlements() -> Vec<Row> {
    let epochs = BAD_EPOCHS
        .map(|token| row(format!("E3 epoch {token}"), format!("{{\"epoch\":{token}}}"), &[]));
    let nothing = row("E3 no epoch", "{}".to_owned(), &["EPOCH_REQUIRED"]);
    // Epochs of this network outlast the test: the running one is number 0.
    let running = row("E3 running", "{\"epoch\":0}".to_owned(), &["EPOCH_NOT_REACHED"]);
    let twice = row("A10 epoch twice", "{\"epoch\":0,\"epoch\":1}".to_owned(), &[]);
    epochs.into_iter().chain([nothing, running, twice]).collect()
}
