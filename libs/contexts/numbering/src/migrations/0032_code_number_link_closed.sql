-- Former numbers are looked up too, to tell that they were superseded (NUM-4.8); they are few.
CREATE INDEX code_number_link_closed_number ON code_number_link (number_index) WHERE state = 'CLOSED';
