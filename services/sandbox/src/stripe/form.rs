//! Stripe's request form: `transfer_data[destination]=acct_1&expand[]=charge`. Reads it strictly.
//!
//! Every parameter must be asked for by name; what nobody asked for is refused, as Stripe does, so that a misspelt
//! parameter is found in a test and not in production.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::error::StripeError;

/// The parameters of one request, in the order sent.
#[derive(Debug, Clone, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

const LONGEST_NAME: usize = 200;
const LONGEST_VALUE: usize = 5_000;
const MOST_PARAMETERS: usize = 1_000;

impl Params {
    /// Reads a query or an `application/x-www-form-urlencoded` body.
    ///
    /// # Errors
    /// When it is not text or absurdly large.
    pub fn parse(body: &[u8]) -> Result<Self, StripeError> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
        if pairs.len() > MOST_PARAMETERS {
            return Err(StripeError::invalid("", "Too many parameters."));
        }
        if let Some((name, _)) =
            pairs.iter().find(|(name, value)| name.len() > LONGEST_NAME || value.len() > LONGEST_VALUE)
        {
            let shown: String = name.chars().take(60).collect();
            return Err(StripeError::invalid(&shown, &format!("Invalid string for {shown}: it is too long.")));
        }
        Ok(Self { pairs })
    }

    /// A hash over all parameters regardless of order, to compare a repeated request with its first.
    pub fn fingerprint(&self, request: &str) -> String {
        let mut sorted = self.pairs.clone();
        sorted.sort();
        let mut hash = Sha256::new();
        hash.update(request);
        for (name, value) in sorted {
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name);
            hash.update((value.len() as u64).to_be_bytes());
            hash.update(value);
        }
        hex::encode(hash.finalize())
    }

    /// Takes a text; an empty one counts as present and means "unset".
    pub fn text(&mut self, name: &str) -> Option<String> {
        let place = self.pairs.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.pairs.remove(place);
        self.pairs.retain(|(key, _)| key != name);
        Some(value)
    }

    /// Takes a text that must be there and not be empty.
    ///
    /// # Errors
    /// `parameter_missing`.
    pub fn required(&mut self, name: &str) -> Result<String, StripeError> {
        self.text(name).filter(|value| !value.is_empty()).ok_or_else(|| StripeError::missing_parameter(name))
    }

    /// Takes a whole number.
    ///
    /// # Errors
    /// `parameter_invalid_integer`.
    pub fn integer(&mut self, name: &str) -> Result<Option<i64>, StripeError> {
        match self.text(name) {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| {
                StripeError::invalid(name, &format!("Invalid integer: {text}")).with_code("parameter_invalid_integer")
            }),
        }
    }

    /// Takes a yes or no.
    ///
    /// # Errors
    /// When it is neither `true` nor `false`.
    pub fn flag(&mut self, name: &str) -> Result<Option<bool>, StripeError> {
        match self.text(name).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(StripeError::invalid(name, &format!("Invalid boolean: {other}"))),
        }
    }

    /// Takes one of a few words.
    ///
    /// # Errors
    /// When it is another word.
    pub fn choice(&mut self, name: &str, allowed: &[&str]) -> Result<Option<String>, StripeError> {
        match self.text(name) {
            None => Ok(None),
            Some(word) if allowed.contains(&word.as_str()) => Ok(Some(word)),
            Some(_) => {
                Err(StripeError::invalid(name, &format!("Invalid {name}: must be one of {}", allowed.join(", "))))
            }
        }
    }

    /// Takes `name[key]=value` pairs, e.g. metadata.
    pub fn map(&mut self, name: &str) -> BTreeMap<String, String> {
        let start = format!("{name}[");
        let mut map = BTreeMap::new();
        self.pairs.retain(|(key, value)| {
            let Some(inner) = key.strip_prefix(&start).and_then(|rest| rest.strip_suffix(']')) else { return true };
            map.insert(inner.to_owned(), value.clone());
            false
        });
        map
    }

    /// Takes `name[]=a&name[]=b` (or with numbers in the brackets).
    pub fn list(&mut self, name: &str) -> Vec<String> {
        let start = format!("{name}[");
        let mut list = Vec::new();
        self.pairs.retain(|(key, value)| {
            if !key.starts_with(&start) {
                return true;
            }
            list.push(value.clone());
            false
        });
        list
    }

    /// Whether anything under `name` was sent.
    pub fn has(&self, name: &str) -> bool {
        let start = format!("{name}[");
        self.pairs.iter().any(|(key, _)| key == name || key.starts_with(&start))
    }

    /// Takes and forgets parameters that Stripe knows and this stand-in has no use for.
    pub fn accept_unused(&mut self, names: &[&str]) {
        self.pairs.retain(|(key, _)| {
            let root = key.split('[').next().unwrap_or(key);
            !names.contains(&root)
        });
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// `parameter_unknown` when something is left that nobody asked for.
    pub fn finish(self) -> Result<(), StripeError> {
        match self.pairs.first() {
            None => Ok(()),
            Some((name, _)) => Err(StripeError::invalid(name, &format!("Received unknown parameter: {name}"))
                .with_code("parameter_unknown")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(text: &str) -> Params {
        Params::parse(text.as_bytes()).expect("a form")
    }

    #[test]
    fn nested_and_listed_parameters_are_read_by_name() {
        let mut form = params(
            "amount=5000&transfer_data[destination]=acct_1&metadata[booking]=b1&metadata[step]=hold&expand[]=a&expand[1]=b&confirm=true",
        );
        assert_eq!(form.integer("amount").expect("a number"), Some(5000));
        assert_eq!(form.text("transfer_data[destination]").as_deref(), Some("acct_1"));
        assert_eq!(
            form.map("metadata").into_iter().collect::<Vec<_>>(),
            [("booking".into(), "b1".into()), ("step".into(), "hold".into())]
        );
        assert_eq!(form.list("expand"), ["a", "b"]);
        assert_eq!(form.flag("confirm").expect("a flag"), Some(true));
        form.finish().expect("nothing is left");
    }

    #[test]
    fn what_nobody_asked_for_is_refused_by_name() {
        let error = params("amout=1").finish().expect_err("misspelt");
        assert_eq!(error.code.as_deref(), Some("parameter_unknown"));
        assert_eq!(error.param.as_deref(), Some("amout"));
    }

    #[test]
    fn the_fingerprint_ignores_order_and_sees_every_value() {
        assert_eq!(params("a=1&b=2").fingerprint("POST /x"), params("b=2&a=1").fingerprint("POST /x"));
        assert_ne!(params("a=1&b=2").fingerprint("POST /x"), params("a=12&b=").fingerprint("POST /x"));
        assert_ne!(params("a=1").fingerprint("POST /x"), params("a=1").fingerprint("POST /y"));
    }
}
