-- A course that is completed by watching its films may have no package (TRN-4.8).
ALTER TABLE elearning_offer ALTER COLUMN package_id DROP NOT NULL;
