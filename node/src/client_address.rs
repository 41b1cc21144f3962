//! Who is the client: the address that rate limits and caps are counted by.
//!
//! The peer of the TCP connection is the client, unless the peer is a proxy that the operator has
//! named. Then the proxy's header is read from the right, where the proxy wrote, and the first hop
//! that is not itself a named proxy is the client. What stands further left was sent by the client
//! and proves nothing. Pure functions: addresses and headers in, an address out.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName};

/// The most hops of a forwarding header that are looked at, counted from the right. No honest chain
/// of named proxies is longer.
const MAX_HOPS: usize = 32;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// A range of addresses in CIDR notation, as `10.0.0.0/8`, `2001:db8::/32` or a bare address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    prefix_bits: u8,
}

/// Why a text is not a [`Network`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// The part before the slash is no address.
    #[error("not an IP address")]
    Address,
    /// The part after the slash is no number, or larger than the address has bits.
    #[error("prefix length is not a number from 0 to 32 (IPv4) or 128 (IPv6)")]
    Prefix,
    /// Bits beyond the prefix are set: a slip of the pen that would be guessed at otherwise.
    #[error("address has bits set beyond its prefix")]
    HostBits,
}

impl Network {
    /// Whether `address` lies in this range. IPv4 addresses written as IPv6 count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                mask_v4(address, self.prefix_bits) == first.to_bits()
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                mask_v6(address, self.prefix_bits) == first.to_bits()
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_not_one| NetworkError::Address)?;
        let widest = if first.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            None => widest,
            Some(digits) => digits.parse().map_err(|_not_one| NetworkError::Prefix)?,
        };
        if prefix_bits > widest {
            return Err(NetworkError::Prefix);
        }
        let clean = match first {
            IpAddr::V4(address) => mask_v4(address, prefix_bits) == address.to_bits(),
            IpAddr::V6(address) => mask_v6(address, prefix_bits) == address.to_bits(),
        };
        if clean { Ok(Self { first, prefix_bits }) } else { Err(NetworkError::HostBits) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix_bits)
    }
}

fn mask_v4(address: Ipv4Addr, prefix_bits: u8) -> u32 {
    let hidden = 32_u32.saturating_sub(prefix_bits.into());
    address.to_bits() & u32::MAX.checked_shl(hidden).unwrap_or(0)
}

fn mask_v6(address: Ipv6Addr, prefix_bits: u8) -> u128 {
    let hidden = 128_u32.saturating_sub(prefix_bits.into());
    address.to_bits() & u128::MAX.checked_shl(hidden).unwrap_or(0)
}

/// The header in which the named proxies say whom they speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForwardingHeader {
    /// `X-Forwarded-For`, to which every proxy appends its peer.
    #[default]
    XForwardedFor,
    /// `X-Real-IP`, which the proxy must overwrite, never pass on.
    XRealIp,
}

/// The proxies that the operator vouches for. Empty by default: then no header is ever believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustedProxies {
    /// Where they are.
    pub networks: Vec<Network>,
    /// What they write.
    pub header: ForwardingHeader,
}

impl TrustedProxies {
    /// Whether `address` is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }

    /// The address of the client behind a connection from `peer` whose request carries `headers`.
    ///
    /// A hop that is no address ends the walk: the last named proxy before it is the client then.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return peer;
        }
        match self.header {
            ForwardingHeader::XForwardedFor => self.right_most_stranger(peer, headers),
            ForwardingHeader::XRealIp => {
                let mut values = headers.get_all(X_REAL_IP).iter();
                match (values.next().and_then(|value| parse_hop(value.as_bytes())), values.next()) {
                    (Some(address), None) => address,
                    _ => peer,
                }
            }
        }
    }

    fn right_most_stranger(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        // Several header lines are one list, in their order (RFC 9110, section 5.3).
        let hops = headers
            .get_all(X_FORWARDED_FOR)
            .iter()
            .rev()
            .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        let mut client = peer;
        for hop in hops.take(MAX_HOPS) {
            let Some(address) = parse_hop(hop) else { return client };
            client = address;
            if !self.contains(address) {
                return client;
            }
        }
        client
    }
}

/// `1.2.3.4`, `1.2.3.4:567`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:567`.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim_matches([' ', '\t']);
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return Some(socket.ip().to_canonical());
    }
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    inner.parse::<Ipv6Addr>().ok().map(|address| IpAddr::V6(address).to_canonical())
}

/// The addresses that count as one client: a single IPv4 address, or an IPv6 network of 64 bits,
/// which is what one customer is given and can pick addresses from at will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressGroup {
    /// One IPv4 address.
    V4(u32),
    /// The upper 64 bits of an IPv6 address.
    V6(u64),
}

impl From<IpAddr> for AddressGroup {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => {
                let upper = address.to_bits() >> 64;
                Self::V6(u64::try_from(upper).expect("64 bits are left of 128"))
            }
        }
    }
}

impl fmt::Display for AddressGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(bits) => write!(f, "{}", Ipv4Addr::from_bits(*bits)),
            Self::V6(upper) => {
                write!(f, "{}/64", Ipv6Addr::from_bits(u128::from(*upper) << 64))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn proxies(networks: &[&str], header: ForwardingHeader) -> TrustedProxies {
        TrustedProxies {
            networks: networks.iter().map(|text| text.parse().unwrap()).collect(),
            header,
        }
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[test]
    fn networks_hold_what_their_prefix_says() {
        let matrix = [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
        ];
        for (network, address, inside) in matrix {
            let parsed: Network = network.parse().unwrap();
            assert_eq!(parsed.contains(ip(address)), inside, "{address} in {network}");
        }
    }

    #[test]
    fn malformed_networks_are_refused_with_their_reason() {
        let matrix = [
            ("", NetworkError::Address),
            ("localhost/8", NetworkError::Address),
            ("10.0.0.0/33", NetworkError::Prefix),
            ("::/129", NetworkError::Prefix),
            ("10.0.0.0/", NetworkError::Prefix),
            ("10.0.0.0/-1", NetworkError::Prefix),
            ("10.0.0.1/8", NetworkError::HostBits),
        ];
        for (text, error) in matrix {
            assert_eq!(text.parse::<Network>(), Err(error), "{text:?}");
        }
        assert_eq!("10.0.0.0/8".parse::<Network>().unwrap().to_string(), "10.0.0.0/8");
    }

    #[test]
    fn a_stranger_cannot_choose_its_address() {
        let nobody = TrustedProxies::default();
        let vouched = proxies(&["10.0.0.0/8"], ForwardingHeader::XForwardedFor);
        for name in ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip"] {
            let claim = headers(&[(name, "198.51.100.9")]);
            assert_eq!(nobody.client(ip("203.0.113.5"), &claim), ip("203.0.113.5"));
            assert_eq!(vouched.client(ip("203.0.113.5"), &claim), ip("203.0.113.5"));
        }
    }

    #[test]
    fn the_right_most_stranger_is_the_client() {
        let vouched = proxies(&["10.0.0.0/8", "fd00::/8"], ForwardingHeader::XForwardedFor);
        let matrix: &[(&[&str], &str)] = &[
            (&["203.0.113.5"], "203.0.113.5"),
            (&["1.1.1.1, 203.0.113.5"], "203.0.113.5"),
            (&["1.1.1.1, 203.0.113.5, 10.0.0.2"], "203.0.113.5"),
            (&["1.1.1.1", "203.0.113.5"], "203.0.113.5"),
            (&["1.1.1.1, 203.0.113.5", "fd00::7, 10.0.0.2"], "203.0.113.5"),
            (&["203.0.113.5:4711"], "203.0.113.5"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["::ffff:203.0.113.5"], "203.0.113.5"),
            // Junk that the client sent ends up on the left and is never reached.
            (&["<script>, unknown, 203.0.113.5"], "203.0.113.5"),
            // Junk where a proxy should have written ends the walk: no jump to what the client sent.
            (&["1.1.1.1, unknown"], "10.0.0.1"),
            (&["1.1.1.1, unknown, 10.0.0.2"], "10.0.0.2"),
            (&["1.1.1.1,"], "10.0.0.1"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
            // Everybody on the way is a proxy: the first of them asked.
            (&["10.0.0.9, 10.0.0.2"], "10.0.0.9"),
        ];
        for (lines, client) in matrix {
            let mut map = HeaderMap::new();
            for line in *lines {
                map.append(X_FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
            }
            assert_eq!(vouched.client(ip("10.0.0.1"), &map), ip(client), "{lines:?}");
        }
    }

    #[test]
    fn an_endless_chain_costs_a_bounded_walk() {
        let vouched = proxies(&["10.0.0.0/8"], ForwardingHeader::XForwardedFor);
        let chain = format!("203.0.113.5, {}", vec!["10.0.0.2"; 1_000].join(", "));
        let map = headers(&[("x-forwarded-for", &chain)]);
        assert_eq!(vouched.client(ip("10.0.0.1"), &map), ip("10.0.0.2"));
    }

    #[test]
    fn x_real_ip_counts_only_when_configured_and_single() {
        let vouched = proxies(&["10.0.0.0/8"], ForwardingHeader::XRealIp);
        let matrix: &[(&[(&'static str, &str)], &str)] = &[
            (&[("x-real-ip", "203.0.113.5")], "203.0.113.5"),
            (&[("x-real-ip", "203.0.113.5"), ("x-real-ip", "203.0.113.6")], "10.0.0.1"),
            (&[("x-real-ip", "nonsense")], "10.0.0.1"),
            (&[("x-forwarded-for", "203.0.113.5")], "10.0.0.1"),
        ];
        for (lines, client) in matrix {
            assert_eq!(vouched.client(ip("10.0.0.1"), &headers(lines)), ip(client), "{lines:?}");
        }
    }

    #[test]
    fn one_ipv6_customer_is_one_group() {
        let group = |text: &str| AddressGroup::from(ip(text));
        assert_eq!(group("2001:db8:1:2::1"), group("2001:db8:1:2:ffff::9"));
        assert_ne!(group("2001:db8:1:2::1"), group("2001:db8:1:3::1"));
        assert_eq!(group("::ffff:192.0.2.1"), group("192.0.2.1"));
        assert_ne!(group("192.0.2.1"), group("192.0.2.2"));
        assert_eq!(group("2001:db8:1:2::1").to_string(), "2001:db8:1:2::/64");
        assert_eq!(group("192.0.2.1").to_string(), "192.0.2.1");
    }
}
