DROP TABLE transaction.stripe_events;
DROP TABLE transaction.stripe_customers;
DROP TABLE transaction.refunds;
DROP TABLE transaction.payment_timeline;
DROP TABLE transaction.payments;
