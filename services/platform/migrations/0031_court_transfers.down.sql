DROP TABLE court_transfers;
