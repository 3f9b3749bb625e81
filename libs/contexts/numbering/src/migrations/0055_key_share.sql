-- 鍵の分散保管: each officer's share of a wrapped key, sealed for the officer's certificate; `given` only while a restoration is under way (NUM-4.9).
CREATE TABLE key_share (
  ceremony_id  uuid NOT NULL,
  officer      text NOT NULL,
  certificate  text NOT NULL,
  sealed_share text CHECK ((sealed_share IS NULL) = (sha256 IS NULL)),
  sha256       text,
  given        bytea,
  PRIMARY KEY (ceremony_id, officer)
);
