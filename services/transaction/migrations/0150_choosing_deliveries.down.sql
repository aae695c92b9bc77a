DROP INDEX transaction.notification_deliveries_mail_of_user;
DROP INDEX transaction.notification_deliveries_claimed;
DROP INDEX transaction.notification_deliveries_due;
CREATE INDEX notification_deliveries_due ON transaction.notification_deliveries (channel, due_at)
    WHERE status = 'PENDING';
CREATE INDEX notification_deliveries_in_order ON transaction.notification_deliveries (user_id, channel, seq)
    WHERE status = 'PENDING';
