-- What payments need to know of people beyond their name: how an owner is taxed and what they pay for, and from where
-- people sign in, to notice owners who book their own courts (PAY-09, PAY-35, PAY-60).

CREATE VIEW platform.v_owner_billing AS
    SELECT id AS owner_id, subscription_status, vat_registered, vat_number
    FROM platform.users WHERE role = 'COURT_OWNER';

CREATE VIEW platform.v_sign_in_traces AS
    SELECT session.user_id, session.device_id, session.ip, session.last_used_at, person.created_at AS account_created_at
    FROM platform.sessions session
    JOIN platform.users person ON person.id = session.user_id;

GRANT SELECT ON platform.v_owner_billing, platform.v_sign_in_traces TO courtside_transaction;
