//! The catalogue of errors: one stable code, one status and one text per language for each of them.
//!
//! Clients decide by the code and show the text (APP-39). Slices choose a code in their `api.rs`; the HTTP chassis
//! renders it once, in the language of the caller. Texts may hold `{placeholders}` that the chassis fills from the
//! details of the error; both languages use the same ones. A text never tells anything that the caller may not know.

use std::collections::BTreeSet;

/// One entry of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// What programs compare, for ever the same.
    pub id: &'static str,
    /// HTTP status of an answer with this code.
    pub status: u16,
    /// English text.
    pub en: &'static str,
    /// Greek text.
    pub el: &'static str,
}

impl Code {
    /// The names between braces in a text.
    #[must_use]
    pub fn placeholders(text: &str) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, remainder)) = after.split_once('}') else { break };
            names.insert(name);
            rest = remainder;
        }
        names
    }

    /// The entry with this id, for messages that carry only the id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|code| code.id == id)
    }
}

/// Declares the constants and the list of all of them in one go, so that none can be missing from the list.
macro_rules! catalogue {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:literal, en: $en:literal, el: $el:literal;)+) => {
        $(
            $(#[doc = $doc])+
            pub const $name: Code = Code { id: stringify!($name), status: $status, en: $en, el: $el };
        )+

        /// Every code.
        pub const ALL: &[&Code] = &[$(&$name),+];
    };
}

catalogue! {
    // Requests in general

    /// QA-50: one or more fields are wrong; the answer lists them all.
    VALIDATION_ERROR = 400,
        en: "Some fields are not valid. Please check them and try again.",
        el: "Ορισμένα πεδία δεν είναι έγκυρα. Ελέγξτε τα και δοκιμάστε ξανά.";
    /// The body is no JSON at all.
    MALFORMED_JSON = 400,
        en: "The request body is not valid JSON.",
        el: "Το σώμα του αιτήματος δεν είναι έγκυρο JSON.";
    /// The request cannot be read for another reason.
    BAD_REQUEST = 400,
        en: "The request could not be understood.",
        el: "Το αίτημα δεν έγινε κατανοητό.";
    /// No such path.
    NOT_FOUND = 404,
        en: "There is nothing at this address.",
        el: "Δεν υπάρχει τίποτα σε αυτή τη διεύθυνση.";
    /// The path exists, the method does not.
    METHOD_NOT_ALLOWED = 405,
        en: "This address does not accept that method.",
        el: "Αυτή η διεύθυνση δεν δέχεται αυτή τη μέθοδο.";
    /// The body took longer to arrive, or the work longer to finish, than allowed.
    REQUEST_TIMEOUT = 408,
        en: "The request took too long. Please try again.",
        el: "Το αίτημα διήρκεσε πολύ. Δοκιμάστε ξανά.";
    /// SEC-42: the body is over the limit.
    PAYLOAD_TOO_LARGE = 413,
        en: "The request is too large. The limit is {limitBytes} bytes.",
        el: "Το αίτημα είναι πολύ μεγάλο. Το όριο είναι {limitBytes} byte.";
    /// SEC-41: the content type does not fit the body.
    UNSUPPORTED_MEDIA_TYPE = 415,
        en: "This content type is not accepted here.",
        el: "Αυτός ο τύπος περιεχομένου δεν γίνεται δεκτός εδώ.";
    /// SEC-19: too many calls; `Retry-After` says when to come back.
    RATE_LIMIT_EXCEEDED = 429,
        en: "Too many requests. Please wait {retryAfterSeconds} seconds.",
        el: "Πάρα πολλά αιτήματα. Περιμένετε {retryAfterSeconds} δευτερόλεπτα.";
    /// QA-55: something failed that the caller cannot mend.
    INTERNAL_SERVICE_ERROR = 500,
        en: "Something went wrong on our side. Please try again; if it keeps happening, tell support the reference {correlationId}.",
        el: "Κάτι πήγε στραβά από την πλευρά μας. Δοκιμάστε ξανά· αν επαναληφθεί, δώστε στην υποστήριξη τον κωδικό {correlationId}.";
    /// QA-52: busy or shutting down; `Retry-After` says when to come back.
    SERVICE_UNAVAILABLE = 503,
        en: "The service is not available right now. Please try again shortly.",
        el: "Η υπηρεσία δεν είναι διαθέσιμη αυτή τη στιγμή. Δοκιμάστε ξανά σε λίγο.";

    // Idempotency

    /// BOOK-02: the header is missing or no UUID version 4.
    IDEMPOTENCY_KEY_REQUIRED = 400,
        en: "The header X-Idempotency-Key with a random UUID is required.",
        el: "Απαιτείται η κεφαλίδα X-Idempotency-Key με τυχαίο UUID.";
    /// BOOK-02: the same key with another body.
    IDEMPOTENCY_KEY_REUSED = 422,
        en: "This idempotency key was already used for a different request.",
        el: "Αυτό το κλειδί χρησιμοποιήθηκε ήδη για διαφορετικό αίτημα.";
    /// BOOK-02: the first request with this key has not finished yet.
    REQUEST_IN_PROGRESS = 409,
        en: "The same request is still being processed. Please wait a moment.",
        el: "Το ίδιο αίτημα βρίσκεται ακόμη σε επεξεργασία. Περιμένετε λίγο.";

    // Sign-in and tokens

    /// AUTHZ-02: no token at all.
    AUTH_REQUIRED = 401,
        en: "Please sign in.",
        el: "Συνδεθείτε για να συνεχίσετε.";
    /// AUTHZ-02: a token that is malformed, wrongly signed or made for something else.
    AUTH_TOKEN_INVALID = 401,
        en: "Your sign-in is not valid. Please sign in again.",
        el: "Η σύνδεσή σας δεν είναι έγκυρη. Συνδεθείτε ξανά.";
    /// AUTHZ-02, AUTH-23: access or refresh token past its end.
    AUTH_TOKEN_EXPIRED = 401,
        en: "Your sign-in has expired. Please sign in again.",
        el: "Η σύνδεσή σας έληξε. Συνδεθείτε ξανά.";
    /// AUTH-22: a refresh token that was already exchanged.
    AUTH_TOKEN_REPLAYED = 401,
        en: "This session was used twice and has been closed for your safety. Please sign in again.",
        el: "Η συνεδρία χρησιμοποιήθηκε δύο φορές και έκλεισε για την ασφάλειά σας. Συνδεθείτε ξανά.";
    /// AUTH-28: too long without activity.
    SESSION_IDLE_TIMEOUT = 401,
        en: "You were signed out after a time without activity.",
        el: "Αποσυνδεθήκατε λόγω αδράνειας.";
    /// AUTH-07: the provider does not stand behind the token.
    AUTH_INVALID_PROVIDER = 401,
        en: "The sign-in with this provider could not be verified.",
        el: "Η σύνδεση με αυτόν τον πάροχο δεν επαληθεύτηκε.";
    /// AUTH-08: a good provider token of nobody we know.
    AUTH_UNKNOWN_IDENTITY = 401,
        en: "No account uses this sign-in yet. Please register first.",
        el: "Κανένας λογαριασμός δεν χρησιμοποιεί ακόμη αυτή τη σύνδεση. Εγγραφείτε πρώτα.";
    /// AUTHZ-17: `/internal/*` without the right key.
    INTERNAL_KEY_INVALID = 401,
        en: "The internal key is missing or wrong.",
        el: "Το εσωτερικό κλειδί λείπει ή είναι λανθασμένο.";
    /// AUTH-12: the provider does not answer.
    OAUTH_PROVIDER_UNAVAILABLE = 503,
        en: "{provider} is not answering at the moment. Please try again, or use another way to sign in.",
        el: "Ο πάροχος {provider} δεν ανταποκρίνεται αυτή τη στιγμή. Δοκιμάστε ξανά ή συνδεθείτε με άλλον τρόπο.";
    /// AUTH-31: too many failed sign-ins.
    ACCOUNT_LOCKED = 429,
        en: "Too many failed sign-ins. Please wait {retryAfterSeconds} seconds.",
        el: "Πολλές αποτυχημένες συνδέσεις. Περιμένετε {retryAfterSeconds} δευτερόλεπτα.";

    /// AUTH-36: a wrong, used or late code of the second factor.
    TOTP_INVALID = 401,
        en: "This code is wrong or no longer valid.",
        el: "Αυτός ο κωδικός είναι λανθασμένος ή δεν ισχύει πλέον.";
    /// SEC-05: a wrong or late code from the confirmation mail.
    SIGN_IN_CODE_INVALID = 401,
        en: "The code from your mail is wrong or no longer valid.",
        el: "Ο κωδικός από το email σας είναι λανθασμένος ή δεν ισχύει πλέον.";
    /// AUTH-32: the second factor is on; switch it off before setting up another one.
    TOTP_ALREADY_ENABLED = 409,
        en: "The second factor is already on. Switch it off first.",
        el: "Ο δεύτερος παράγοντας είναι ήδη ενεργός. Απενεργοποιήστε τον πρώτα.";
    /// AUTH-32: there is no second factor to confirm or switch off.
    TOTP_NOT_SET_UP = 409,
        en: "There is no second factor yet. Set it up first.",
        el: "Δεν υπάρχει ακόμη δεύτερος παράγοντας. Ρυθμίστε τον πρώτα.";
    /// SEC-02, AUTH-51: a link from a mail that is unknown, used or too old.
    LINK_EXPIRED = 410,
        en: "This link is no longer valid.",
        el: "Αυτός ο σύνδεσμος δεν ισχύει πλέον.";

    // Registration and account

    /// AUTH-04: staff roles are given, not taken.
    ROLE_NOT_SELF_REGISTERABLE = 400,
        en: "This role cannot be chosen at registration.",
        el: "Αυτός ο ρόλος δεν μπορεί να επιλεγεί κατά την εγγραφή.";
    /// AUTH-05: no account without consent.
    TERMS_NOT_ACCEPTED = 400,
        en: "Please accept the terms of use to register.",
        el: "Αποδεχθείτε τους όρους χρήσης για να εγγραφείτε.";
    /// AUTH-06, AUTH-09: the identity or its email has an account.
    USER_ALREADY_EXISTS = 409,
        en: "There is already an account for this sign-in or email. Sign in, then link the provider in your settings.",
        el: "Υπάρχει ήδη λογαριασμός για αυτή τη σύνδεση ή το email. Συνδεθείτε και συνδέστε τον πάροχο από τις ρυθμίσεις.";
    /// AUTH-11: the identity belongs to somebody else.
    PROVIDER_ALREADY_LINKED = 409,
        en: "This sign-in is already linked to another account.",
        el: "Αυτή η σύνδεση είναι ήδη συνδεδεμένη με άλλον λογαριασμό.";
    /// AUTH-37: the address is taken.
    EMAIL_ALREADY_IN_USE = 409,
        en: "This email address is already in use.",
        el: "Αυτή η διεύθυνση email χρησιμοποιείται ήδη.";
    /// AUTH-27: unknown, ended or of somebody else.
    SESSION_NOT_FOUND = 404,
        en: "This session does not exist or has ended.",
        el: "Αυτή η συνεδρία δεν υπάρχει ή έχει λήξει.";
    /// No such person.
    USER_NOT_FOUND = 404,
        en: "This user does not exist.",
        el: "Αυτός ο χρήστης δεν υπάρχει.";
    /// AUTH-41: somebody still counts on the owner's courts.
    FUTURE_BOOKINGS_EXIST = 409,
        en: "There are {count} bookings still to come. Cancel or complete them first.",
        el: "Υπάρχουν {count} κρατήσεις που δεν έχουν πραγματοποιηθεί. Ακυρώστε ή ολοκληρώστε τις πρώτα.";
    /// AUTH-39, OWN-18: enough exports for one day.
    EXPORT_LIMIT_REACHED = 429,
        en: "You can make {limit} exports a day. Please try again later.",
        el: "Μπορείτε να κάνετε {limit} εξαγωγές την ημέρα. Δοκιμάστε ξανά αργότερα.";
    /// SEC-35: nobody suspends oneself or changes the own role.
    OWN_ACCOUNT_PROTECTED = 403,
        en: "You cannot do this to your own account.",
        el: "Δεν μπορείτε να το κάνετε αυτό στον δικό σας λογαριασμό.";
    /// AUTHZ-11: what the account holds belongs to its role.
    ROLE_CHANGE_NOT_ALLOWED = 409,
        en: "The role of a court owner cannot be changed. Use a separate account.",
        el: "Ο ρόλος ενός ιδιοκτήτη γηπέδων δεν αλλάζει. Χρησιμοποιήστε ξεχωριστό λογαριασμό.";

    // Rights

    /// AUTHZ-02: signed in, but the role may not do this.
    AUTHZ_INSUFFICIENT_ROLE = 403,
        en: "Your account may not do this.",
        el: "Ο λογαριασμός σας δεν έχει αυτό το δικαίωμα.";
    /// AUTHZ-02, AUTHZ-09: the resource belongs to somebody else.
    AUTHZ_NOT_OWNER = 403,
        en: "This belongs to somebody else.",
        el: "Αυτό ανήκει σε κάποιον άλλο.";
    /// AUTHZ-07: shut out by an admin.
    ACCOUNT_SUSPENDED = 403,
        en: "Your account is suspended. Please contact support.",
        el: "Ο λογαριασμός σας έχει ανασταλεί. Επικοινωνήστε με την υποστήριξη.";
    /// AUTHZ-07: may read, may not book or pay.
    ACCOUNT_RESTRICTED = 403,
        en: "Your account is restricted: you cannot book or pay until support has looked into it.",
        el: "Ο λογαριασμός σας έχει περιοριστεί: δεν μπορείτε να κάνετε κράτηση ή πληρωμή μέχρι να το εξετάσει η υποστήριξη.";
    /// BOOK-49, AUTH-53: the subscription has lapsed.
    SUBSCRIPTION_EXPIRED = 403,
        en: "Your subscription has ended. Renew it to go on.",
        el: "Η συνδρομή σας έχει λήξει. Ανανεώστε την για να συνεχίσετε.";

    // Courts and availability

    /// COURT-24, COURT-33: unknown, deleted or hidden.
    COURT_NOT_FOUND = 404,
        en: "This court does not exist or is not shown.",
        el: "Αυτό το γήπεδο δεν υπάρχει ή δεν εμφανίζεται.";
    /// COURT-06: only verified owners show courts.
    COURT_OWNER_NOT_VERIFIED = 403,
        en: "The court can be shown once its owner is verified.",
        el: "Το γήπεδο θα μπορεί να εμφανιστεί μόλις επαληθευτεί ο ιδιοκτήτης του.";
    /// COURT-07, FIND-02: off the globe.
    INVALID_COORDINATES = 400,
        en: "Latitude must lie between -90 and 90, longitude between -180 and 180.",
        el: "Το γεωγραφικό πλάτος πρέπει να είναι από -90 έως 90 και το μήκος από -180 έως 180.";
    /// FIND-30: the list of favourites is full.
    FAVORITES_LIMIT_REACHED = 409,
        en: "A list holds at most {limit} favourites. Please remove one first.",
        el: "Η λίστα χωράει έως {limit} αγαπημένα. Αφαιρέστε πρώτα ένα.";
    /// FIND-39: forecasts reach from today to seven days ahead.
    FORECAST_NOT_AVAILABLE = 404,
        en: "Forecasts reach from today to seven days ahead. Please look again nearer the date.",
        el: "Οι προβλέψεις φτάνουν από σήμερα έως επτά ημέρες μπροστά. Δείτε ξανά πιο κοντά στην ημερομηνία.";
    /// COURT-17: somebody else saved in between.
    CONCURRENT_MODIFICATION = 409,
        en: "This was changed in the meantime. Load it again; the current version is {currentVersion}.",
        el: "Στο μεταξύ έγινε αλλαγή. Φορτώστε ξανά· η τρέχουσα έκδοση είναι {currentVersion}.";
    /// COURT-18: the change hits bookings and wants a yes.
    CHANGE_AFFECTS_BOOKINGS = 422,
        en: "This change affects existing bookings.",
        el: "Η αλλαγή επηρεάζει υπάρχουσες κρατήσεις.";
    /// COURT-18, COURT-30: a slot that the change concerns is being paid for; soon it is a booking or free.
    SLOT_BEING_BOOKED = 409,
        en: "Somebody is booking a time that this change concerns. Please try again in a few minutes.",
        el: "Κάποιος κάνει κράτηση σε ώρα που αφορά η αλλαγή. Δοκιμάστε ξανά σε λίγα λεπτά.";
    /// COURT-22, COURT-23: people still come.
    COURT_HAS_FUTURE_BOOKINGS = 409,
        en: "The court has {bookingCount} future bookings, the next on {nextBookingDate}. It can be removed without them.",
        el: "Το γήπεδο έχει {bookingCount} μελλοντικές κρατήσεις, με επόμενη στις {nextBookingDate}. Μπορεί να διαγραφεί χωρίς αυτές.";
    /// COURT-23: money of its bookings is still on its way.
    COURT_HAS_PENDING_PAYOUTS = 409,
        en: "Payouts of this court are not settled yet.",
        el: "Οι πληρωμές αυτού του γηπέδου δεν έχουν εκκαθαριστεί ακόμη.";
    /// COURT-57: the other owner cannot have the court; `details.reason` tells why.
    TARGET_NOT_ELIGIBLE = 422,
        en: "The court cannot be handed to this owner.",
        el: "Το γήπεδο δεν μπορεί να μεταβιβαστεί σε αυτόν τον ιδιοκτήτη.";
    /// COURT-58: unknown, or between others.
    TRANSFER_NOT_FOUND = 404,
        en: "This transfer does not exist.",
        el: "Αυτή η μεταβίβαση δεν υπάρχει.";
    /// COURT-56: one at a time.
    TRANSFER_ALREADY_PENDING = 409,
        en: "A transfer of this court is already waiting for an answer.",
        el: "Μια μεταβίβαση αυτού του γηπέδου περιμένει ήδη απάντηση.";
    /// COURT-58: completed or withdrawn.
    TRANSFER_ALREADY_DECIDED = 409,
        en: "This transfer has already been completed or withdrawn.",
        el: "Αυτή η μεταβίβαση έχει ήδη ολοκληρωθεί ή ανακληθεί.";
    /// COURT-56: nobody confirmed within seven days.
    TRANSFER_EXPIRED = 410,
        en: "This transfer has expired. It can be started again.",
        el: "Αυτή η μεταβίβαση έχει λήξει. Μπορεί να ξεκινήσει ξανά.";
    /// COURT-27: two windows of a day overlap.
    AVAILABILITY_OVERLAP = 400,
        en: "Opening times of the same day overlap.",
        el: "Οι ώρες λειτουργίας της ίδιας ημέρας επικαλύπτονται.";
    /// COURT-29: two blocks of a date overlap.
    OVERRIDE_OVERLAP = 409,
        en: "Another block already covers part of this time.",
        el: "Άλλος αποκλεισμός καλύπτει ήδη μέρος αυτού του χρόνου.";
    /// No such block.
    OVERRIDE_NOT_FOUND = 404,
        en: "This block does not exist.",
        el: "Αυτός ο αποκλεισμός δεν υπάρχει.";
    /// COURT-14: the court has no such picture.
    IMAGE_NOT_FOUND = 404,
        en: "This court has no such picture.",
        el: "Το γήπεδο δεν έχει αυτή την εικόνα.";
    /// HOL-13, HOL-21: unknown, disabled or another owner's.
    HOLIDAY_NOT_FOUND = 404,
        en: "This holiday does not exist.",
        el: "Αυτή η αργία δεν υπάρχει.";
    /// HOL-12: the owner has a holiday of that name.
    HOLIDAY_NAME_EXISTS = 409,
        en: "There is already a holiday with this name.",
        el: "Υπάρχει ήδη αργία με αυτό το όνομα.";
    /// HOL-31: the answer lists the bookings.
    HOLIDAY_CONFLICTS = 409,
        en: "There are bookings on these dates. Nothing has been changed.",
        el: "Υπάρχουν κρατήσεις σε αυτές τις ημερομηνίες. Δεν έγινε καμία αλλαγή.";
    /// HOL-36: bookings that are being paid or wait for the owner.
    PENDING_BOOKINGS_ON_DATE = 409,
        en: "There are bookings on these dates that are not confirmed yet. Confirm or reject them first.",
        el: "Υπάρχουν κρατήσεις σε αυτές τις ημερομηνίες που δεν έχουν επιβεβαιωθεί ακόμη. Επιβεβαιώστε ή απορρίψτε τις πρώτα.";
    /// COURT-48: one request at a time.
    VERIFICATION_ALREADY_PENDING = 409,
        en: "A verification request is already waiting for review.",
        el: "Υπάρχει ήδη αίτημα επαλήθευσης που περιμένει έλεγχο.";
    /// COURT-52: somebody has decided.
    VERIFICATION_ALREADY_REVIEWED = 409,
        en: "This verification request has already been decided.",
        el: "Αυτό το αίτημα επαλήθευσης έχει ήδη κριθεί.";
    /// COURT-50, COURT-51: no such request.
    VERIFICATION_NOT_FOUND = 404,
        en: "This verification request does not exist.",
        el: "Αυτό το αίτημα επαλήθευσης δεν υπάρχει.";
    /// COURT-44: only who has played may rate.
    NO_COMPLETED_BOOKING = 400,
        en: "You can rate a court after a booking of yours on it has taken place.",
        el: "Μπορείτε να βαθμολογήσετε ένα γήπεδο αφού ολοκληρωθεί κράτησή σας σε αυτό.";
    /// COURT-44: once for each booking.
    ALREADY_RATED = 409,
        en: "You have already rated this booking.",
        el: "Έχετε ήδη βαθμολογήσει αυτή την κράτηση.";
    /// PAY-23: tiers out of order or with gaps.
    INVALID_CANCELLATION_POLICY = 400,
        en: "Cancellation tiers must have falling hours, end at 0 hours and refund 0 to 100 percent.",
        el: "Οι βαθμίδες ακύρωσης πρέπει να έχουν φθίνουσες ώρες, να καταλήγουν στις 0 ώρες και να επιστρέφουν 0 έως 100 τοις εκατό.";

    // Bookings

    /// Unknown, or of strangers (BOOK-60).
    BOOKING_NOT_FOUND = 404,
        en: "This booking does not exist.",
        el: "Αυτή η κράτηση δεν υπάρχει.";
    /// BOOK-06: taken.
    TIME_SLOT_UNAVAILABLE = 409,
        en: "This time has just been taken. Please choose another one.",
        el: "Αυτή η ώρα μόλις κρατήθηκε. Επιλέξτε κάποια άλλη.";
    /// BOOK-19: the same person, the same slot, a moment ago.
    DUPLICATE_BOOKING_ATTEMPT = 409,
        en: "You have just tried to book this time. Please wait for the result.",
        el: "Μόλις προσπαθήσατε να κλείσετε αυτή την ώρα. Περιμένετε το αποτέλεσμα.";
    /// BOOK-09: too far ahead.
    BOOKING_WINDOW_EXCEEDED = 422,
        en: "Bookings are possible at most {maxAdvanceDays} days ahead.",
        el: "Οι κρατήσεις γίνονται το πολύ {maxAdvanceDays} ημέρες νωρίτερα.";
    /// BOOK-10: too late, or in the past.
    MINIMUM_NOTICE_NOT_MET = 422,
        en: "Bookings must be made at least {minimumNoticeHours} hours before the start.",
        el: "Οι κρατήσεις γίνονται τουλάχιστον {minimumNoticeHours} ώρες πριν την έναρξη.";
    /// BOOK-11: closed at that time.
    OUTSIDE_AVAILABILITY_WINDOW = 422,
        en: "The court is not open at this time.",
        el: "Το γήπεδο δεν είναι ανοιχτό αυτή την ώρα.";
    /// BOOK-11: blocked by the owner.
    OVERRIDE_BLOCKED = 422,
        en: "The owner has blocked this time.",
        el: "Ο ιδιοκτήτης έχει αποκλείσει αυτή την ώρα.";
    /// BOOK-12: off the grid or not a whole multiple of the court's duration.
    SLOT_DURATION_MISMATCH = 422,
        en: "Bookings on this court start on its grid and last a multiple of {durationMinutes} minutes.",
        el: "Οι κρατήσεις σε αυτό το γήπεδο ξεκινούν σε σταθερές ώρες και διαρκούν πολλαπλάσιο των {durationMinutes} λεπτών.";
    /// BOOK-11: not shown to customers.
    COURT_NOT_VISIBLE = 422,
        en: "This court does not take bookings at the moment.",
        el: "Αυτό το γήπεδο δεν δέχεται κρατήσεις αυτή τη στιγμή.";
    /// BOOK-13: the owner cannot be paid.
    COURT_NOT_BOOKABLE = 422,
        en: "This court cannot be booked online at the moment.",
        el: "Αυτό το γήπεδο δεν μπορεί να κρατηθεί διαδικτυακά αυτή τη στιγμή.";
    /// BOOK-12: more people than the court takes.
    CAPACITY_EXCEEDED = 422,
        en: "This court takes 1 to {maxCapacity} people.",
        el: "Αυτό το γήπεδο δέχεται από 1 έως {maxCapacity} άτομα.";
    /// PRICE-19: the code does not count for this booking; why stands in the details.
    PROMO_CODE_REFUSED = 422,
        en: "This promo code cannot be used for this booking.",
        el: "Αυτός ο εκπτωτικός κωδικός δεν ισχύει για αυτή την κράτηση.";
    /// BOOK-22: an hour that the clock change skips.
    INVALID_TIME_DST_GAP = 400,
        en: "This time does not exist on that day because the clocks change.",
        el: "Αυτή η ώρα δεν υπάρχει εκείνη την ημέρα λόγω της αλλαγής ώρας.";
    /// BOOK-16: too many bookings.
    BOOKING_VELOCITY_EXCEEDED = 429,
        en: "You have made many bookings in a short time. Please try again later.",
        el: "Κάνατε πολλές κρατήσεις σε λίγο χρόνο. Δοκιμάστε ξανά αργότερα.";
    /// BOOK-17: booked and cancelled here too often.
    COURT_BOOKING_BLOCKED = 403,
        en: "You cannot book this court for a while because of repeated cancellations.",
        el: "Δεν μπορείτε να κλείσετε αυτό το γήπεδο προσωρινά λόγω επαναλαμβανόμενων ακυρώσεων.";
    /// BOOK-28: nothing to confirm or reject.
    BOOKING_NOT_PENDING = 400,
        en: "This booking is not waiting for confirmation.",
        el: "Αυτή η κράτηση δεν περιμένει επιβεβαίωση.";
    /// BOOK-28: the amount is no longer held.
    AUTHORIZATION_EXPIRED = 422,
        en: "The payment authorisation has expired.",
        el: "Η δέσμευση του ποσού έχει λήξει.";
    /// BOOK-55: nothing left to cancel.
    BOOKING_ALREADY_CANCELLED = 422,
        en: "This booking is already cancelled.",
        el: "Η κράτηση έχει ήδη ακυρωθεί.";
    /// BOOK-55: it has been played.
    BOOKING_ALREADY_COMPLETED = 422,
        en: "This booking is already over.",
        el: "Η κράτηση έχει ήδη ολοκληρωθεί.";
    /// BOOK-18: too many peak slots called off.
    INSTANT_COURTS_ONLY = 403,
        en: "For a while you can only book courts that confirm at once, because of repeated cancellations.",
        el: "Προσωρινά μπορείτε να κλείσετε μόνο γήπεδα με άμεση επιβεβαίωση, λόγω επαναλαμβανόμενων ακυρώσεων.";
    /// BOOK-52: the slot a booking was to move to is taken.
    NEW_SLOT_UNAVAILABLE = 409,
        en: "The new time has just been taken. Your booking is unchanged.",
        el: "Η νέα ώρα μόλις κρατήθηκε. Η κράτησή σας δεν άλλαξε.";
    /// BOOK-52: not in this state.
    BOOKING_NOT_MODIFIABLE = 422,
        en: "This booking cannot be moved in its present state.",
        el: "Η κράτηση δεν μπορεί να μετακινηθεί στην τρέχουσα κατάστασή της.";
    /// BOOK-63: it has not been played.
    BOOKING_NOT_COMPLETED = 422,
        en: "This booking has not been completed.",
        el: "Η κράτηση δεν έχει ολοκληρωθεί.";
    /// BOOK-63: later than 24 hours after the end.
    NO_SHOW_WINDOW_EXPIRED = 422,
        en: "A no-show can be reported up to 24 hours after the end.",
        el: "Η μη προσέλευση δηλώνεται έως 24 ώρες μετά τη λήξη.";
    /// BOOK-50: paid through the platform.
    NOT_A_MANUAL_BOOKING = 422,
        en: "Only bookings that you entered yourself can be marked as paid.",
        el: "Μόνο κρατήσεις που καταχωρίσατε εσείς μπορούν να σημειωθούν ως πληρωμένες.";
    /// BOOK-41: the price of the booking is held already.
    NO_CARD_NEEDED = 422,
        en: "This booking does not need another card.",
        el: "Η κράτηση δεν χρειάζεται άλλη κάρτα.";
    /// BOOK-08, LIVE-10: the hold ended before the payment did.
    HOLD_EXPIRED = 409,
        en: "The time for paying is over and the slot is free again.",
        el: "Ο χρόνος πληρωμής τελείωσε και η ώρα είναι ξανά ελεύθερη.";

    // Payments

    /// PAY-04: refused by the card's bank; the reason is in the details.
    PAYMENT_CARD_DECLINED = 402,
        en: "The card was declined. Please try another payment method.",
        el: "Η κάρτα απορρίφθηκε. Δοκιμάστε άλλον τρόπο πληρωμής.";
    /// PAY-04: any other failure of a payment.
    PAYMENT_FAILED = 402,
        en: "The payment did not go through. You have not been charged.",
        el: "Η πληρωμή δεν ολοκληρώθηκε. Δεν χρεωθήκατε.";
    /// PAY-07: the held amount could not be taken.
    PAYMENT_CAPTURE_FAILED = 422,
        en: "The held amount could not be collected.",
        el: "Το δεσμευμένο ποσό δεν μπόρεσε να εισπραχθεί.";
    /// The method does not exist or belongs to somebody else.
    PAYMENT_METHOD_INVALID = 402,
        en: "This payment method cannot be used. Please choose another one.",
        el: "Αυτός ο τρόπος πληρωμής δεν μπορεί να χρησιμοποιηθεί. Επιλέξτε άλλον.";
    /// The payment service does not answer; nothing is known to be charged.
    PAYMENT_PROVIDER_UNAVAILABLE = 503,
        en: "The payment service is not answering. Please try again in a moment.",
        el: "Η υπηρεσία πληρωμών δεν ανταποκρίνεται. Δοκιμάστε ξανά σε λίγο.";
    /// PAY-47: a bank takes the money back; until it has decided nothing may be changed.
    BOOKING_DISPUTED = 422,
        en: "The payment of this booking is disputed. It cannot be changed until the dispute is decided.",
        el: "Η πληρωμή αυτής της κράτησης αμφισβητείται. Δεν μπορεί να αλλάξει μέχρι να κριθεί η αμφισβήτηση.";
    /// PAY-31: nothing was refunded, or it is somebody else's.
    REFUND_NOT_FOUND = 404,
        en: "There is no refund for this payment.",
        el: "Δεν υπάρχει επιστροφή για αυτή την πληρωμή.";
    /// PAY-36: nothing was paid yet.
    RECEIPT_NOT_FOUND = 404,
        en: "There is no receipt for this booking yet.",
        el: "Δεν υπάρχει ακόμη απόδειξη για αυτή την κράτηση.";
    /// PAY-49: not disputed, or somebody else's.
    DISPUTE_NOT_FOUND = 404,
        en: "There is no dispute about this payment.",
        el: "Δεν υπάρχει αμφισβήτηση για αυτή την πληρωμή.";
    /// PAY-48: the bank has decided, or its deadline is over.
    DISPUTE_CLOSED = 422,
        en: "This dispute is closed.",
        el: "Αυτή η αμφισβήτηση έχει κλείσει.";
    /// PAY-50: an admin has decided.
    DISPUTE_ALREADY_RESOLVED = 422,
        en: "This dispute has already been decided.",
        el: "Αυτή η αμφισβήτηση έχει ήδη κριθεί.";
    /// PAY-61: no such hold.
    PAYOUT_HOLD_NOT_FOUND = 404,
        en: "This payout hold does not exist.",
        el: "Αυτή η δέσμευση πληρωμών δεν υπάρχει.";
    /// PAY-61: the reason is gone.
    PAYOUT_HOLD_OVER = 422,
        en: "This payout hold is already over.",
        el: "Αυτή η δέσμευση πληρωμών έχει ήδη λήξει.";
    /// PAY-61, PAY-62: payouts wait, so their schedule cannot be changed.
    PAYOUTS_ON_HOLD = 422,
        en: "Your payouts are on hold. The schedule can be changed once they go on.",
        el: "Οι πληρωμές σας είναι σε αναμονή. Το πρόγραμμα μπορεί να αλλάξει μόλις συνεχιστούν.";
    /// PAY-51: there is no account that could be paid out.
    PAYOUT_ACCOUNT_MISSING = 422,
        en: "Please finish setting up your payout account first.",
        el: "Ολοκληρώστε πρώτα τη ρύθμιση του λογαριασμού πληρωμών σας.";
    /// PAY-45: no such difference.
    PAYMENT_REVIEW_NOT_FOUND = 404,
        en: "This payment review does not exist.",
        el: "Αυτός ο έλεγχος πληρωμής δεν υπάρχει.";
    /// PAY-38: unsigned, altered or too old.
    WEBHOOK_SIGNATURE_INVALID = 400,
        en: "The signature of this webhook is missing, wrong or too old.",
        el: "Η υπογραφή αυτού του webhook λείπει, είναι λανθασμένη ή πολύ παλιά.";
}

/// BOOK-11: the code of [`COURT_OWNER_NOT_VERIFIED`], told to a customer who tries to book. It is the only code with two
/// statuses: 403 to the owner who wants to show a court, 422 to the customer who wants to book one.
pub const BOOKING_OF_UNVERIFIED_OWNER: Code = Code {
    status: 422,
    en: "This court cannot be booked yet because its owner is not verified.",
    el: "Αυτό το γήπεδο δεν μπορεί να κρατηθεί ακόμη, επειδή ο ιδιοκτήτης του δεν έχει επαληθευτεί.",
    ..COURT_OWNER_NOT_VERIFIED
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        let distinct: BTreeSet<_> = ALL.iter().map(|code| code.id).collect();
        assert_eq!(distinct.len(), ALL.len());
    }

    /// QA-51, QA-52, QA-55: only statuses that have a meaning in the rule book are used.
    #[test]
    fn statuses_are_those_of_the_rule_book() {
        let meant = [400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 422, 429, 500, 502, 503, 504];
        for code in ALL {
            assert!(meant.contains(&code.status), "{} answers {}", code.id, code.status);
        }
    }

    #[test]
    fn every_text_exists_in_both_languages_with_the_same_placeholders() {
        let greek = |letter: char| matches!(letter, '\u{0370}'..='\u{03ff}' | '\u{1f00}'..='\u{1fff}');
        for code in ALL {
            for text in [code.en, code.el] {
                assert_eq!(text.trim(), text, "{} has stray space", code.id);
                assert!(text.ends_with('.'), "{} is no sentence: {text}", code.id);
                assert_eq!(text.matches('{').count(), text.matches('}').count(), "{}: {text}", code.id);
            }
            assert!(code.el.chars().any(greek), "{} lacks a Greek text", code.id);
            assert!(!code.en.chars().any(greek), "{} has Greek in its English text", code.id);
            assert_eq!(Code::placeholders(code.en), Code::placeholders(code.el), "{}", code.id);
            for name in Code::placeholders(code.en) {
                let plain = name.starts_with(|first: char| first.is_ascii_lowercase())
                    && name.chars().all(|letter| letter.is_ascii_alphanumeric());
                assert!(plain, "{} has the odd placeholder `{name}`", code.id);
            }
        }
    }

    #[test]
    fn a_code_is_found_by_its_id() {
        assert_eq!(Code::find("TIME_SLOT_UNAVAILABLE"), Some(&TIME_SLOT_UNAVAILABLE));
        assert_eq!(Code::find("time_slot_unavailable"), None);
    }

    #[test]
    fn placeholders_are_the_names_between_braces() {
        assert_eq!(Code::placeholders("a {b} c {d} {b}"), BTreeSet::from(["b", "d"]));
        assert_eq!(Code::placeholders("none, {not closed"), BTreeSet::new());
    }
}
