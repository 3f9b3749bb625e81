-- What goes into the chip beside the face (CARD-4.4): the end of the stay, and the resident code, encrypted.
ALTER TABLE production_record ADD COLUMN residence_expiry date, ADD COLUMN juki_code bytea;
