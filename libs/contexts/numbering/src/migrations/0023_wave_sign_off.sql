CREATE TABLE wave_sign_off (
  wave_id           uuid NOT NULL,
  municipality_code text NOT NULL,
  certificate       text NOT NULL,
  sha256            text NOT NULL,
  signed_at         timestamptz NOT NULL,
  PRIMARY KEY (wave_id, municipality_code)
);
COMMENT ON TABLE wave_sign_off IS 'journal of the certificates of completion, as the municipalities signed them';
