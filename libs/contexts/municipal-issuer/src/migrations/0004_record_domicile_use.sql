-- 本籍地利用登録 (CARD-2): people who live elsewhere and may have certificates of a register that is kept here.
ALTER TABLE record DROP CONSTRAINT record_kind_check,
  ADD CONSTRAINT record_kind_check CHECK (kind IN ('RESIDENT', 'SEAL_REGISTRATION', 'TAXATION', 'FAMILY_REGISTER', 'DOMICILE_USE'));
