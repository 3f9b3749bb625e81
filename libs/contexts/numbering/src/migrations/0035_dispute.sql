-- 重複付番等の事案: two persons under one number, or one person with two.
CREATE TABLE dispute (
  dispute_id  uuid PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('SHARED_NUMBER', 'TWO_NUMBERS')),
  person_keys uuid[] NOT NULL,
  state       text NOT NULL CHECK (state IN ('PROPOSED', 'OPEN', 'RESOLUTION_PROPOSED', 'RESOLVED')),
  kept        uuid,
  proposed_by text NOT NULL,
  changed_at  timestamptz NOT NULL
);
