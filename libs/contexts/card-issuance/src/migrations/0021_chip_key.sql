-- The chip's own key as its maker registered it: the public half (SubjectPublicKeyInfo DER) that its records are verified with (CARD-4.7).
CREATE TABLE chip_key (
  card_serial   text PRIMARY KEY,
  spki          bytea NOT NULL,
  registered_at timestamptz NOT NULL
);
