-- Rows are written in the order of their time: a range index costs a drawing nothing and finds a day among all.
CREATE INDEX assignment_generated_at ON assignment USING brin (generated_at);
