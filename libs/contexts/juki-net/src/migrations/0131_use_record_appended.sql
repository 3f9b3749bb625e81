-- When a use that another context tells of was appended: it is sealed with what was written then, since its own time may be of a day that is sealed.
ALTER TABLE use_record ADD COLUMN appended_at timestamptz;
CREATE INDEX use_record_appended ON use_record (appended_at) WHERE appended_at IS NOT NULL;
