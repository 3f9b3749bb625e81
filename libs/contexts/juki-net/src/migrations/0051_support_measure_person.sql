-- Persons of an application have no term yet. `told` counts the events about a person, the same in all of their rows; from reapply_by
-- on, the measure of somebody who moved away lasts only where they applied again.
ALTER TABLE support_measure ALTER COLUMN starts_on DROP NOT NULL, ALTER COLUMN ends_on DROP NOT NULL,
  ADD COLUMN told integer NOT NULL DEFAULT 0, ADD COLUMN reapply_by date;
CREATE INDEX support_measure_case ON support_measure (measure_id);
CREATE INDEX support_measure_moved ON support_measure (reapply_by) WHERE reapply_by IS NOT NULL;
