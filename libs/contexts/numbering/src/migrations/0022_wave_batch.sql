-- Which batches belong to a wave; batches of municipalities without a plan have no row. A difference batch closes the gaps after the mass.
CREATE TABLE wave_batch (
  batch_id          uuid PRIMARY KEY,
  wave_id           uuid NOT NULL,
  municipality_code text NOT NULL,
  ward_code         text NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('MASS', 'DIFFERENCE'))
);
CREATE INDEX wave_batch_wave ON wave_batch (wave_id, municipality_code);
