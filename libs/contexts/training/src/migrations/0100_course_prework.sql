ALTER TABLE course ADD COLUMN prework text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN course.prework IS 'codes of e-learning to be completed before a session begins (TRN-2)';
