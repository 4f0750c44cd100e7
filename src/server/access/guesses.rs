//! How often an address has shown tokens that are not known.
//!
//! Nobody guesses 256 bits; this keeps a program with an old token in a loop from filling the log and the processor.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// So many in a minute are answered as what they are.
const PER_MINUTE: u32 = 20;

const MINUTE: i64 = 60_000;

/// More addresses than this are not told apart any longer: they share what is left.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Guesses(Mutex<HashMap<IpAddr, (i64, u32)>>);

impl Guesses {
    /// Counts one more of `peer` at `now`; tells whether it is one too many.
    pub(super) fn is_too_many(&self, peer: IpAddr, now: i64) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST {
            counts.retain(|_, (since, _)| now.saturating_sub(*since) < MINUTE);
        }
        let key = match counts.len() >= MOST {
            true => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            false => network(peer),
        };
        let (since, count) = counts.entry(key).or_insert((now, 0));
        if now.saturating_sub(*since) >= MINUTE {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count > PER_MINUTE
    }
}

/// One customer has 2^64 addresses of version 6.
fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(inner) => IpAddr::V4(inner),
            None => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h07_guesses_of_one_network_are_counted_together_and_forgotten_after_a_minute() {
        let guesses = Guesses::default();
        let peer = |host: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, host));
        assert!((0..20).all(|host| !guesses.is_too_many(peer(host), 0)));
        assert!(guesses.is_too_many(peer(99), MINUTE - 1));
        assert!(!guesses.is_too_many("10.0.0.1".parse().unwrap(), 0));
        assert!(!guesses.is_too_many(peer(99), MINUTE));
    }
}
