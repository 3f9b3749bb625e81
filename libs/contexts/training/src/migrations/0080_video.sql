CREATE TABLE video (
  id uuid PRIMARY KEY,
  course_id uuid REFERENCES course,
  title text NOT NULL,
  state text NOT NULL,
  delivery text NOT NULL,
  sha256 text NOT NULL,
  length bigint NOT NULL,
  duration_ms int NOT NULL CHECK (duration_ms > 0),
  transcoding_until timestamptz,
  expires_on date,
  uploaded_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
-- The same film twice is one film.
CREATE UNIQUE INDEX video_sha256 ON video (sha256) WHERE state <> 'EXPIRED';
CREATE INDEX video_expiry ON video (expires_on) WHERE state = 'PUBLISHED';
