-- What a ticket is about (NUM-5.5), the single number it concerns, and by which answer of the ministry a question of law was resolved.
ALTER TABLE ticket_link ADD COLUMN category text, ADD COLUMN assignment_id uuid, ADD COLUMN ministry_reference text;
