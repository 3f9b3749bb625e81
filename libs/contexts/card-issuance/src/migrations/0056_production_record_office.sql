-- Office of the municipality to which the card goes, and the language of its leaflet (CARD-4.4).
ALTER TABLE production_record
  ADD COLUMN issuing_office text NOT NULL DEFAULT '000',
  ADD COLUMN language       text NOT NULL DEFAULT 'ja';
