DROP TABLE platform.payouts;
