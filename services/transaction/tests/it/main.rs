//! Integration tests of the transaction service on a real PostgreSQL, one file per route; only vendors are stood in for.
