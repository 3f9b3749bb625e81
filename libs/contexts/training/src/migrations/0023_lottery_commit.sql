CREATE TABLE lottery_commit (
  session_id uuid PRIMARY KEY REFERENCES session,
  commit_sha256 text NOT NULL,
  priority_bodies text[] NOT NULL,
  committed_by text NOT NULL,
  committed_at timestamptz NOT NULL
);
COMMENT ON TABLE lottery_commit IS 'journal of what was published before windows opened: what the seed of a draw hashes to, and the bodies that come first (TRN-4.3)';
