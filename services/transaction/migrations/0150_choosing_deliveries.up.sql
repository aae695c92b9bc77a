-- Deliveries are chosen by when they are due, past everybody whom a worker is at; both are found without looking at what
-- waits. A summary finds the rest of a person's mail.
DROP INDEX transaction.notification_deliveries_due;
DROP INDEX transaction.notification_deliveries_in_order;
CREATE INDEX notification_deliveries_due ON transaction.notification_deliveries (channel, due_at, seq)
    WHERE status = 'PENDING';
CREATE INDEX notification_deliveries_claimed ON transaction.notification_deliveries (channel, user_id)
    WHERE status = 'PENDING' AND claim IS NOT NULL;
CREATE INDEX notification_deliveries_mail_of_user ON transaction.notification_deliveries (user_id)
    WHERE status = 'PENDING' AND channel = 'EMAIL';
