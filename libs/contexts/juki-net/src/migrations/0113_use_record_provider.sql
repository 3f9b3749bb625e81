-- Uses that another context appends rest on no grant of the register: they say themselves who provided, to which kind of organ, by which article.
ALTER TABLE use_record ALTER COLUMN grant_id DROP NOT NULL, ADD COLUMN provider text, ADD COLUMN institution text, ADD COLUMN legal_basis text;
