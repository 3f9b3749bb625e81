-- What was requested on a day: sealed batches, and single requests.
CREATE INDEX generation_batch_sealed ON generation_batch (sealed_at) WHERE sealed_at IS NOT NULL;
CREATE INDEX assignment_single_day ON assignment (generated_at) WHERE batch_id IS NULL;
