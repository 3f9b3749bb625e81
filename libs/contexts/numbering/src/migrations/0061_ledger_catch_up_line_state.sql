-- Which of the person's numbers a line is, and how it stood; 0 and '' where receipts do not tell (NUM-7).
ALTER TABLE ledger_catch_up_line ADD COLUMN seq smallint NOT NULL DEFAULT 0, ADD COLUMN state text NOT NULL DEFAULT '';
