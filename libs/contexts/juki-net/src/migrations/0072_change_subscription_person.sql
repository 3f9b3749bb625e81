-- Who is listed, and what the organisation knows: `seen_*` is the state that was last compared, `told` keyed digests of the items that were
-- last told. Without `told_result` nothing was told yet, though the organisation's data is old. Its own reference is encrypted.
CREATE TABLE change_subscription_person (
  subscription_id uuid NOT NULL,
  person_key      uuid NOT NULL,
  ref_index       bytea NOT NULL,
  requester_ref   bytea NOT NULL,
  key_kind        text NOT NULL,
  seen_version    int NOT NULL,
  seen_status     text NOT NULL,
  seen_protected  boolean NOT NULL,
  told_result     text,
  told            bytea NOT NULL,
  PRIMARY KEY (subscription_id, person_key),
  UNIQUE (subscription_id, ref_index)
);
