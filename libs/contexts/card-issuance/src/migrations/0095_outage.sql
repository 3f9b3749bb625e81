-- Planned stops and incidents of every hop between counter and ledger (CARD-4.12 Q10 to Q12).
CREATE TABLE outage (
  outage_id        uuid PRIMARY KEY,
  kind             text NOT NULL CHECK (kind IN ('PLANNED', 'INCIDENT')),
  hop              text NOT NULL,
  municipality_codes text[] NOT NULL,
  state            text NOT NULL CHECK (state IN ('PLANNED', 'OPEN', 'FIXED', 'CLOSED', 'CANCELLED')),
  starts_at        timestamptz NOT NULL,
  ends_at          timestamptz,
  text_ja          text NOT NULL,
  text_en          text NOT NULL,
  entered_at       timestamptz NOT NULL,
  fixed_at         timestamptz,
  closed_at        timestamptz,
  CHECK (kind = 'INCIDENT' OR ends_at IS NOT NULL)
);
CREATE INDEX outage_starts ON outage (starts_at);
