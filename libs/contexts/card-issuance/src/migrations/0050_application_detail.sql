-- Contact (encrypted), language, pick-up office, what the machine found, the place in the queue with its examiner, resubmission, and what becomes of the photo (CARD-3.3, 4.3).
ALTER TABLE application
  ADD COLUMN contact         bytea,
  ADD COLUMN language        text NOT NULL DEFAULT 'ja',
  ADD COLUMN issuing_office  text NOT NULL DEFAULT '000',
  ADD COLUMN visit_ref       text,
  ADD COLUMN findings        jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN manual          boolean NOT NULL DEFAULT false,
  ADD COLUMN queued_at       timestamptz,
  ADD COLUMN assigned_to     text,
  ADD COLUMN assigned_until  timestamptz,
  ADD COLUMN deficient_until date,
  ADD COLUMN token_hash      bytea,
  ADD COLUMN voided_from     text,
  ADD COLUMN successor       text,
  ADD COLUMN photo_until     date;
COMMENT ON COLUMN application.queued_at IS 'place in the queues; of an application that took over another one, the place of that; null: received_at';
COMMENT ON COLUMN application.voided_from IS 'state in which a move voided the application: its photo may be used again';
CREATE INDEX application_review_queue ON application (manual, coalesce(queued_at, received_at), application_id) WHERE state IN ('RECEIVED', 'UNDER_REVIEW');
CREATE INDEX application_production_queue ON application (coalesce(queued_at, received_at), application_id) INCLUDE (municipality_code) WHERE state = 'APPROVED';
CREATE INDEX application_deficient ON application (deficient_until) WHERE state = 'DEFICIENT';
CREATE INDEX application_person ON application (person_key);
CREATE INDEX application_photo_due ON application (photo_until) WHERE photo_until IS NOT NULL;
CREATE INDEX application_photo_undated ON application (application_id) WHERE photo_until IS NULL AND state IN ('FULFILLED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'INVALIDATED');
-- What is deficient already has its time from now on.
UPDATE application SET deficient_until = current_date + 90 WHERE state = 'DEFICIENT';
