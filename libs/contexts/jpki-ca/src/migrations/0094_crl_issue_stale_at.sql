-- When it was told that nothing followed it in time (JPKI 4.8).
ALTER TABLE crl_issue ADD COLUMN stale_at timestamptz;
