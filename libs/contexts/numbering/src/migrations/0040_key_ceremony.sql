-- 鍵生成式: who made key K before which witnesses, and what became of it. A key of the token is not here; a sealed one is, until it is destroyed.
CREATE TABLE key_ceremony (
  ceremony_id     uuid PRIMARY KEY,
  origin          text NOT NULL CHECK (origin IN ('CEREMONY', 'EMBEDDED_DEFAULT')),
  state           text NOT NULL CHECK (state IN ('PLANNED', 'WITNESSED', 'KEY_ACTIVE', 'ROTATED', 'DESTROYED')),
  held_on         date NOT NULL,
  custody         text NOT NULL CHECK (custody IN ('SOFTWARE', 'PKCS11')),
  working         boolean NOT NULL,
  custodians      jsonb NOT NULL,
  minutes         text,
  minutes_by      text,
  key_label       text NOT NULL UNIQUE,
  key_check_value text CHECK ((key_check_value IS NULL) = (state IN ('PLANNED', 'WITNESSED'))),
  sealed_key      bytea CHECK (sealed_key IS NULL OR state IN ('KEY_ACTIVE', 'ROTATED')),
  activated_at    timestamptz,
  rotated_at      timestamptz,
  destruction_by  text,
  version         integer NOT NULL,
  changed_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX key_ceremony_active ON key_ceremony (state) WHERE state = 'KEY_ACTIVE';
