//! Finished pages of lists that everybody asks for, kept until what they show changes.
//!
//! Putting a page together costs many times what sending it does. A list has a version, which
//! changes with everything that the list shows; pages of an older version are gone at once, so a
//! kept page is never an old one.

use std::collections::HashMap;

use axum::body::Bytes;
use parking_lot::Mutex;

use crate::extract::Page;

/// Pages of one version that are kept. The first few are asked for by everybody, the others by
/// programs that walk through the list once.
const MAX_PAGES: usize = 16;

/// Whatever changes when the list does.
pub type Version = [u64; 3];

/// A finished page.
#[derive(Debug, Clone)]
pub struct KeptPage {
    /// The body of the answer.
    pub body: Bytes,
    /// Entries of the whole list.
    pub total: u64,
}

#[derive(Debug, Default)]
struct Kept {
    version: Version,
    /// By limit and offset.
    pages: HashMap<(u64, u64), KeptPage>,
}

/// The kept pages of one list.
#[derive(Debug, Default)]
pub struct KeptPages {
    kept: Mutex<Kept>,
    /// Held by whoever puts a page together that takes long: the others wait instead of doing the
    /// same.
    pub building: tokio::sync::Mutex<()>,
}

impl KeptPages {
    /// The page of this version, if it is kept.
    pub fn get(&self, version: Version, page: Page) -> Option<KeptPage> {
        let kept = self.kept.lock();
        let page = kept.pages.get(&(page.limit, page.offset))?;
        (kept.version == version).then(|| page.clone())
    }

    /// Keeps a page, which was put together from this version or a newer one, and gives it back.
    pub fn keep(&self, version: Version, page: Page, finished: KeptPage) -> KeptPage {
        let mut kept = self.kept.lock();
        if kept.version != version || kept.pages.len() >= MAX_PAGES {
            *kept = Kept { version, pages: HashMap::new() };
        }
        kept.pages.insert((page.limit, page.offset), finished.clone());
        finished
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Page = Page { limit: 50, offset: 0 };

    fn page_of(text: &'static str) -> KeptPage {
        KeptPage { body: Bytes::from_static(text.as_bytes()), total: 1 }
    }

    fn body_of(pages: &KeptPages, version: Version, page: Page) -> Option<Bytes> {
        pages.get(version, page).map(|kept| kept.body)
    }

    #[test]
    fn a_page_is_kept_for_its_version_alone() {
        let pages = KeptPages::default();
        assert!(pages.get([1, 0, 0], FIRST).is_none());
        drop(pages.keep([1, 0, 0], FIRST, page_of("one")));
        assert_eq!(body_of(&pages, [1, 0, 0], FIRST), Some(Bytes::from_static(b"one")));
        assert!(pages.get([2, 0, 0], FIRST).is_none());
        assert!(pages.get([1, 0, 0], Page { limit: 51, offset: 0 }).is_none());
        drop(pages.keep([2, 0, 0], FIRST, page_of("two")));
        assert!(pages.get([1, 0, 0], FIRST).is_none());
        assert_eq!(body_of(&pages, [2, 0, 0], FIRST), Some(Bytes::from_static(b"two")));
    }

    #[test]
    fn whoever_walks_through_a_list_does_not_fill_the_memory() {
        let pages = KeptPages::default();
        for offset in 0..1_000 {
            drop(pages.keep([1, 0, 0], Page { limit: 50, offset }, page_of("x")));
            assert!(pages.kept.lock().pages.len() <= MAX_PAGES);
        }
        assert!(pages.get([1, 0, 0], Page { limit: 50, offset: 999 }).is_some());
    }
}
