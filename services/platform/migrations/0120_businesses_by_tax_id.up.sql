-- ADMIN-04: whether a business has an account already, however its tax number was typed.
CREATE INDEX business_profiles_by_tax_id ON business_profiles (upper(regexp_replace(tax_id, '[^0-9A-Za-z]', '', 'g')))
    WHERE tax_id IS NOT NULL;
