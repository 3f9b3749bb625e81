-- Candidates of a batch that were withdrawn: its counts subtract them from the numbered lines.
CREATE INDEX assignment_withdrawn ON assignment (batch_id) WHERE state = 'VOID';
