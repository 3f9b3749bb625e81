-- A prefecture's order to send a range of notices again (JUKI-7), by the municipality's own order of them; `arrived` are the numbers that came since.
CREATE TABLE resend_order (
  order_id          uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  first_seq         bigint NOT NULL,
  last_seq          bigint NOT NULL CHECK (last_seq >= first_seq),
  ground            text NOT NULL,
  state             text NOT NULL CHECK (state IN ('OPEN', 'FULFILLED', 'WITHDRAWN')),
  arrived           int8multirange NOT NULL DEFAULT '{}',
  ordered_at        timestamptz NOT NULL,
  due_at            timestamptz NOT NULL,
  ended_at          timestamptz
);
CREATE INDEX resend_order_municipality ON resend_order (municipality_code, order_id);
CREATE INDEX resend_order_open ON resend_order (municipality_code) WHERE state = 'OPEN';
