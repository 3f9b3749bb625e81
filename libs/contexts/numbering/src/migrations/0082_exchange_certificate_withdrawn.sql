-- One that is believed no more stays on record; `in_clear` where the municipality gave sealed files up with it (NUM-5.3).
ALTER TABLE exchange_certificate
  ADD COLUMN withdrawn_at   timestamptz,
  ADD COLUMN withdrawn_by   text,
  ADD COLUMN withdrawal_ref text,
  ADD COLUMN in_clear       boolean NOT NULL DEFAULT false;
