//! Where the demo clubs stand: neighbourhoods of five Greek cities with their names in both languages.
//!
//! Positions are of the neighbourhoods, in degrees (WGS 84), to about a hundred metres; no real club is meant.

/// A part of a town that can have a club.
#[derive(Clone, Copy, Debug)]
pub struct Neighbourhood {
    pub city_el: &'static str,
    pub city_en: &'static str,
    pub name_el: &'static str,
    pub name_en: &'static str,
    pub latitude: f64,
    pub longitude: f64,
}

const fn place(
    city: (&'static str, &'static str),
    name_el: &'static str,
    name_en: &'static str,
    latitude: f64,
    longitude: f64,
) -> Neighbourhood {
    Neighbourhood { city_el: city.0, city_en: city.1, name_el, name_en, latitude, longitude }
}

const ATHENS: (&str, &str) = ("Αθήνα", "Athens");
const THESSALONIKI: (&str, &str) = ("Θεσσαλονίκη", "Thessaloniki");
const PATRAS: (&str, &str) = ("Πάτρα", "Patras");
const HERAKLION: (&str, &str) = ("Ηράκλειο", "Heraklion");
const LARISSA: (&str, &str) = ("Λάρισα", "Larissa");

/// Sixty places, one club each.
pub const NEIGHBOURHOODS: [Neighbourhood; 60] = [
    place(ATHENS, "Κηφισιά", "Kifisia", 38.0745, 23.8110),
    place(ATHENS, "Μαρούσι", "Marousi", 38.0562, 23.8083),
    place(ATHENS, "Χαλάνδρι", "Chalandri", 38.0214, 23.7982),
    place(ATHENS, "Αγία Παρασκευή", "Agia Paraskevi", 38.0117, 23.8202),
    place(ATHENS, "Γλυφάδα", "Glyfada", 37.8628, 23.7580),
    place(ATHENS, "Βούλα", "Voula", 37.8421, 23.7776),
    place(ATHENS, "Βουλιαγμένη", "Vouliagmeni", 37.8125, 23.7810),
    place(ATHENS, "Άλιμος", "Alimos", 37.9103, 23.7236),
    place(ATHENS, "Παλαιό Φάληρο", "Palaio Faliro", 37.9322, 23.7008),
    place(ATHENS, "Νέα Σμύρνη", "Nea Smyrni", 37.9452, 23.7142),
    place(ATHENS, "Καλλιθέα", "Kallithea", 37.9560, 23.7020),
    place(ATHENS, "Πειραιάς", "Piraeus", 37.9430, 23.6470),
    place(ATHENS, "Κορυδαλλός", "Korydallos", 37.9790, 23.6500),
    place(ATHENS, "Περιστέρι", "Peristeri", 38.0154, 23.6919),
    place(ATHENS, "Αιγάλεω", "Egaleo", 37.9920, 23.6820),
    place(ATHENS, "Ίλιον", "Ilion", 38.0330, 23.7040),
    place(ATHENS, "Πετρούπολη", "Petroupoli", 38.0420, 23.6850),
    place(ATHENS, "Νέα Ιωνία", "Nea Ionia", 38.0390, 23.7560),
    place(ATHENS, "Ηράκλειο Αττικής", "Irakleio Attikis", 38.0500, 23.7650),
    place(ATHENS, "Γαλάτσι", "Galatsi", 38.0170, 23.7530),
    place(ATHENS, "Ζωγράφου", "Zografou", 37.9770, 23.7690),
    place(ATHENS, "Παγκράτι", "Pangrati", 37.9690, 23.7480),
    place(ATHENS, "Αμπελόκηποι", "Ampelokipoi", 37.9880, 23.7600),
    place(ATHENS, "Ηλιούπολη", "Ilioupoli", 37.9310, 23.7590),
    place(ATHENS, "Βριλήσσια", "Vrilissia", 38.0340, 23.8290),
    place(ATHENS, "Παλλήνη", "Pallini", 38.0050, 23.8830),
    place(THESSALONIKI, "Καλαμαριά", "Kalamaria", 40.5820, 22.9500),
    place(THESSALONIKI, "Πυλαία", "Pylaia", 40.5990, 22.9870),
    place(THESSALONIKI, "Πανόραμα", "Panorama", 40.5880, 23.0310),
    place(THESSALONIKI, "Θέρμη", "Thermi", 40.5470, 23.0190),
    place(THESSALONIKI, "Τούμπα", "Toumpa", 40.6140, 22.9700),
    place(THESSALONIKI, "Χαριλάου", "Charilaou", 40.6030, 22.9680),
    place(THESSALONIKI, "Εύοσμος", "Evosmos", 40.6700, 22.9080),
    place(THESSALONIKI, "Σταυρούπολη", "Stavroupoli", 40.6680, 22.9330),
    place(THESSALONIKI, "Νεάπολη", "Neapoli", 40.6540, 22.9430),
    place(THESSALONIKI, "Συκιές", "Sykies", 40.6470, 22.9520),
    place(THESSALONIKI, "Αμπελόκηποι Θεσσαλονίκης", "Ampelokipoi Thessalonikis", 40.6560, 22.9230),
    place(THESSALONIKI, "Περαία", "Peraia", 40.5000, 22.9250),
    place(THESSALONIKI, "Ωραιόκαστρο", "Oraiokastro", 40.7310, 22.9170),
    place(THESSALONIKI, "Ντεπώ", "Depot", 40.5960, 22.9580),
    place(PATRAS, "Ρίο", "Rio", 38.2990, 21.7850),
    place(PATRAS, "Αγυιά", "Agyia", 38.2680, 21.7520),
    place(PATRAS, "Παραλία Πατρών", "Paralia Patron", 38.2010, 21.6990),
    place(PATRAS, "Ταραμπούρα", "Tarampoura", 38.2360, 21.7560),
    place(PATRAS, "Ζαρουχλέικα", "Zarouchleika", 38.2200, 21.7440),
    place(PATRAS, "Προάστειο", "Proasteio", 38.2450, 21.7600),
    place(PATRAS, "Οβρυά", "Ovrya", 38.1900, 21.7350),
    place(HERAKLION, "Αμμουδάρα", "Ammoudara", 35.3370, 25.0800),
    place(HERAKLION, "Γάζι", "Gazi", 35.3250, 25.0660),
    place(HERAKLION, "Νέα Αλικαρνασσός", "Nea Alikarnassos", 35.3290, 25.1630),
    place(HERAKLION, "Πόρος", "Poros", 35.3340, 25.1490),
    place(HERAKLION, "Μασταμπάς", "Mastampas", 35.3260, 25.1300),
    place(HERAKLION, "Κνωσός", "Knossos", 35.3040, 25.1560),
    place(HERAKLION, "Θέρισσος", "Therissos", 35.3310, 25.1130),
    place(HERAKLION, "Φορτέτσα", "Fortetsa", 35.3100, 25.1400),
    place(LARISSA, "Νεάπολη Λάρισας", "Neapoli Larisas", 39.6420, 22.4020),
    place(LARISSA, "Ιπποκράτης", "Ippokratis", 39.6360, 22.4290),
    place(LARISSA, "Γιάννουλη", "Giannouli", 39.6680, 22.3950),
    place(LARISSA, "Φιλιππούπολη", "Filippoupoli", 39.6480, 22.4280),
    place(LARISSA, "Αμπελόκηποι Λάρισας", "Ampelokipoi Larisas", 39.6520, 22.4110),
];
