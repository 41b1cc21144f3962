//! Taking requests apart: query, path and body, and who calls. Whatever cannot be read is answered
//! with our own error body, never with a sentence of the framework.

mod admin;

use std::ops::{Deref, RangeInclusive};
use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use protocol::json::Json;
use protocol::wallet_id::WalletId;
use serde::de::DeserializeOwned;

pub use admin::{Caller, Gate};

use crate::middleware::{HeldBody, RequestContext};
use crate::problem::Problem;

/// The most parameters of a query that are read. No route has as many.
const MAX_PARAMETERS: usize = 32;

/// How far a list can be skipped into. Skipping costs a step per entry; cursors do not.
pub const MAX_OFFSET: u64 = 1_000;

/// The parameters of a query string, each at most once.
#[derive(Debug, Clone)]
pub struct Params(Pairs);

/// Names and values.
#[derive(Debug, Clone)]
enum Pairs {
    /// In the query of this URI every character stands for itself, so nothing is copied.
    Plain(Uri),
    Decoded(Vec<(String, String)>),
}

impl Default for Params {
    fn default() -> Self {
        Self(Pairs::Plain(Uri::default()))
    }
}

impl Params {
    /// The value of a parameter; an empty one counts as absent.
    pub fn text(&self, name: &str) -> Option<&str> {
        let value = match &self.0 {
            Pairs::Plain(uri) => plain_pairs(uri.query()?).find(|(key, _)| *key == name)?.1,
            Pairs::Decoded(pairs) => pairs.iter().find(|(key, _)| key == name)?.1.as_str(),
        };
        Some(value).filter(|value| !value.is_empty())
    }

    /// An integer within a range, or the default when the parameter is absent.
    pub fn integer(
        &self,
        name: &'static str,
        default: u64,
        range: &RangeInclusive<u64>,
    ) -> Result<u64, Problem> {
        let Some(text) = self.text(name) else { return Ok(default) };
        text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
            let (first, last) = (range.start(), range.end());
            bad_parameter(name, format!("{name} must be an integer from {first} to {last}"))
        })
    }

    /// A value that is parsed; `None` when the parameter is absent.
    pub fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        expected: &str,
    ) -> Result<Option<T>, Problem> {
        let parse = |text: &str| text.parse().ok();
        match self.text(name) {
            None => Ok(None),
            Some(text) => match parse(text) {
                Some(value) => Ok(Some(value)),
                None => Err(bad_parameter(name, format!("{name} must be {expected}"))),
            },
        }
    }

    /// The wallet that `miner_id` or `address` names; both may be given when they agree.
    pub fn wallet(&self) -> Result<WalletId, Problem> {
        let refuse = |error: &'static str, code| {
            Problem::new(StatusCode::BAD_REQUEST, code, error)
                .with_message("Name one wallet, as in ?miner_id=NAME.")
        };
        let text = match (self.text("miner_id"), self.text("address")) {
            (Some(miner_id), Some(address)) if miner_id != address => {
                let error = "miner_id and address must match when both are provided";
                return Err(refuse(error, "MINER_ID_MISMATCH"));
            }
            (Some(text), _) | (None, Some(text)) => text,
            (None, None) => {
                return Err(refuse("miner_id or address required", "MINER_ID_REQUIRED"));
            }
        };
        wallet_id(text)
    }

    /// `limit` and `offset` of a list.
    pub fn page(&self, paging: &Paging) -> Result<Page, Problem> {
        let limit = self.integer("limit", paging.default_limit, &(1..=paging.max_limit))?;
        let offset = self.integer("offset", 0, &(0..=u64::MAX))?;
        if offset > paging.max_offset {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "OFFSET_TOO_DEEP",
                format!("offset must be at most {}", paging.max_offset),
            )
            .with_message(paging.beyond)
            .with("max_offset", paging.max_offset));
        }
        Ok(Page { limit, offset })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if !query.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
            refuse_ambiguous(plain_pairs(query).map(|(name, _)| name))?;
            return Ok(Self(Pairs::Plain(parts.uri.clone())));
        }
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_unreadable| bad_query("the query string cannot be read"))?;
        refuse_ambiguous(pairs.iter().map(|(name, _)| name.as_str()))?;
        Ok(Self(Pairs::Decoded(pairs)))
    }
}

fn bad_query(error: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "BAD_QUERY", error)
}

/// Refuses a name that occurs twice: two readers could take different ones of the two.
fn refuse_ambiguous<'q>(names: impl Iterator<Item = &'q str> + Clone) -> Result<(), Problem> {
    let mut rest = names;
    let mut seen = 0;
    while let Some(name) = rest.next() {
        seen += 1;
        if seen > MAX_PARAMETERS {
            return Err(bad_query("the query string has too many parameters"));
        }
        if rest.clone().take(MAX_PARAMETERS).any(|other| other == name) {
            return Err(bad_query("the query string has a parameter twice"));
        }
    }
    Ok(())
}

/// The pairs of a query in which every character stands for itself.
fn plain_pairs(query: &str) -> PlainPairs<'_> {
    PlainPairs { rest: query }
}

/// Queries are short: looking at byte after byte finds the next sign before a search for it has
/// been set up.
#[derive(Clone)]
struct PlainPairs<'q> {
    rest: &'q str,
}

impl<'q> Iterator for PlainPairs<'q> {
    type Item = (&'q str, &'q str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let end = self.rest.bytes().position(|byte| byte == b'&');
            let (pair, behind) = match end {
                Some(end) => (self.rest.get(..end)?, self.rest.get(end + 1..)?),
                None => (self.rest, ""),
            };
            self.rest = behind;
            if !pair.is_empty() {
                let equals = pair.bytes().position(|byte| byte == b'=').unwrap_or(pair.len());
                return Some((pair.get(..equals)?, pair.get(equals + 1..).unwrap_or_default()));
            }
            end?;
        }
    }
}

/// `400 BAD_PARAMETER`: a parameter of the query is not what it has to be.
pub fn bad_parameter(name: &'static str, error: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "BAD_PARAMETER", error.into()).with("parameter", name)
}

/// Reads a wallet or miner id as it stands, or answers `400 INVALID_MINER_ID`.
pub fn wallet_id(text: &str) -> Result<WalletId, Problem> {
    WalletId::parse(text).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "INVALID_MINER_ID", "invalid miner_id")
            .with_message(format!("The id cannot be read: {error}."))
    })
}

/// The limits of a list.
#[derive(Debug, Clone, Copy)]
pub struct Paging {
    /// Entries in a page when the client names no number.
    pub default_limit: u64,
    /// The most entries in a page.
    pub max_limit: u64,
    /// The most entries that can be skipped.
    pub max_offset: u64,
    /// What to do for entries that lie further back.
    pub beyond: &'static str,
}

impl Paging {
    /// Pages of so many entries, within the first [`MAX_OFFSET`].
    pub const fn new(default_limit: u64, max_limit: u64) -> Self {
        Self {
            default_limit,
            max_limit,
            max_offset: MAX_OFFSET,
            beyond: "Older entries are found wallet by wallet, with the cursor of /wallet/history.",
        }
    }

    /// The same, with other advice for entries that lie further back.
    #[must_use]
    pub const fn beyond(self, beyond: &'static str) -> Self {
        Self { beyond, ..self }
    }

    /// The same, for lists in which skipping so many entries costs nothing.
    #[must_use]
    pub const fn max_offset(self, max_offset: u64) -> Self {
        Self { max_offset, ..self }
    }

    /// The same, for lists in which skipping costs nothing, however many there are.
    #[must_use]
    pub const fn any_offset(self) -> Self {
        self.max_offset(u64::MAX)
    }
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The most entries.
    pub limit: u64,
    /// Entries that are skipped.
    pub offset: u64,
}

impl Page {
    /// [`Page::limit`] as a length.
    pub fn length(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }

    /// [`Page::offset`] as a length.
    pub fn skipped(&self) -> usize {
        usize::try_from(self.offset).unwrap_or(usize::MAX)
    }
}

/// The one variable segment of a path, percent-decoded.
#[derive(Debug, Clone)]
pub struct PathText(pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_not_utf8| {
                Problem::new(StatusCode::BAD_REQUEST, "BAD_PATH", "the path cannot be read")
            })?;
        Ok(Self(text))
    }
}

/// The bytes of a body, as they came: signatures cover what was sent, so nothing is parsed here.
/// The last extractor of a handler, so that nothing is read for callers who are refused.
#[derive(Debug)]
pub struct BodyBytes(HeldBody);

impl Deref for BodyBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for BodyBytes {
    type Rejection = Problem;

    async fn from_request(mut request: Request, _state: &S) -> Result<Self, Problem> {
        let context = request.extensions_mut().remove::<RequestContext>();
        let context = context.ok_or_else(|| Problem::internal("none"))?;
        context.read(request).await.map(Self)
    }
}

/// Reads a body as a JSON object, numbers in their own words.
pub fn json_object(body: &[u8]) -> Result<Json<'_>, Problem> {
    let json = Json::parse(body).map_err(|error| invalid_json(&error.to_string()))?;
    if json.as_object().is_none() {
        return Err(invalid_json("not an object"));
    }
    Ok(json)
}

/// Reads a body as JSON of a certain shape.
pub fn json_body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| invalid_json(&error.to_string()))
}

/// `400 INVALID_JSON_BODY`.
fn invalid_json(why: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "INVALID_JSON_BODY", "invalid_json_body")
        .with_message(format!("The body cannot be read: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn params(query: &str) -> Result<Params, Problem> {
        let request = Request::builder().uri(format!("/x?{query}")).body(()).unwrap();
        Params::from_request_parts(&mut request.into_parts().0, &()).await
    }

    #[tokio::test]
    async fn plain_queries_are_read_as_the_framework_reads_them() {
        for query in ["a=1&b=2", "&&a", "a==b&=c&=", "a=b=c&d", "miner_id=RTC0&limit=", "\u{e9}=1"]
        {
            let uri = format!("http://x/?{query}").parse().unwrap();
            let Query(expected) = Query::<Vec<(String, String)>>::try_from_uri(&uri).unwrap();
            let expected = expected.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            assert!(plain_pairs(query).eq(expected), "{query}");
        }
    }

    #[tokio::test]
    async fn integers_have_a_range() {
        let params = params("limit=7&bad=-1&none=").await.unwrap();
        let integer = |name| params.integer(name, 5, &(1..=10)).map_err(|problem| problem.code);
        assert_eq!(integer("limit"), Ok(7));
        assert_eq!(integer("none"), Ok(5));
        assert_eq!(integer("absent"), Ok(5));
        assert_eq!(integer("bad"), Err("BAD_PARAMETER"));
        let narrow = params.integer("limit", 1, &(1..=6)).map_err(|problem| problem.error);
        assert_eq!(narrow.unwrap_err(), "limit must be an integer from 1 to 6");
    }

    #[tokio::test]
    async fn one_wallet_is_named_once_or_twice_alike() {
        for (query, code) in [
            ("", "MINER_ID_REQUIRED"),
            ("miner_id=", "MINER_ID_REQUIRED"),
            ("miner_id=a%20b", "INVALID_MINER_ID"),
            ("miner_id=a&address=b", "MINER_ID_MISMATCH"),
            ("miner_id=RTC2C4E4D1DE6FBFC05D950FC7E6461BE3007DD16E4", "INVALID_MINER_ID"),
        ] {
            assert_eq!(params(query).await.unwrap().wallet().unwrap_err().code, code, "{query}");
        }
        for query in ["miner_id=a", "address=a", "miner_id=a&address=a"] {
            assert_eq!(params(query).await.unwrap().wallet().unwrap().as_str(), "a", "{query}");
        }
    }

    #[tokio::test]
    async fn ambiguous_and_endless_queries_are_refused() {
        assert_eq!(params("a=1&b=2&a=1").await.unwrap_err().code, "BAD_QUERY");
        let many = "&x".repeat(40);
        assert_eq!(params(&many).await.unwrap_err().code, "BAD_QUERY");
    }

    #[tokio::test]
    async fn deep_offsets_are_refused() {
        let paging = Paging::new(50, 200);
        let page = |params: &Params| params.page(&paging).map_err(|problem| problem.code);
        assert_eq!(page(&Params::default()), Ok(Page { limit: 50, offset: 0 }));
        let fine = params("limit=200&offset=1000").await.unwrap();
        assert_eq!(page(&fine), Ok(Page { limit: 200, offset: 1_000 }));
        assert_eq!(page(&params("offset=1001").await.unwrap()), Err("OFFSET_TOO_DEEP"));
        assert_eq!(page(&params("limit=201").await.unwrap()), Err("BAD_PARAMETER"));
        assert_eq!(page(&params("limit=0").await.unwrap()), Err("BAD_PARAMETER"));
    }

    #[test]
    fn bodies_are_objects() {
        assert!(json_object(b"{\"a\":1}").is_ok());
        for body in [b"".as_slice(), b"[]", b"{", b"{\"a\":1,\"a\":2}"] {
            assert_eq!(json_object(body).unwrap_err().code, "INVALID_JSON_BODY");
        }
    }
}
