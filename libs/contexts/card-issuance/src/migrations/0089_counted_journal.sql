-- Up to which transaction a journal has been counted. Not among the cursors that an operator may set back: what was counted would be counted twice.
CREATE TABLE counted_journal (
  journal text PRIMARY KEY,
  xid     xid8 NOT NULL
);
INSERT INTO counted_journal VALUES ('card_move', '0'), ('application_move', '0');
