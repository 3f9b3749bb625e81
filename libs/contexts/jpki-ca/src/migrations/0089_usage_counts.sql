-- What a day costs is worked out where statements are made; here it is counted alone, by a job of another name that goes on where the former one was.
ALTER TABLE usage_day ALTER COLUMN amount_yen SET DEFAULT 0;
UPDATE job SET kind = 'count-uses' WHERE kind = 'issue-statements' AND state IN ('QUEUED', 'RUNNING');
UPDATE cursor SET name = 'schedule:use-counts' WHERE name = 'schedule:usage-statements';
