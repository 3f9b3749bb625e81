-- Rows of the schedules (別表) of the Act, by version: who of them may ask for which affair, and whether it uses numbers (JUKI-4.7).
CREATE TABLE schedule_row (
  row_id       uuid PRIMARY KEY,
  schedule     smallint NOT NULL CHECK (schedule BETWEEN 1 AND 6),
  row_no       text NOT NULL,
  affair       text NOT NULL,
  uses_numbers boolean NOT NULL,
  valid_from   date NOT NULL,
  valid_until  date,
  state        text NOT NULL CHECK (state IN ('ENTERED', 'APPROVED', 'REPLACED', 'WITHDRAWN')),
  entered_by   text NOT NULL,
  decided_by   text,
  changed_at   timestamptz NOT NULL
);
CREATE INDEX schedule_row_affair ON schedule_row (affair, schedule, row_no);
-- Those of the affairs for which grants could be drafted before; from the start of the network.
INSERT INTO schedule_row (row_id, schedule, row_no, affair, uses_numbers, valid_from, state, entered_by, changed_at)
SELECT ('01930000-0000-7000-8000-0000000156' || lpad(n::text, 2, '0'))::uuid, schedule, row_no, affair, true, '2002-08-05', 'APPROVED', 'migration', now()
FROM (VALUES (1, 1, '77', 'PENSION_CURRENT_STATUS'), (2, 2, '1', 'RESIDENT_REGISTER'), (3, 3, '1', 'RESIDENT_REGISTER'), (4, 4, '1', 'RESIDENT_REGISTER'),
  (5, 5, '1', 'RESIDENT_REGISTER'), (6, 5, '2', 'INITIAL_MATCHING')) AS seed (n, schedule, row_no, affair);
