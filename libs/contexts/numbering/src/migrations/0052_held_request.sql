-- 保留中の付番要求: single requests for movers, held until the move is settled, a day at most (NUM-7). The code is there as long as it is needed.
CREATE TABLE held_request (
  held_id           uuid PRIMARY KEY,
  municipality_code text NOT NULL CHECK (municipality_code ~ '^[0-9]{6}$'),
  request_id        text NOT NULL,
  person_key        uuid NOT NULL,
  code              bytea,
  state             text NOT NULL CHECK (state IN ('HELD', 'ANSWERED', 'REFUSED')),
  fault             text CHECK ((fault IS NULL) = (state <> 'REFUSED')),
  job_id            uuid NOT NULL,
  held_until        timestamptz NOT NULL,
  settled_at        timestamptz CHECK ((settled_at IS NULL) = (state = 'HELD')),
  CHECK ((code IS NULL) = (state <> 'HELD')),
  UNIQUE (municipality_code, request_id)
);
