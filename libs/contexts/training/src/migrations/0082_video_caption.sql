CREATE TABLE video_caption (
  video_id uuid NOT NULL REFERENCES video,
  language text NOT NULL,
  content text NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (video_id, language)
);
