-- Version of the applicant's facts that intake checked: changes are followed from here on (CARD-4.13).
ALTER TABLE application ADD COLUMN fact_version bigint;
