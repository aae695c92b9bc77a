//! Which pictures a court has, and in which order. Pure.

use contracts::ids::CourtId;
use uuid::Uuid;

/// Most pictures of one court (COURT-14).
pub const MOST_IMAGES: usize = 10;
/// Largest file of one picture (COURT-14).
pub const LARGEST_IMAGE_BYTES: usize = 5 * 1024 * 1024;
/// Longest side of a stored picture: sharp on a large screen, and a few hundred kilobytes.
pub const LONGEST_SIDE: u32 = 1920;

/// Why a list of pictures cannot become another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefused {
    /// The court has no such picture.
    #[error("entry {0} is no picture of the court")]
    Unknown(usize),
    /// A picture stands twice.
    #[error("entry {0} stands twice")]
    Twice(usize),
}

/// Under which key a new picture of a court is stored.
#[must_use]
pub fn new_key(court: CourtId, id: Uuid) -> String {
    format!("{}{id}.jpg", folder(court))
}

/// Whether the file belongs to this court alone, so that it goes with the court's picture.
#[must_use]
pub fn belongs_to(court: CourtId, key: &str) -> bool {
    key.starts_with(&folder(court))
}

fn folder(court: CourtId) -> String {
    format!("courts/{court}/")
}

/// What a client calls a picture: the name of its file without the ending.
#[must_use]
pub fn image_id(key: &str) -> &str {
    let name = key.rsplit('/').next().unwrap_or(key);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The keys without the picture called `id`, and its key; nothing when there is none.
#[must_use]
pub fn without(keys: &[String], id: &str) -> Option<(Vec<String>, String)> {
    let removed = keys.iter().find(|key| image_id(key) == id)?.clone();
    Some((keys.iter().filter(|key| **key != removed).cloned().collect(), removed))
}

/// The keys in the order of `wanted`, which names pictures by their addresses; and the keys that it leaves out.
///
/// # Errors
/// [`OrderRefused`].
pub fn reordered(
    keys: &[String],
    addresses: &[String],
    wanted: &[String],
) -> Result<(Vec<String>, Vec<String>), OrderRefused> {
    let mut ordered: Vec<String> = Vec::with_capacity(wanted.len());
    for (number, address) in wanted.iter().enumerate() {
        let place = addresses.iter().position(|known| known == address).ok_or(OrderRefused::Unknown(number))?;
        let key = keys.get(place).ok_or(OrderRefused::Unknown(number))?;
        if ordered.contains(key) {
            return Err(OrderRefused::Twice(number));
        }
        ordered.push(key.clone());
    }
    let left_out = keys.iter().filter(|key| !ordered.contains(key)).cloned().collect();
    Ok((ordered, left_out))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn keys(number: usize) -> Vec<String> {
        (0..number).map(|image| format!("courts/c/{image}.jpg")).collect()
    }

    fn addresses(keys: &[String]) -> Vec<String> {
        keys.iter().map(|key| format!("https://files.example/{key}")).collect()
    }

    #[test]
    fn pictures_are_called_by_their_file() {
        let court = CourtId(Uuid::from_u128(7));
        let key = new_key(court, Uuid::from_u128(9));
        assert_eq!(image_id(&key), Uuid::from_u128(9).to_string());
        assert!(belongs_to(court, &key) && !belongs_to(CourtId(Uuid::from_u128(8)), &key));
        assert!(!belongs_to(court, "demo/padel-indoor-1.jpg"), "several courts of the demo share it");
        assert_eq!(image_id("demo/padel-indoor-1.jpg"), "padel-indoor-1");
    }

    #[test]
    fn unknown_and_repeated_pictures_are_named() {
        let keys = keys(2);
        let known = addresses(&keys);
        let wanted = [known[1].clone(), "https://elsewhere.example/x.jpg".to_owned()];
        assert_eq!(reordered(&keys, &known, &wanted), Err(OrderRefused::Unknown(1)));
        let wanted = [known[1].clone(), known[1].clone()];
        assert_eq!(reordered(&keys, &known, &wanted), Err(OrderRefused::Twice(1)));
        assert_eq!(without(&keys, "5"), None);
    }

    proptest! {
        /// Whatever order is wanted, no picture is lost or made up: it is kept or left out.
        #[test]
        fn orders_keep_or_leave_out(number in 0..MOST_IMAGES, order in proptest::collection::vec(0..MOST_IMAGES, 0..12)) {
            let keys = keys(number);
            let known = addresses(&keys);
            let mut distinct: Vec<usize> = Vec::new();
            for place in order.into_iter().filter(|place| *place < number) {
                if !distinct.contains(&place) {
                    distinct.push(place);
                }
            }
            let wanted: Vec<String> = distinct.iter().map(|place| known[*place].clone()).collect();
            let (ordered, left_out) = reordered(&keys, &known, &wanted).expect("known pictures");
            prop_assert_eq!(&ordered, &distinct.iter().map(|place| keys[*place].clone()).collect::<Vec<_>>());
            let together: BTreeSet<&String> = ordered.iter().chain(&left_out).collect();
            prop_assert_eq!(together.len(), ordered.len() + left_out.len());
            prop_assert_eq!(together, keys.iter().collect::<BTreeSet<_>>());
        }
    }
}
