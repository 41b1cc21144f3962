//! The cap on connections: in total, and for each client.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::client_address::AddressGroup;

/// How many connections there are, and whose. Its size is bounded by the cap itself.
#[derive(Debug)]
pub(super) struct Connections {
    max_total: usize,
    max_per_client: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    of_client: HashMap<AddressGroup, usize>,
}

impl Connections {
    pub(super) fn new(max_total: usize, max_per_client: usize) -> Self {
        Self { max_total, max_per_client, counts: Mutex::new(Counts::default()) }
    }

    /// A place for one more connection, or none. `None` as the client counts in total only.
    pub(super) fn admit(self: &Arc<Self>, client: Option<AddressGroup>) -> Option<Place> {
        let mut counts = self.counts.lock();
        if counts.total >= self.max_total {
            return None;
        }
        if let Some(client) = client {
            match counts.of_client.entry(client) {
                Entry::Occupied(mut count) if *count.get() < self.max_per_client => {
                    *count.get_mut() += 1;
                }
                Entry::Vacant(count) if self.max_per_client > 0 => {
                    count.insert(1);
                }
                _ => return None,
            }
        }
        counts.total += 1;
        drop(counts);
        Some(Place { connections: Arc::clone(self), client })
    }

    fn leave(&self, client: Option<AddressGroup>) {
        let mut counts = self.counts.lock();
        counts.total -= 1;
        if let Some(client) = client
            && let Entry::Occupied(mut count) = counts.of_client.entry(client)
        {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// One connection's place; free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    connections: Arc<Connections>,
    client: Option<AddressGroup>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.leave(self.client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Option<AddressGroup> = Some(AddressGroup::V4(1));
    const BOB: Option<AddressGroup> = Some(AddressGroup::V6(2));

    #[test]
    fn each_client_has_its_own_cap_and_all_share_one() {
        let connections = Arc::new(Connections::new(3, 2));
        let first = connections.admit(ALICE).unwrap();
        let _second = connections.admit(ALICE).unwrap();
        assert!(connections.admit(ALICE).is_none(), "Alice is full");
        let _third = connections.admit(BOB).unwrap();
        assert!(connections.admit(BOB).is_none(), "the house is full");
        drop(first);
        assert!(connections.admit(BOB).is_some(), "a place that was left can be taken");
        assert!(connections.admit(ALICE).is_some());
    }

    #[test]
    fn a_proxy_counts_in_total_only() {
        let connections = Arc::new(Connections::new(3, 1));
        let places: Vec<_> = (0..3).map(|_| connections.admit(None).unwrap()).collect();
        assert!(connections.admit(None).is_none());
        drop(places);
        assert!(connections.admit(None).is_some());
    }

    #[test]
    fn nothing_is_kept_of_clients_that_left() {
        let connections = Arc::new(Connections::new(10, 10));
        for number in 0..1_000 {
            drop(connections.admit(Some(AddressGroup::V4(number))));
        }
        let counts = connections.counts.lock();
        assert_eq!((counts.total, counts.of_client.len()), (0, 0));
    }
}
