//! Codes of requests in general and of idempotency.

use super::Code;

super::catalogue! {
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

    // Parked messages

    /// EVT-05: no such parked message.
    DEAD_LETTER_NOT_FOUND = 404,
        en: "This parked message does not exist.",
        el: "Αυτό το σταθμευμένο μήνυμα δεν υπάρχει.";
    /// EVT-05: it was sent again, handled or put away already.
    DEAD_LETTER_NOT_PARKED = 409,
        en: "This message is not parked any more.",
        el: "Αυτό το μήνυμα δεν είναι πια σταθμευμένο.";
    /// EVT-05: bytes that are no text would fail again for ever.
    DEAD_LETTER_UNREADABLE = 422,
        en: "This message cannot be read as text, so it cannot be sent again.",
        el: "Αυτό το μήνυμα δεν διαβάζεται ως κείμενο, οπότε δεν μπορεί να σταλεί ξανά.";

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
}
