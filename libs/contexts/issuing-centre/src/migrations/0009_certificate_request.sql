CREATE SEQUENCE certificate_request_no;
CREATE TABLE certificate_request (
  id text PRIMARY KEY,
  operator text NOT NULL,
  kiosk_id text NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  version int NOT NULL,
  nonce bytea NOT NULL,
  nonce_used_at timestamptz,
  -- Of the authentication certificate, while the session lasts.
  serial text,
  card_serial text,
  access text,
  resident_key bytea,
  type text,
  options text[] NOT NULL DEFAULT '{}',
  copies int,
  price_yen int,
  page_count int,
  printed_copies int NOT NULL DEFAULT 0,
  payment_ref text,
  reason text,
  -- When the time for the present step is over (CARD-4.17).
  deadline timestamptz,
  opened_at timestamptz NOT NULL,
  paid_at timestamptz,
  -- When the content went to the kiosk.
  sent_at timestamptz,
  printed_at timestamptz,
  changed_at timestamptz NOT NULL,
  FOREIGN KEY (operator, kiosk_id) REFERENCES kiosk
);
-- One session at a kiosk: the next one begins when the tray is clear and the printing before is accounted for (CARD-4.17).
CREATE UNIQUE INDEX certificate_request_kiosk ON certificate_request (operator, kiosk_id)
  WHERE state NOT IN ('ABANDONED', 'REFUSED', 'FAILED', 'EXPIRED', 'CLOSED', 'REFUND_DUE', 'REFUNDED');
CREATE INDEX certificate_request_deadline ON certificate_request (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX certificate_request_printed ON certificate_request (printed_at) WHERE printed_copies > 0;
CREATE INDEX certificate_request_municipality ON certificate_request (municipality_code, state, id);
