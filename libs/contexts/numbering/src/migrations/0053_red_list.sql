-- 準備の遅れている市町村の週次一覧: what a prefecture was told each week (NUM-5.5). Codes of municipalities, milestones and tickets; no personal data.
CREATE TABLE red_list (
  list_id         uuid PRIMARY KEY,
  prefecture_code text NOT NULL CHECK (prefecture_code ~ '^[0-9]{2}$'),
  week            date NOT NULL,
  entries         jsonb NOT NULL,
  made_at         timestamptz NOT NULL,
  UNIQUE (week, prefecture_code)
);
CREATE INDEX red_list_of_prefecture ON red_list (prefecture_code, week);
COMMENT ON TABLE red_list IS 'journal of the lists that prefectures were given';
