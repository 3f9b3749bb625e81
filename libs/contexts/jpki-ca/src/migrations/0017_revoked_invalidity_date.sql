-- Dates taken unchecked that no list can carry: without them the list is issued again. The journal keeps what was reported.
UPDATE revoked SET invalidity_date = NULL WHERE invalidity_date < '1950-01-01T00:00:00Z' OR invalidity_date >= '10000-01-01T00:00:00Z';
