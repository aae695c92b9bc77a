//! Codes of payments and payouts.

use super::Code;

super::catalogue! {
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
