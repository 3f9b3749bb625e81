-- Since when the certificate information is asked for: the request waits for 24 hours (JUKI-4.4).
ALTER TABLE transfer_case ADD COLUMN requested_at timestamptz;
