-- Since when no certificate is assigned to the list (JPKI 3.7).
ALTER TABLE crl_partition ADD COLUMN frozen_at timestamptz;
