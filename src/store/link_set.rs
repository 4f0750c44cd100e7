//! Sets of links that may grow to millions.

use std::collections::HashSet;

use super::Link;

/// So many are held for quick insertion before they are sorted in.
const RECENT: usize = 1 << 16;

/// A set that takes little more than the bytes of its links, however many: most of them in one sorted list.
#[derive(Debug, Default)]
pub(super) struct LinkSet {
    sorted: Vec<Link>,
    recent: HashSet<Link>,
}

impl LinkSet {
    pub(super) fn contains(&self, link: &Link) -> bool {
        self.recent.contains(link) || self.sorted.binary_search(link).is_ok()
    }

    pub(super) fn insert(&mut self, link: Link) {
        if self.contains(&link) {
            return;
        }
        self.recent.insert(link);
        if self.recent.len() >= RECENT.max(self.sorted.len() / 8) {
            self.sorted.reserve_exact(self.recent.len());
            self.sorted.extend(self.recent.drain());
            // It finds the long run that is sorted already.
            self.sorted.sort();
        }
    }
}

impl Extend<Link> for LinkSet {
    fn extend<I: IntoIterator<Item = Link>>(&mut self, links: I) {
        links.into_iter().for_each(|link| self.insert(link));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Digest;

    #[test]
    fn what_was_put_in_is_found_wherever_it_is_held() {
        let link = |number: u32| match number % 2 {
            0 => Link::blob(Digest::of(&number.to_le_bytes())),
            _ => Link::node(Digest::of(&number.to_le_bytes())),
        };
        let mut set = LinkSet::default();
        let many = RECENT as u32 * 3 + 5;
        set.extend((0..many).map(link));
        set.extend((0..many).map(link));
        assert_eq!(set.sorted.len() + set.recent.len(), many as usize);
        assert!((0..many).all(|number| set.contains(&link(number))));
        assert!((many..many + 1000).all(|number| !set.contains(&link(number))));
        assert!(!set.contains(&Link::node(link(0).digest)), "another kind is another link");
    }
}
