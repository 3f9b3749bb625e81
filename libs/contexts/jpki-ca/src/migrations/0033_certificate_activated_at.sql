-- When it came into force: before that, the status at a past instant is that of a hold (JPKI 3.4, 4.13).
ALTER TABLE certificate ADD COLUMN activated_at timestamptz;
