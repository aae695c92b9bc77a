//! The text form of wire enums, for the places where serde is not at hand: TEXT columns, query strings, log fields.
//!
//! The enums themselves are written out by hand where they belong; only the two conversions are repeated code, and a
//! test of this crate holds them equal to what serde prints.

/// A text that names no variant of the expected enum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {expected}")]
pub struct UnknownText {
    /// Name of the enum that was expected.
    pub expected: &'static str,
    /// What was found instead.
    pub text: String,
}

/// Gives an enum `ALL`, `as_str`, `Display` and `FromStr` over its wire texts.
macro_rules! wire_text {
    ($name:ident { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The text on the wire and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)+
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownText;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok($name::$variant),)+
                    other => Err($crate::UnknownText { expected: stringify!($name), text: other.to_owned() }),
                }
            }
        }

        #[cfg(test)]
        impl $crate::wire_text::tests::WireText for $name {
            fn all() -> &'static [Self] {
                Self::ALL
            }

            fn text(self) -> &'static str {
                self.as_str()
            }
        }
    };
}

pub(crate) use wire_text;

#[cfg(test)]
pub(crate) mod tests {
    /// What the check below needs to know of an enum.
    pub(crate) trait WireText: Sized + Copy + std::fmt::Debug + PartialEq + 'static {
        fn all() -> &'static [Self];
        fn text(self) -> &'static str;
    }

    /// The hand-written text and serde's text are the same in both directions.
    pub(crate) fn agrees_with_serde<T>()
    where
        T: WireText + serde::Serialize + serde::de::DeserializeOwned + std::str::FromStr,
    {
        for &variant in T::all() {
            let printed = serde_json::to_value(variant).expect("unit variants print as strings");
            assert_eq!(printed, serde_json::Value::from(variant.text()));
            assert_eq!(serde_json::from_value::<T>(printed).expect("own text parses"), variant);
            assert_eq!(variant.text().parse::<T>().ok(), Some(variant));
        }
        assert!("no such text".parse::<T>().is_err());
        assert!(serde_json::from_value::<T>(serde_json::json!("no such text")).is_err());
    }
}
