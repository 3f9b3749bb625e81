CREATE TABLE door_device (
  enrolment_id uuid PRIMARY KEY REFERENCES enrolment,
  device bytea NOT NULL,
  seen_at timestamptz NOT NULL
);
COMMENT ON COLUMN door_device.device IS 'keyed hash of the device that showed the token first (TRN-7)';
