//! Codes of accounts: sign-in, registration, rights.

use super::Code;

super::catalogue! {
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
    /// AUTH-43: only the courts of somebody who left are given away by an admin.
    ACCOUNT_NOT_DELETED = 409,
        en: "This account has not been deleted; its courts stay with it.",
        el: "Αυτός ο λογαριασμός δεν έχει διαγραφεί· τα γήπεδά του παραμένουν δικά του.";
    /// NOTE-43: not one of the caller's reminder rules.
    REMINDER_RULE_NOT_FOUND = 404,
        en: "This reminder rule does not exist.",
        el: "Αυτός ο κανόνας υπενθύμισης δεν υπάρχει.";
    /// NOTE-57: no such alert of the caller.
    REMINDER_ALERT_NOT_FOUND = 404,
        en: "This reminder does not exist.",
        el: "Αυτή η υπενθύμιση δεν υπάρχει.";
    /// NOTE-44: ten at once.
    MAX_RULES_REACHED = 422,
        en: "At most {limit} reminder rules can be active.",
        el: "Μπορούν να είναι ενεργοί το πολύ {limit} κανόνες υπενθύμισης.";
    /// BOOK-49, AUTH-53: the subscription has lapsed.
    SUBSCRIPTION_EXPIRED = 403,
        en: "Your subscription has ended. Renew it to go on.",
        el: "Η συνδρομή σας έχει λήξει. Ανανεώστε την για να συνεχίσετε.";
}
