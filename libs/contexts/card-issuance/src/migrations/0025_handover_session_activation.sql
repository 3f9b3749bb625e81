-- Set before the authority is asked: whoever undoes the hand-over afterwards must have the certificates withdrawn, also when no answer came.
ALTER TABLE handover_session ADD COLUMN activation_begun boolean NOT NULL DEFAULT false;
-- Hand-overs under way when budgets were introduced hold their connection.
INSERT INTO connection_budget (municipality_code, in_use) SELECT municipality_code, count(*) FROM handover_session WHERE ended_at IS NULL GROUP BY 1;
