-- Lines of batches that were answered 40, by the day of the work on them, counted from the audit trail with the inquiries (JUKI-5.6): they leave no use record.
CREATE TABLE batch_refusal (
  day      date NOT NULL,
  batch_id uuid NOT NULL,
  lines    bigint NOT NULL,
  PRIMARY KEY (day, batch_id)
);
