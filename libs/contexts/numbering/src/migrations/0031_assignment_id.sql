CREATE INDEX assignment_id ON assignment (assignment_id);
