//! Whether a text is JSON in all its parts, also in members that nobody reads. Keeps nothing of it.
//!
//! serde skips unknown members without a look, so broken escapes, numbers beyond all bounds, bytes that are no UTF-8 and
//! nesting without end would pass there.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// What is known of a sound text.
pub(super) struct SoundText {
    /// It is an object, not a list, a text or a number.
    pub(super) is_object: bool,
    /// Some text or name in it holds a NUL.
    pub(super) holds_nul: bool,
}

/// Walks once through the whole text.
pub(super) fn read(text: &[u8]) -> Result<SoundText, serde_json::Error> {
    let holds_nul = Cell::new(false);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let kind = Walk { holds_nul: &holds_nul }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(SoundText { is_object: kind == Kind::Object, holds_nul: holds_nul.get() })
}

#[derive(PartialEq, Eq)]
enum Kind {
    Object,
    Other,
}

#[derive(Clone, Copy)]
struct Walk<'a> {
    holds_nul: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Kind;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Kind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Kind, E> {
        Ok(Kind::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Kind, E> {
        if text.contains('\0') {
            self.holds_nul.set(true);
        }
        Ok(Kind::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind, A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(Kind::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Kind, A::Error> {
        while members.next_entry_seed(self, self)?.is_some() {}
        Ok(Kind::Object)
    }
}
