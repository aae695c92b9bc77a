DROP TABLE transaction.reminder_court_alerts;
DROP TABLE transaction.reminder_alerts;
DROP TABLE transaction.booking_reminders;
