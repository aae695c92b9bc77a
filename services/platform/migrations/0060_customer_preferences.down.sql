DROP VIEW v_customer_notification_preferences;
DROP TABLE customer_notification_preferences;
ALTER TABLE search_preferences
    DROP COLUMN preferred_days,
    DROP COLUMN preferred_start_time,
    DROP COLUMN preferred_end_time;
