DROP TABLE transaction.owner_payouts;
DROP TABLE transaction.payment_reviews;
