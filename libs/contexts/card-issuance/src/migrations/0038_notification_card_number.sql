-- Which of a person's numbers a card tells: a person has one card under way or in force for each (CARD-4.2), and the index before sees to it that only one is at all.
ALTER TABLE notification_card ADD COLUMN number_version integer NOT NULL DEFAULT 1;
