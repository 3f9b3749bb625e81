-- What the designation of tentative candidates looks for (NUM-3.1): received before the Act was in force. `designated_at` is the receipt's moment, or that day.
CREATE INDEX generation_batch_tentative ON generation_batch (confirmed_at) WHERE confirmed_at IS NOT NULL AND designated_at IS NULL;
