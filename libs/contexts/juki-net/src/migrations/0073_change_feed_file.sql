-- A file of changes (CFED) is a batch that nobody asked: fetched, received and purged like one.
ALTER TABLE provision_batch ADD COLUMN subscription_id uuid;
CREATE INDEX provision_batch_subscription ON provision_batch (subscription_id, batch_id) WHERE subscription_id IS NOT NULL;
