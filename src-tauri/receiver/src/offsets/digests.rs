//! Digests that clients give of what they send, by the names that the protocols have for them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Digest as _;

/// An algorithm that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
    Crc32c,
    Blake3,
}

/// A digest that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claimed {
    pub algorithm: Algorithm,
    pub value: Vec<u8>,
}

/// Takes bytes in, and has their digest at the end.
pub(crate) enum Digester {
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha512(sha2::Sha512),
    Crc32c(u32),
    Blake3(Box<blake3::Hasher>),
}

impl Digester {
    pub fn new(algorithm: Algorithm) -> Digester {
        match algorithm {
            Algorithm::Sha1 => Digester::Sha1(sha1::Sha1::new()),
            Algorithm::Sha256 => Digester::Sha256(sha2::Sha256::new()),
            Algorithm::Sha512 => Digester::Sha512(sha2::Sha512::new()),
            Algorithm::Crc32c => Digester::Crc32c(0),
            Algorithm::Blake3 => Digester::Blake3(Box::default()),
        }
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Digester::Sha1(hasher) => hasher.update(bytes),
            Digester::Sha256(hasher) => hasher.update(bytes),
            Digester::Sha512(hasher) => hasher.update(bytes),
            Digester::Crc32c(sum) => *sum = crc32c::crc32c_append(*sum, bytes),
            Digester::Blake3(hasher) => drop(hasher.update(bytes)),
        }
    }

    /// The digest, if it is a BLAKE3.
    pub fn into_blake3(self) -> Option<crate::journal::Digest> {
        match self {
            Digester::Blake3(hasher) => Some(crate::journal::Digest(hasher.finalize())),
            _ => None,
        }
    }

    fn value(self) -> Vec<u8> {
        match self {
            Digester::Sha1(hasher) => hasher.finalize().to_vec(),
            Digester::Sha256(hasher) => hasher.finalize().to_vec(),
            Digester::Sha512(hasher) => hasher.finalize().to_vec(),
            Digester::Crc32c(sum) => sum.to_be_bytes().to_vec(),
            Digester::Blake3(hasher) => hasher.finalize().as_bytes().to_vec(),
        }
    }
}

/// One for each digest that was given.
pub(crate) fn digesters(claimed: &[Claimed]) -> Vec<Digester> {
    claimed.iter().map(|claimed| Digester::new(claimed.algorithm)).collect()
}

/// Whether what came has every digest that was given.
pub(crate) fn fit(digesters: Vec<Digester>, claimed: &[Claimed]) -> bool {
    digesters.into_iter().zip(claimed).all(|(digester, claimed)| digester.value() == claimed.value)
}

/// Base64 with its padding.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// `None` for anything that is not base64 with its padding.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(algorithm: Algorithm) -> String {
        let mut digester = Digester::new(algorithm);
        b"123456789".chunks(2).for_each(|piece| digester.update(piece));
        digester.value().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn digests_are_those_the_world_knows() {
        assert_eq!(hex(Algorithm::Sha1), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
        assert_eq!(hex(Algorithm::Sha256), "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
        assert!(hex(Algorithm::Sha512).starts_with("d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274a"));
        assert_eq!(hex(Algorithm::Crc32c), "e3069283");
        assert_eq!(hex(Algorithm::Blake3), blake3::hash(b"123456789").to_hex().as_str());
    }

    #[test]
    fn one_wrong_digest_among_right_ones_is_noticed() {
        let value = |text: &str| from_base64(text).expect("it is base64");
        let right = Claimed { algorithm: Algorithm::Crc32c, value: value("4waSgw==") };
        let wrong = Claimed { algorithm: Algorithm::Sha1, value: value("4waSgw==") };
        for (claimed, fits) in [(vec![], true), (vec![right.clone()], true), (vec![right, wrong], false)] {
            let mut digesters = digesters(&claimed);
            digesters.iter_mut().for_each(|digester| digester.update(b"123456789"));
            assert_eq!(fit(digesters, &claimed), fits);
        }
    }
}
