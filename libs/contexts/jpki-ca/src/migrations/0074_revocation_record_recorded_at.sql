CREATE INDEX revocation_record_recorded_at ON revocation_record USING brin (recorded_at);
