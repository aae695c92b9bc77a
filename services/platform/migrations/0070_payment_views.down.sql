DROP VIEW platform.v_sign_in_traces;
DROP VIEW platform.v_owner_billing;
