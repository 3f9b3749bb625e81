-- A municipality, or a ward of a designated city, belongs to one wave; `ward_code` is empty where the municipality is numbered as a whole.
CREATE TABLE wave_member (
  municipality_code text NOT NULL,
  ward_code         text NOT NULL,
  wave_id           uuid NOT NULL,
  expected          integer NOT NULL,
  PRIMARY KEY (municipality_code, ward_code)
);
CREATE INDEX wave_member_wave ON wave_member (wave_id, municipality_code);
