//! Codes of bookings.

use super::Code;

super::catalogue! {
    // Bookings

    /// Unknown, or of strangers (BOOK-60).
    BOOKING_NOT_FOUND = 404,
        en: "This booking does not exist.",
        el: "Αυτή η κράτηση δεν υπάρχει.";
    /// NOTE-41: no such message, or it is somebody else's; also a link of a mail that was not made here.
    NOTIFICATION_NOT_FOUND = 404,
        en: "This message does not exist.",
        el: "Αυτό το μήνυμα δεν υπάρχει.";
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
    /// PRICE-47, PRICE-50: no code has this id.
    PROMO_CODE_NOT_FOUND = 400,
        en: "There is no such promo code.",
        el: "Δεν υπάρχει τέτοιος εκπτωτικός κωδικός.";
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
}
