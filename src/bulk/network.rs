//! A range of addresses, as people write it: `192.0.2.0/24`, `2001:db8::/32`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// The bits after the prefix are zero.
    first: IpAddr,
    length: u8,
}

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.first.is_ipv4()
            && masked(address, self.length) == masked(self.first, self.length)
    }

    /// How many bits are the same.
    pub fn length(&self) -> u8 {
        self.length
    }

    pub fn is_ipv4(&self) -> bool {
        self.first.is_ipv4()
    }

    /// The address at the same place in another range of the same kind and length; `None` where it is not in this one.
    pub fn moved(&self, address: IpAddr, other: &Network) -> Option<IpAddr> {
        let fits = self.contains(address) && other.is_ipv4() == self.is_ipv4() && other.length == self.length;
        let rest = bits(address) & !mask(address, self.length);
        fits.then(|| with_bits(address, bits(other.first) | rest))
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let wrong = || format!("{text} is no range of addresses, such as 192.0.2.0/24");
        let (first, length) = text.split_once('/').ok_or_else(wrong)?;
        let first: IpAddr = first.parse().map_err(|_| wrong())?;
        let most = width(first);
        let is_number = !length.is_empty() && length.bytes().all(|octet| octet.is_ascii_digit());
        let length: u8 = length
            .parse()
            .ok()
            .filter(|length| is_number && *length <= most)
            .ok_or_else(|| format!("{text}: the length after the slash is 0 to {most}"))?;
        if masked(first, length) != bits(first) {
            let meant = Network { first: with_bits(first, masked(first, length)), length };
            return Err(format!("{text} has bits after its length; {meant} is the range"));
        }
        Ok(Network { first, length })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn with_bits(like: IpAddr, bits: u128) -> IpAddr {
    match like {
        // Of an IPv4 address there are never more than 32 bits.
        IpAddr::V4(_) => IpAddr::V4((bits as u32).into()),
        IpAddr::V6(_) => IpAddr::V6(bits.into()),
    }
}

fn mask(address: IpAddr, length: u8) -> u128 {
    let rest = u32::from(width(address).saturating_sub(length));
    let all = if address.is_ipv4() { u128::from(u32::MAX) } else { u128::MAX };
    all.checked_shr(rest).unwrap_or(0).checked_shl(rest).unwrap_or(0)
}

fn masked(address: IpAddr, length: u8) -> u128 {
    bits(address) & mask(address, length)
}

/// The address that an A or AAAA record holds.
pub fn address_of(rtype: crate::zone::RecordType, rdata: &[u8]) -> Option<IpAddr> {
    use crate::zone::RecordType;
    match rtype {
        RecordType::A => <[u8; 4]>::try_from(rdata).ok().map(IpAddr::from),
        RecordType::AAAA => <[u8; 16]>::try_from(rdata).ok().map(IpAddr::from),
        _ => None,
    }
}
