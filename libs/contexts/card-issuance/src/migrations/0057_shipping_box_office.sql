-- A box goes to one office (CARD-4.4).
ALTER TABLE shipping_box ADD COLUMN issuing_office text NOT NULL DEFAULT '000';
