-- The perceptual hash of a photo under each of its four bands of 16 bits: hashes at most six bits away are found by 68 look-ups (CARD-4.3 P09).
CREATE TABLE photo_band (
  band           smallint NOT NULL,
  value          integer NOT NULL,
  application_id text NOT NULL,
  person_key     uuid NOT NULL,
  hash           bigint NOT NULL,
  PRIMARY KEY (band, value, application_id)
);
CREATE INDEX photo_band_application ON photo_band (application_id);
