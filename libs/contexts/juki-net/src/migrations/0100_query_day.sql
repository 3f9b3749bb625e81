-- Immediate inquiries by day and by who asked, counted from the audit trail: what an organisation, terminal or officer usually asks (JUKI-5.5).
CREATE TABLE query_day (
  day          date NOT NULL,
  organisation text NOT NULL,
  institution  text NOT NULL,
  affair       text NOT NULL,
  client       text NOT NULL,
  officer      text NOT NULL,
  asked        bigint NOT NULL,
  refused      bigint NOT NULL,
  outside      bigint NOT NULL,
  PRIMARY KEY (day, organisation, affair, client, officer)
);
