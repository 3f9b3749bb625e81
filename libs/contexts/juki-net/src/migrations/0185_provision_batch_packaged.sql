-- When a result was packaged, from which on it is kept for 45 days (JUKI-3.5): the state changes once more when it is fetched. Of one that was fetched before, when its file stood ready.
ALTER TABLE provision_batch ADD COLUMN packaged_at timestamptz;
UPDATE provision_batch b SET packaged_at = coalesce((SELECT max(o.ready_at) FROM exchange_out_file o WHERE b.state = 'DELIVERED' AND o.source_id = b.batch_id AND o.first_line IS NULL), b.state_changed_at)
  WHERE b.state IN ('PACKAGED', 'DELIVERED');
