//! Test cards: which id or number stands for which card, and how its bank behaves. Pure tables.

use serde::{Deserialize, Serialize};

/// What is shown of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub brand: String,
    pub last4: String,
    pub exp_month: i64,
    pub exp_year: i64,
    pub country: String,
    pub funding: String,
    /// `apple_pay` or `google_pay`.
    pub wallet: Option<String>,
}

/// How the bank answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Behaviour {
    /// Every charge goes through.
    Approves,
    /// Every charge is refused, and so is saving the card.
    Declines { reason: Decline },
    /// Saving works, charging does not.
    DeclinesLater { reason: Decline },
    /// Each charge asks the holder to authenticate.
    Authenticates,
    /// The first use asks the holder; a card saved with it charges without.
    AuthenticatesOnce,
    /// The holder is asked, and the bank refuses all the same.
    AuthenticatesThenDeclines { reason: Decline },
    /// The charge goes through and is disputed at once.
    Disputes { reason: String },
}

/// Why a bank refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    Generic,
    InsufficientFunds,
    LostCard,
    StolenCard,
    Fraudulent,
    ExpiredCard,
    IncorrectCvc,
    ProcessingError,
    AuthenticationRequired,
}

impl Decline {
    /// Stripe's error code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Generic | Self::InsufficientFunds | Self::LostCard | Self::StolenCard | Self::Fraudulent => {
                "card_declined"
            }
            Self::ExpiredCard => "expired_card",
            Self::IncorrectCvc => "incorrect_cvc",
            Self::ProcessingError => "processing_error",
            Self::AuthenticationRequired => "authentication_required",
        }
    }

    /// The bank's own word, where there is one.
    pub fn decline_code(self) -> Option<&'static str> {
        match self {
            Self::Generic => Some("generic_decline"),
            Self::InsufficientFunds => Some("insufficient_funds"),
            Self::LostCard => Some("lost_card"),
            Self::StolenCard => Some("stolen_card"),
            Self::Fraudulent => Some("fraudulent"),
            Self::AuthenticationRequired => Some("authentication_required"),
            Self::ExpiredCard => Some("expired_card"),
            Self::IncorrectCvc => Some("incorrect_cvc"),
            Self::ProcessingError => Some("processing_error"),
        }
    }

    /// For the card holder.
    pub fn message(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "Your card has insufficient funds.",
            Self::ExpiredCard => "Your card has expired.",
            Self::IncorrectCvc => "Your card's security code is incorrect.",
            Self::ProcessingError => "An error occurred while processing your card. Try again in a little bit.",
            Self::AuthenticationRequired => "Your card was declined. This transaction requires authentication.",
            Self::Generic | Self::LostCard | Self::StolenCard | Self::Fraudulent => "Your card was declined.",
        }
    }
}

fn card(brand: &str, last4: &str) -> Card {
    Card {
        brand: brand.to_owned(),
        last4: last4.to_owned(),
        exp_month: 12,
        exp_year: 2034,
        country: "GR".to_owned(),
        funding: "credit".to_owned(),
        wallet: None,
    }
}

/// The card behind `pm_card_...` or `tok_...`.
pub fn by_test_id(id: &str) -> Option<(Card, Behaviour)> {
    let name = id.strip_prefix("pm_card_").or_else(|| id.strip_prefix("tok_"))?;
    let declines = |reason| (card("visa", "0002"), Behaviour::Declines { reason });
    let found = match name {
        "visa" | "gr" => (card("visa", "4242"), Behaviour::Approves),
        "visa_debit" => (Card { funding: "debit".to_owned(), ..card("visa", "5556") }, Behaviour::Approves),
        "mastercard" => (card("mastercard", "4444"), Behaviour::Approves),
        "mastercard_debit" => (Card { funding: "debit".to_owned(), ..card("mastercard", "3222") }, Behaviour::Approves),
        "amex" => (card("amex", "8431"), Behaviour::Approves),
        "applePay" => (Card { wallet: Some("apple_pay".to_owned()), ..card("visa", "4242") }, Behaviour::Approves),
        "googlePay" => {
            (Card { wallet: Some("google_pay".to_owned()), ..card("mastercard", "4444") }, Behaviour::Approves)
        }
        "chargeDeclined" | "visa_chargeDeclined" => declines(Decline::Generic),
        "chargeDeclinedInsufficientFunds" | "visa_chargeDeclinedInsufficientFunds" => {
            (card("visa", "9995"), Behaviour::Declines { reason: Decline::InsufficientFunds })
        }
        "chargeDeclinedLostCard" | "visa_chargeDeclinedLostCard" => {
            (card("visa", "9987"), Behaviour::Declines { reason: Decline::LostCard })
        }
        "chargeDeclinedStolenCard" | "visa_chargeDeclinedStolenCard" => {
            (card("visa", "9979"), Behaviour::Declines { reason: Decline::StolenCard })
        }
        "chargeDeclinedFraudulent" => (card("visa", "0019"), Behaviour::Declines { reason: Decline::Fraudulent }),
        "chargeDeclinedExpiredCard" => (card("visa", "0069"), Behaviour::Declines { reason: Decline::ExpiredCard }),
        "chargeDeclinedIncorrectCvc" => (card("visa", "0127"), Behaviour::Declines { reason: Decline::IncorrectCvc }),
        "chargeDeclinedProcessingError" => {
            (card("visa", "0119"), Behaviour::Declines { reason: Decline::ProcessingError })
        }
        "chargeCustomerFail" => (card("visa", "0341"), Behaviour::DeclinesLater { reason: Decline::Generic }),
        "authenticationRequired" | "threeDSecure2Required" | "threeDSecureRequired" => {
            (card("visa", "3184"), Behaviour::Authenticates)
        }
        "authenticationRequiredOnSetup" | "authenticationRequiredSetupForOffSession" => {
            (card("visa", "3155"), Behaviour::AuthenticatesOnce)
        }
        "authenticationRequiredChargeDeclinedInsufficientFunds" => {
            (card("visa", "8260"), Behaviour::AuthenticatesThenDeclines { reason: Decline::InsufficientFunds })
        }
        "createDispute" => (card("visa", "0259"), Behaviour::Disputes { reason: "fraudulent".to_owned() }),
        "createDisputeProductNotReceived" => {
            (card("visa", "2685"), Behaviour::Disputes { reason: "product_not_received".to_owned() })
        }
        _ => return None,
    };
    Some(found)
}

/// The card behind a typed number: a known test number, any other valid number approves, an invalid one is nothing.
pub fn by_number(number: &str, exp_month: i64, exp_year: i64) -> Option<(Card, Behaviour)> {
    let digits: String = number.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
    let test_id = match digits.as_str() {
        "4242424242424242" => "tok_visa",
        "5555555555554444" => "tok_mastercard",
        "378282246310005" => "tok_amex",
        "4000000000000002" => "tok_chargeDeclined",
        "4000000000009995" => "tok_chargeDeclinedInsufficientFunds",
        "4000000000009987" => "tok_chargeDeclinedLostCard",
        "4000000000009979" => "tok_chargeDeclinedStolenCard",
        "4000000000000069" => "tok_chargeDeclinedExpiredCard",
        "4000000000000127" => "tok_chargeDeclinedIncorrectCvc",
        "4000000000000119" => "tok_chargeDeclinedProcessingError",
        "4000000000000341" => "tok_chargeCustomerFail",
        "4000002500003155" => "tok_authenticationRequiredOnSetup",
        "4000002760003184" | "4000000000003220" => "tok_authenticationRequired",
        "4000008260003178" => "tok_authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000000000000259" => "tok_createDispute",
        _ => "",
    };
    let (known, behaviour) = match by_test_id(test_id) {
        Some(found) => found,
        None if has_valid_checksum(&digits) => {
            (card(brand_of(&digits), &digits[digits.len() - 4..]), Behaviour::Approves)
        }
        None => return None,
    };
    let last4 = digits[digits.len() - 4..].to_owned();
    Some((Card { last4, exp_month, exp_year, ..known }, behaviour))
}

fn brand_of(digits: &str) -> &'static str {
    match digits.as_bytes() {
        [b'4', ..] => "visa",
        [b'5' | b'2', ..] => "mastercard",
        [b'3', b'4' | b'7', ..] => "amex",
        _ => "unknown",
    }
}

// The checksum of ISO/IEC 7812, so that a mistyped number is refused before any charge.
fn has_valid_checksum(digits: &str) -> bool {
    if !(12..=19).contains(&digits.len()) || !digits.bytes().all(|sign| sign.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, sign)| {
            let digit = u32::from(sign - b'0');
            match place % 2 {
                0 => digit,
                _ if digit > 4 => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers_behave_as_their_test_ids() {
        let (card, behaviour) = by_number("4000 0000 0000 9995", 1, 2030).expect("a test number");
        assert_eq!((card.last4.as_str(), card.exp_month, card.exp_year), ("9995", 1, 2030));
        assert_eq!(behaviour, Behaviour::Declines { reason: Decline::InsufficientFunds });
        assert_eq!(by_number("4000 0025 0000 3155", 1, 2030).expect("a test number").1, Behaviour::AuthenticatesOnce);
    }

    #[test]
    fn a_mistyped_number_is_no_card() {
        assert!(by_number("4242 4242 4242 4241", 1, 2030).is_none());
        assert!(by_number("4242", 1, 2030).is_none());
        assert!(by_number("ψηφία", 1, 2030).is_none());
        assert!(by_number("", 1, 2030).is_none());
    }

    #[test]
    fn unknown_test_ids_are_no_card() {
        assert!(by_test_id("pm_card_nothing").is_none());
        assert!(by_test_id("pm_123").is_none());
    }
}
