DROP TABLE cancellation_tiers;
DROP TABLE pricing_special_dates;
DROP TABLE pricing_rules;
