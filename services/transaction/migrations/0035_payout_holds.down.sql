DROP INDEX transaction.payments_by_age;
DROP TABLE transaction.booking_screenings;
DROP VIEW transaction.v_payout_holds;
DROP TABLE transaction.payout_holds;
