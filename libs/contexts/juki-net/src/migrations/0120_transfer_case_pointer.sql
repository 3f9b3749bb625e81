-- Where the notified move-out said that the person goes: it decides between entries of one day (JUKI-4.5.2).
ALTER TABLE transfer_case ADD COLUMN pointed_to text;
CREATE INDEX transfer_case_pointer ON transfer_case (person_key) WHERE pointed_to IS NOT NULL;
