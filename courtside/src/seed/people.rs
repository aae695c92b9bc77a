//! The demo people: five whom visitors sign in as, and the players and owners who fill the calendar.

use contracts::identity::Role;

/// A person who can be picked on the sandbox's sign-in page.
#[derive(Clone, Copy, Debug)]
pub struct DemoPerson {
    pub email: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub language: &'static str,
    /// What to try as this person, for the text that `courtside up` prints.
    pub purpose: &'static str,
}

/// The five whom the README names; the first owner owns the first club of the plan.
pub const DEMO_PEOPLE: [DemoPerson; 5] = [
    DemoPerson {
        email: "maria@courtside.test",
        name: "Μαρία Δ.",
        role: Role::Customer,
        language: "el",
        purpose: "a player: find a court, book it, pay",
    },
    DemoPerson {
        email: "nikos@courtside.test",
        name: "Nikos P.",
        role: Role::Customer,
        language: "en",
        purpose: "another player, in English",
    },
    DemoPerson {
        email: "owner@courtside.test",
        name: "Courtside Demo Club",
        role: Role::CourtOwner,
        language: "el",
        purpose: "a verified club: calendar, pending bookings, courts",
    },
    DemoPerson {
        email: "agent@courtside.test",
        name: "Support Agent",
        role: Role::SupportAgent,
        language: "en",
        purpose: "support",
    },
    DemoPerson {
        email: "admin@courtside.test",
        name: "Platform Admin",
        role: Role::PlatformAdmin,
        language: "en",
        purpose: "the platform's administrator",
    },
];

/// First names of the players who fill the calendar, in the script they would type them.
pub const FIRST_NAMES: [&str; 24] = [
    "Ελένη",
    "Γιώργος",
    "Κατερίνα",
    "Δημήτρης",
    "Άννα",
    "Κώστας",
    "Σοφία",
    "Παναγιώτης",
    "Ιωάννα",
    "Βασίλης",
    "Χριστίνα",
    "Θανάσης",
    "Δέσποινα",
    "Μιχάλης",
    "Ειρήνη",
    "Σπύρος",
    "Φωτεινή",
    "Αλέξανδρος",
    "Βάσω",
    "Πέτρος",
    "Emma",
    "Luca",
    "Sofie",
    "James",
];

/// Initials that stand for their family names.
pub const INITIALS: [char; 12] = ['Α', 'Β', 'Γ', 'Δ', 'Κ', 'Λ', 'Μ', 'Ν', 'Π', 'Σ', 'Τ', 'Χ'];
