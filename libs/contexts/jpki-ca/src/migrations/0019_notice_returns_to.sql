-- Of a deleted record: where the person is resident by another one.
ALTER TABLE resident_change_notice ADD COLUMN returns_to text;
