-- The last completed comparison of each municipality, without which one is missed (JUKI-4.6).
CREATE INDEX reconciliation_completed ON reconciliation (municipality_code, as_of) WHERE state = 'COMPLETED';
