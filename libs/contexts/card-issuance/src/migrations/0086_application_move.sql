-- Written by the database itself, so that no statement on applications can forget it. Days are those of receipt, from which the age of an examination counts (CARD-4.11).
CREATE TABLE application_move (
  xid               xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id                bigint GENERATED ALWAYS AS IDENTITY,
  municipality_code text NOT NULL,
  from_state        text,
  from_day          date,
  to_state          text NOT NULL,
  to_day            date NOT NULL,
  PRIMARY KEY (xid, id)
);
COMMENT ON TABLE application_move IS 'journal of every change of state of an application, for counting';
INSERT INTO application_move (municipality_code, to_state, to_day) SELECT municipality_code, state, (received_at AT TIME ZONE 'Asia/Tokyo')::date FROM application;
CREATE FUNCTION application_moved() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO application_move (municipality_code, to_state, to_day) VALUES (NEW.municipality_code, NEW.state, (NEW.received_at AT TIME ZONE 'Asia/Tokyo')::date);
  ELSE
    INSERT INTO application_move (municipality_code, from_state, from_day, to_state, to_day)
    VALUES (NEW.municipality_code, OLD.state, (OLD.received_at AT TIME ZONE 'Asia/Tokyo')::date, NEW.state, (NEW.received_at AT TIME ZONE 'Asia/Tokyo')::date);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER application_added AFTER INSERT ON application FOR EACH ROW EXECUTE FUNCTION application_moved();
CREATE TRIGGER application_changed AFTER UPDATE ON application FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION application_moved();
