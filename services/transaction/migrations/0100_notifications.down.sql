DROP TABLE transaction.notification_listeners;
DROP TABLE transaction.notification_devices;
DROP TABLE transaction.notification_deliveries;
DROP TABLE transaction.notifications;
