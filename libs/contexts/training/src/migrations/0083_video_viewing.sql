CREATE TABLE video_viewing (
  id uuid PRIMARY KEY,
  video_id uuid NOT NULL REFERENCES video,
  body_code text NOT NULL,
  viewer bytea NOT NULL,
  played jsonb NOT NULL,
  played_ms int NOT NULL,
  credited_at timestamptz NOT NULL,
  watched_at timestamptz
);
CREATE UNIQUE INDEX video_viewing_viewer ON video_viewing (video_id, body_code, viewer);
COMMENT ON COLUMN video_viewing.viewer IS 'keyed hash of body and person';
COMMENT ON COLUMN video_viewing.credited_at IS 'since when the clock runs against which the next played seconds are held (TRN-4.8)';
