DROP TABLE business_profiles;
DROP TABLE verification_requests;
