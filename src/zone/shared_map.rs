//! A sorted map of which copies cost next to nothing: it is kept in pieces, and copies share those that neither has
//! changed since. So a draft of a million changes can be handed to a worker, compared with an earlier one and edited on,
//! and each costs as much as is different. It behaves as the standard library's `BTreeMap` does.

use std::fmt;
use std::iter::{FlatMap, Map};
use std::ops::{Bound, RangeBounds};
use std::slice;
use std::sync::Arc;

/// A piece holds at most so many entries: as many are copied where one of them is changed and the piece is shared. Few in
/// unit tests, so that small zones have several pieces; not in those that measure, which want an optimised build.
const MOST: usize = if cfg!(all(test, debug_assertions)) { 4 } else { 256 };

type Piece<K, V> = Vec<(K, V)>;

/// The map.
pub struct SharedMap<K, V> {
    /// None of them is empty; in order.
    pieces: Arc<Vec<Arc<Piece<K, V>>>>,
    len: usize,
}

/// The entries in order.
pub type Iter<'a, K, V> = Map<
    FlatMap<
        slice::Iter<'a, Arc<Piece<K, V>>>,
        slice::Iter<'a, (K, V)>,
        fn(&'a Arc<Piece<K, V>>) -> slice::Iter<'a, (K, V)>,
    >,
    fn(&'a (K, V)) -> (&'a K, &'a V),
>;

fn of_piece<K, V>(piece: &Arc<Piece<K, V>>) -> slice::Iter<'_, (K, V)> {
    piece.iter()
}

fn as_pair<K, V>((key, value): &(K, V)) -> (&K, &V) {
    (key, value)
}

impl<K, V> SharedMap<K, V> {
    pub fn new() -> SharedMap<K, V> {
        SharedMap { pieces: Arc::default(), len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        let entries: FlatMap<_, _, fn(_) -> _> = self.pieces.iter().flat_map(of_piece);
        entries.map(as_pair)
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }

    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.pieces.first()?.first().map(as_pair)
    }

    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.pieces.last()?.last().map(as_pair)
    }

    /// Do both hold the very same entries, so that nothing need be compared?
    pub fn is_shared_with(&self, other: &SharedMap<K, V>) -> bool {
        Arc::ptr_eq(&self.pieces, &other.pieces)
    }

    /// How many entries stand in pieces that another map does not share: what changes have cost.
    #[cfg(test)]
    pub(crate) fn unshared(&self, other: &SharedMap<K, V>) -> usize {
        let shared: std::collections::HashSet<_> = other.pieces.iter().map(Arc::as_ptr).collect();
        let own = self.pieces.iter().filter(|piece| !shared.contains(&Arc::as_ptr(piece)));
        own.map(|piece| piece.len()).sum()
    }

    pub fn clear(&mut self) {
        *self = SharedMap::new();
    }

    /// The keys in order, taken out of the map.
    pub fn into_keys(self) -> impl Iterator<Item = K>
    where
        K: Clone,
        V: Clone,
    {
        self.into_iter().map(|(key, _)| key)
    }

    fn of_pieces(pieces: Vec<Arc<Piece<K, V>>>) -> SharedMap<K, V> {
        let len = pieces.iter().map(|piece| piece.len()).sum();
        SharedMap { pieces: Arc::new(pieces), len }
    }
}

impl<K: Ord, V> SharedMap<K, V> {
    /// The piece that has a key, or would have it, and the place in there: `Err` where the key is not in the map.
    fn place(&self, key: &K) -> (usize, Result<usize, usize>) {
        let begins_before = |piece: &Arc<Piece<K, V>>| piece.first().is_some_and(|(first, _)| first <= key);
        let at = self.pieces.partition_point(begins_before).saturating_sub(1);
        match self.pieces.get(at) {
            Some(piece) => (at, piece.binary_search_by(|(other, _)| other.cmp(key))),
            None => (at, Err(0)),
        }
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        let (piece, place) = self.place(key);
        self.pieces.get(piece)?.get(place.ok()?).map(|(_, value)| value)
    }

    /// The entry of a key, with the key as it stands in the map.
    pub fn get_key_value(&self, key: &K) -> Option<(&K, &V)> {
        let (piece, place) = self.place(key);
        self.pieces.get(piece)?.get(place.ok()?).map(as_pair)
    }

    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).1.is_ok()
    }

    /// The entries of these keys, in order.
    pub fn range(&self, range: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        let edge = |key: &K, with_it: bool| {
            let (piece, place) = self.place(key);
            match place {
                Ok(place) => (piece, place + usize::from(with_it)),
                Err(place) => (piece, place),
            }
        };
        let start = match range.start_bound() {
            Bound::Included(key) => edge(key, false),
            Bound::Excluded(key) => edge(key, true),
            Bound::Unbounded => (0, 0),
        };
        let end = match range.end_bound() {
            Bound::Included(key) => edge(key, true),
            Bound::Excluded(key) => edge(key, false),
            Bound::Unbounded => (self.pieces.len(), 0),
        };
        let last = (end.0 + 1).min(self.pieces.len());
        let pieces = self.pieces.get(start.0..last).unwrap_or_default().iter().enumerate();
        let entries = pieces.flat_map(move |(number, piece)| {
            let number = number + start.0;
            let from = if number == start.0 { start.1 } else { 0 };
            let to = if number == end.0 { end.1 } else { piece.len() };
            piece.get(from..to).unwrap_or_default().iter()
        });
        entries.map(as_pair)
    }

    /// The keys whose entries are different in two maps, in order. Pieces that both share are passed over.
    pub fn different_keys<'a>(&'a self, other: &'a SharedMap<K, V>) -> Vec<&'a K>
    where
        V: PartialEq,
    {
        let mut different = Vec::new();
        let (mut ours, mut theirs) = (Reader::new(self), Reader::new(other));
        loop {
            if ours.is_at_same_piece(&theirs) {
                ours.skip_piece();
                theirs.skip_piece();
                continue;
            }
            let order = match (ours.entry(), theirs.entry()) {
                (None, None) => return different,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((a, _)), Some((b, _))) => a.cmp(b),
            };
            let own = if order.is_le() { ours.next() } else { None };
            let its = if order.is_ge() { theirs.next() } else { None };
            match (own, its) {
                (Some((_, a)), Some((_, b))) if a == b => {}
                (Some((key, _)), _) | (None, Some((key, _))) => different.push(key),
                (None, None) => return different,
            }
        }
    }
}

impl<K: Ord + Clone, V: Clone> SharedMap<K, V> {
    /// Gives a key a value; the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let (at, place) = self.place(&key);
        let pieces = Arc::make_mut(&mut self.pieces);
        let Some(shared) = pieces.get_mut(at) else {
            pieces.push(Arc::new(vec![(key, value)]));
            self.len += 1;
            return None;
        };
        let piece = Arc::make_mut(shared);
        match place {
            Ok(place) => {
                let entry = piece.get_mut(place)?;
                // As in the standard library, the key stays the one that was there.
                Some(std::mem::replace(&mut entry.1, value))
            }
            Err(place) => {
                piece.insert(place.min(piece.len()), (key, value));
                self.len += 1;
                if piece.len() > MOST {
                    // Where entries come in order, pieces become nearly full.
                    let cut = if place + 1 == piece.len() { MOST } else { MOST / 2 };
                    let rest = piece.split_off(cut);
                    pieces.insert(at + 1, Arc::new(rest));
                }
                None
            }
        }
    }

    /// Takes a key out; the value that it had.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.remove_entry(key).map(|(_, value)| value)
    }

    pub fn remove_entry(&mut self, key: &K) -> Option<(K, V)> {
        let (at, place) = self.place(key);
        let place = place.ok()?;
        let pieces = Arc::make_mut(&mut self.pieces);
        let piece = Arc::make_mut(pieces.get_mut(at)?);
        let removed = piece.remove(place);
        if piece.is_empty() {
            pieces.remove(at);
        }
        self.len -= 1;
        Some(removed)
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let (at, place) = self.place(key);
        let place = place.ok()?;
        let piece = Arc::make_mut(Arc::make_mut(&mut self.pieces).get_mut(at)?);
        piece.get_mut(place).map(|(_, value)| value)
    }

    /// Keeps the entries that are wanted. Changes them where that is wanted, and copies all that is shared.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        for piece in Arc::make_mut(&mut self.pieces) {
            Arc::make_mut(piece).retain_mut(|(key, value)| keep(key, value));
        }
        Arc::make_mut(&mut self.pieces).retain(|piece| !piece.is_empty());
        self.len = self.pieces.iter().map(|piece| piece.len()).sum();
    }

    /// The entries in order, to be changed. Copies all that is shared.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        let pieces = Arc::make_mut(&mut self.pieces).iter_mut();
        pieces.flat_map(|piece| Arc::make_mut(piece).iter_mut().map(|(key, value)| (&*key, value)))
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// Takes all entries of another map over, and leaves that one empty.
    pub fn append(&mut self, other: &mut SharedMap<K, V>) {
        let other = std::mem::take(other);
        let follows = match (self.last_key_value(), other.first_key_value()) {
            (Some((last, _)), Some((first, _))) => last < first,
            _ => true,
        };
        if follows {
            self.len += other.len;
            Arc::make_mut(&mut self.pieces).extend(other.pieces.iter().cloned());
        } else {
            self.extend(other);
        }
    }
}

/// Goes through a map, and knows where a piece begins.
struct Reader<'a, K, V> {
    pieces: &'a [Arc<Piece<K, V>>],
    piece: usize,
    place: usize,
}

impl<'a, K, V> Reader<'a, K, V> {
    fn new(map: &'a SharedMap<K, V>) -> Reader<'a, K, V> {
        Reader { pieces: &map.pieces, piece: 0, place: 0 }
    }

    fn is_at_same_piece(&self, other: &Reader<'_, K, V>) -> bool {
        match (self.pieces.get(self.piece), other.pieces.get(other.piece)) {
            (Some(own), Some(its)) => self.place == 0 && other.place == 0 && Arc::ptr_eq(own, its),
            _ => false,
        }
    }

    fn skip_piece(&mut self) {
        (self.piece, self.place) = (self.piece + 1, 0);
    }

    fn entry(&self) -> Option<(&'a K, &'a V)> {
        self.pieces.get(self.piece)?.get(self.place).map(as_pair)
    }

    fn next(&mut self) -> Option<(&'a K, &'a V)> {
        let entry = self.entry()?;
        self.place += 1;
        if self.pieces.get(self.piece).is_none_or(|piece| self.place >= piece.len()) {
            self.skip_piece();
        }
        Some(entry)
    }
}

impl<K, V> Clone for SharedMap<K, V> {
    fn clone(&self) -> SharedMap<K, V> {
        SharedMap { pieces: Arc::clone(&self.pieces), len: self.len }
    }
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> SharedMap<K, V> {
        SharedMap::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SharedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord, V: PartialEq> PartialEq for SharedMap<K, V> {
    fn eq(&self, other: &SharedMap<K, V>) -> bool {
        self.is_shared_with(other) || self.len == other.len && self.different_keys(other).is_empty()
    }
}

impl<K: Ord, V: Eq> Eq for SharedMap<K, V> {}

impl<K: Ord + Clone, V: Clone> Extend<(K, V)> for SharedMap<K, V> {
    fn extend<T: IntoIterator<Item = (K, V)>>(&mut self, entries: T) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SharedMap<K, V> {
    /// Of entries with the same key the last one counts.
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> SharedMap<K, V> {
        let mut all: Vec<(K, V)> = entries.into_iter().collect();
        if !all.is_sorted_by(|(a, _), (b, _)| a < b) {
            all.sort_by(|(a, _), (b, _)| a.cmp(b));
            // The later of two goes to the place of the earlier one.
            all.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    std::mem::swap(&mut later.1, &mut earlier.1);
                }
                same
            });
        }
        let mut pieces = Vec::with_capacity(all.len().div_ceil(MOST));
        let mut all = all.into_iter();
        loop {
            let piece: Piece<K, V> = all.by_ref().take(MOST).collect();
            if piece.is_empty() {
                return SharedMap::of_pieces(pieces);
            }
            pieces.push(Arc::new(piece));
        }
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for SharedMap<K, V> {
    fn from(entries: [(K, V); N]) -> SharedMap<K, V> {
        entries.into_iter().collect()
    }
}

impl<'a, K, V> IntoIterator for &'a SharedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<K: Clone, V: Clone> IntoIterator for SharedMap<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> IntoIter<K, V> {
        let pieces = Arc::try_unwrap(self.pieces).unwrap_or_else(|shared| (*shared).clone());
        let own: Own<K, V> = Arc::unwrap_or_clone;
        pieces.into_iter().flat_map(own)
    }
}

type Own<K, V> = fn(Arc<Piece<K, V>>) -> Piece<K, V>;

/// The entries in order, taken out of the map.
pub type IntoIter<K, V> = FlatMap<std::vec::IntoIter<Arc<Piece<K, V>>>, Piece<K, V>, Own<K, V>>;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Insert(u8, u8),
        Remove(u8),
        Change(u8, u8),
        Keep(u8),
        Append(Vec<u8>),
        Extend(Vec<u8>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            8 => (any::<u8>(), any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
            4 => any::<u8>().prop_map(Step::Remove),
            2 => (any::<u8>(), any::<u8>()).prop_map(|(key, value)| Step::Change(key, value)),
            1 => (2..9u8).prop_map(Step::Keep),
            1 => proptest::collection::vec(any::<u8>(), 0..9).prop_map(Step::Append),
            1 => proptest::collection::vec(any::<u8>(), 0..9).prop_map(Step::Extend),
        ]
    }

    proptest! {
        #[test]
        fn it_is_the_map_of_the_standard_library(
            first in proptest::collection::vec(any::<(u8, u8)>(), 0..40),
            steps in proptest::collection::vec(step(), 0..60),
            range in any::<(u8, u8)>(),
        ) {
            let mut map: SharedMap<u8, u8> = first.iter().copied().collect();
            let mut model: BTreeMap<u8, u8> = first.iter().copied().collect();
            for step in steps {
                let (before, old) = (map.clone(), model.clone());
                match step {
                    Step::Insert(key, value) => assert_eq!(map.insert(key, value), model.insert(key, value)),
                    Step::Remove(key) => assert_eq!(map.remove(&key), model.remove(&key)),
                    Step::Change(key, new) => {
                        let (own, its) = (map.get_mut(&key), model.get_mut(&key));
                        assert_eq!(own, its);
                        own.into_iter().chain(its).for_each(|value| *value = new);
                    }
                    Step::Keep(of) => {
                        map.retain(|key, value| { *value ^= 1; key % of > 0 });
                        model.retain(|key, value| { *value ^= 1; key % of > 0 });
                    }
                    Step::Append(keys) => {
                        let entries = || keys.iter().map(|key| (*key, 7));
                        map.append(&mut entries().collect());
                        model.append(&mut entries().collect());
                    }
                    Step::Extend(keys) => {
                        map.extend(keys.iter().map(|key| (*key, 9)));
                        model.extend(keys.iter().map(|key| (*key, 9)));
                    }
                }
                assert!(before.iter().eq(&old), "a copy stays what it is");
                assert!(map.iter().eq(&model), "{map:?} {model:?}");
                assert!(map.iter().rev().eq(model.iter().rev()));
                assert!(map.pieces.iter().all(|piece| (1..=MOST).contains(&piece.len())));
                assert_eq!((map.len(), map.is_empty()), (model.len(), model.is_empty()));
                assert_eq!(map.first_key_value(), model.first_key_value());
                assert_eq!(map.last_key_value(), model.last_key_value());
                let other = |key: &u8| old.get(key) != model.get(key);
                let different: BTreeMap<&u8, ()> =
                    old.keys().chain(model.keys()).filter(|key| other(key)).map(|key| (key, ())).collect();
                assert!(before.different_keys(&map).iter().eq(different.keys()));
                assert_eq!(before == map, old == model);
                let (from, to) = (range.0.min(range.1), range.0.max(range.1));
                assert!(map.range(from..to).eq(model.range(from..to)));
                assert!(map.range(from..=to).rev().eq(model.range(from..=to).rev()));
                assert!(map.range(from..).eq(model.range(from..)));
                assert!(map.range(..to).eq(model.range(..to)));
                for key in [from, to] {
                    assert_eq!(map.get_key_value(&key), model.get_key_value(&key));
                    assert_eq!(map.contains_key(&key), model.contains_key(&key));
                }
            }
            assert!(map.clone().into_iter().eq(model.clone()));
            assert!(map.into_keys().eq(model.into_keys()));
        }
    }

    #[test]
    fn one_entry_costs_one_piece() {
        let all: SharedMap<u8, u8> = (0..200).map(|key| (key, 0)).collect();
        for key in [0, 3, 4, 100, 199, 255] {
            let mut other = all.clone();
            assert!(other.is_shared_with(&all));
            other.insert(key, 1);
            assert!(other.unshared(&all) <= MOST + 1, "{key}");
            assert_eq!(other.different_keys(&all), [&key]);
            other.remove(&key);
            assert!(other.unshared(&all) <= MOST, "{key}");
        }
    }
}
