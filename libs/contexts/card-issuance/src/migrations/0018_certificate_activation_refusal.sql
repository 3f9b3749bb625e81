-- What the certification authority refused is tried a few more times and then left to an operator, so that it holds up nobody behind it (CARD-7).
ALTER TABLE certificate_activation ADD COLUMN refused integer NOT NULL DEFAULT 0;
ALTER TABLE certificate_activation ADD COLUMN refusal_code text;
