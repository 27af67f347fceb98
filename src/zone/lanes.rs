//! Looking at sixty-four octets in one go: which of them are of a kind. Each step is done for all of them before the
//! next one, so that the compiler makes a few instructions of it that do so too. (It does not for sixteen.)

use std::ops::BitOr;

/// How many octets are looked at.
pub const COUNT: usize = 64;

/// Octets that are looked at beside each other.
#[derive(Debug, Clone, Copy)]
pub struct Lanes<'a>(pub &'a [u8; COUNT]);

/// Which of them are of a kind: those have all bits set, the others none.
#[derive(Debug, Clone, Copy)]
pub struct Which([u8; COUNT]);

impl Lanes<'_> {
    #[inline(always)]
    fn which(self, is: impl Fn(u8) -> bool) -> Which {
        let mut which = [0; COUNT];
        for (lane, octet) in which.iter_mut().zip(self.0) {
            *lane = if is(*octet) { 0xff } else { 0 };
        }
        Which(which)
    }

    /// Those that are this one.
    #[inline(always)]
    pub fn are(self, other: u8) -> Which {
        self.which(|octet| octet == other)
    }

    /// Those from `first` to `last`.
    #[inline(always)]
    pub fn are_within(self, first: u8, last: u8) -> Which {
        self.which(|octet| octet.wrapping_sub(first) <= last.wrapping_sub(first))
    }
}

impl BitOr for Which {
    type Output = Which;

    #[inline(always)]
    fn bitor(mut self, other: Which) -> Which {
        self.0.iter_mut().zip(other.0).for_each(|(lane, other)| *lane |= other);
        self
    }
}

impl Which {
    /// A bit for each octet, the first one's the lowest: set where it is of the kind.
    #[inline(always)]
    pub fn bits(self) -> u64 {
        let (eights, _) = self.0.as_chunks::<8>();
        // One bit of each of eight, each a place further up than the one before: they do not meet where all are added
        // up, which the highest octet of the product is.
        const OWN: u64 = u64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]);
        const ONES: u64 = u64::from_le_bytes([1; 8]);
        let bits = |eight: &[u8; 8]| (u64::from_le_bytes(*eight) & OWN).wrapping_mul(ONES) >> (64 - 8);
        eights.iter().rev().fold(0, |all, eight| all << 8 | bits(eight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_octet_has_its_bit(octets in prop::array::uniform32(any::<u8>()), a in any::<u8>(), b in any::<u8>()) {
            let mut both = [0; COUNT];
            both.iter_mut().zip(octets.iter().chain(octets.iter().rev())).for_each(|(to, octet)| *to = *octet);
            let lanes = Lanes(&both);
            let (first, last, other) = (a.min(b), a.max(b), octets[3]);
            let (within, are) = (lanes.are_within(first, last), lanes.are(other));
            prop_assert_eq!((within | are).bits(), within.bits() | are.bits());
            for (at, octet) in both.iter().enumerate() {
                prop_assert_eq!(within.bits() >> at & 1 == 1, (first..=last).contains(octet));
                prop_assert_eq!(are.bits() >> at & 1 == 1, *octet == other);
            }
        }
    }
}
