-- The code by which a number was requested, once the person has another one; the result of a batch tells it for ever (NUM-5.3).
ALTER TABLE assignment ADD COLUMN requested_code_index bytea;
