//! Codes of courts, their openings and what is around them.

use super::Code;

super::catalogue! {
    // Courts and availability

    /// COURT-24, COURT-33: unknown, deleted or hidden.
    COURT_NOT_FOUND = 404,
        en: "This court does not exist or is not shown.",
        el: "Αυτό το γήπεδο δεν υπάρχει ή δεν εμφανίζεται.";
    /// FIND-60: an owner who shows no court is no club to visitors.
    CLUB_NOT_FOUND = 404,
        en: "This club does not exist or shows no court.",
        el: "Αυτός ο όμιλος δεν υπάρχει ή δεν εμφανίζει γήπεδα.";
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
    /// ADMIN-04: a verified owner has this business; support sorts it out.
    BUSINESS_ALREADY_REGISTERED = 409,
        en: "A business with this tax number is registered already. Please write to support and name the reference {reference}.",
        el: "Επιχείρηση με αυτόν τον ΑΦΜ είναι ήδη εγγεγραμμένη. Επικοινωνήστε με την υποστήριξη αναφέροντας τον κωδικό {reference}.";
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
}
