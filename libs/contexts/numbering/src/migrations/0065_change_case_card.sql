-- The card with the former number as card-issuance tells it, and what ended the case: the card that came back, or why there was none, and who said so.
ALTER TABLE change_case
  ADD COLUMN former_card text,
  ADD COLUMN card_serial text,
  ADD COLUMN no_card     text CHECK (no_card IN ('NEVER_ISSUED', 'LOST', 'DESTROYED')),
  ADD COLUMN settled_by  text;
