//! Recovery codes: what lets an owner in whose phone is lost (AUTH-33). Pure: the randomness is an argument.

use data_encoding::BASE32_NOPAD;

/// How many a person gets.
pub const COUNT: usize = 10;
/// Randomness of one; 80 bits need no slow hash.
pub const ENTROPY_BYTES: usize = 10;

/// A code as it is shown once: four groups of four.
pub fn from_entropy(entropy: &[u8]) -> String {
    let letters = BASE32_NOPAD.encode(entropy).to_ascii_lowercase();
    let groups: Vec<&str> = (0..letters.len()).step_by(4).map(|at| &letters[at..(at + 4).min(letters.len())]).collect();
    groups.join("-")
}

/// A code however it was typed: in capitals, without or with other separators.
pub fn normalise(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// AUTH-33: a code is the same however it is typed, and two are never the same.
        #[test]
        fn typing_does_not_matter(entropy in prop::collection::vec(any::<u8>(), ENTROPY_BYTES)) {
            let code = from_entropy(&entropy);
            prop_assert_eq!(code.len(), 19);
            prop_assert_eq!(normalise(&code), normalise(&code.to_uppercase().replace('-', " ")));
            let mut other = entropy.clone();
            other[3] ^= 1;
            prop_assert_ne!(normalise(&from_entropy(&other)), normalise(&code));
        }
    }
}
