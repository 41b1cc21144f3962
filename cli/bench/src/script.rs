//! What a connection sends: requests, one behind the other in one piece of memory.

/// Requests that were written beforehand.
#[derive(Debug, Default)]
pub(crate) struct Script {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Script {
    /// An empty script with room for `requests` of `bytes_each`.
    pub(crate) fn with_room(requests: usize, bytes_each: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(requests.saturating_mul(bytes_each)),
            ends: Vec::with_capacity(requests),
        }
    }

    /// Adds a request.
    pub(crate) fn push(&mut self, request: &[u8]) {
        self.bytes.extend_from_slice(request);
        self.ends.push(self.bytes.len());
    }

    /// How many requests there are.
    pub(crate) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// A request by its place.
    pub(crate) fn request(&self, place: usize) -> Option<&[u8]> {
        let start = match place.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)?,
        };
        self.bytes.get(start..*self.ends.get(place)?)
    }
}

/// Whether a script is sent again once it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// From the beginning.
    Always,
    /// Never: what it asks for can be done once.
    Never,
}

/// One script for each connection out of requests that anybody may send; every connection begins
/// elsewhere.
pub(crate) fn share_out(requests: &[Vec<u8>], connections: usize) -> Vec<Script> {
    let each = requests.len().div_ceil(connections.max(1)).clamp(1, 64);
    (0..connections)
        .map(|connection| {
            let mut script = Script::default();
            let from = connection.saturating_mul(each);
            requests
                .iter()
                .cycle()
                .skip(from % requests.len().max(1))
                .take(each)
                .for_each(|request| script.push(request));
            script
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_out_as_they_went_in() {
        let mut script = Script::with_room(2, 3);
        script.push(b"one");
        script.push(b"three");
        assert_eq!(script.request(0), Some(&b"one"[..]));
        assert_eq!(script.request(1), Some(&b"three"[..]));
        assert_eq!(script.request(2), None);
        assert_eq!(script.len(), 2);
    }

    #[test]
    fn every_connection_gets_something() {
        let requests = vec![b"a".to_vec(), b"b".to_vec(), b"c".to_vec()];
        let scripts = share_out(&requests, 5);
        assert_eq!(scripts.len(), 5);
        let first: Vec<&[u8]> = scripts.iter().filter_map(|script| script.request(0)).collect();
        assert_eq!(first, [b"a", b"b", b"c", b"a", b"b"]);
    }
}
