-- An organisation is told of changes of listed persons on its calendar (異動情報の継続提供, JUKI-3.5). `number` counts those of an
-- organisation, `told` the events; what changed before `compared_at` has been compared.
CREATE TABLE change_subscription (
  subscription_id uuid PRIMARY KEY,
  institution     text NOT NULL,
  organisation    text NOT NULL,
  number          int NOT NULL,
  grant_id        uuid NOT NULL,
  reasons         text[] NOT NULL,
  every           text NOT NULL CHECK (every IN ('DAILY', 'WEEKLY', 'MONTHLY')),
  day             int,
  state           text NOT NULL CHECK (state IN ('ACTIVE', 'ENDED')),
  persons         int NOT NULL DEFAULT 0,
  next_on         date NOT NULL,
  job_id          uuid,
  batch_id        uuid,
  compared_at     timestamptz NOT NULL,
  told            int NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL,
  changed_at      timestamptz NOT NULL,
  UNIQUE (institution, organisation, number)
);
CREATE INDEX change_subscription_due ON change_subscription (next_on) WHERE state = 'ACTIVE';
