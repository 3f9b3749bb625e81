-- Class of a foreign resident (30条の45), where the municipality told it: no item of identity information, in no copy and no answer.
ALTER TABLE segment ADD COLUMN residency_class text;
