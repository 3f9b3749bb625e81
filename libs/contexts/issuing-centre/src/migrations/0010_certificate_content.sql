-- Sealed under a key that needs what the kiosk alone holds; gone when it was sent or the request is over.
CREATE TABLE certificate_content (
  request_id text PRIMARY KEY REFERENCES certificate_request,
  sealed bytea NOT NULL
);
