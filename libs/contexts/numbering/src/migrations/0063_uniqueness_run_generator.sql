-- A fault of the generator halts drawing like a violation (NUM-4.5), once however many processes meet it; no job stands behind it, so its job_id is its own.
CREATE UNIQUE INDEX uniqueness_run_generator ON uniqueness_run (state) WHERE state = 'VIOLATED' AND violations ? 'GENERATOR_FAULT';
