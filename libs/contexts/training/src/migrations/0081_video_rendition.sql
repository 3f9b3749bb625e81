CREATE TABLE video_rendition (
  video_id uuid NOT NULL REFERENCES video,
  kbps int NOT NULL,
  sha256 text NOT NULL,
  length bigint NOT NULL,
  PRIMARY KEY (video_id, kbps)
);
