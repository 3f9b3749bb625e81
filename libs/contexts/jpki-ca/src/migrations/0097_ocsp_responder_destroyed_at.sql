-- When the key was destroyed, after the end of its certificate (JPKI 3.8).
ALTER TABLE ocsp_responder ADD COLUMN destroyed_at timestamptz;
