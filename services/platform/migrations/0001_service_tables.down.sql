drop table job_runs;
drop table jobs;
drop table dead_letters;
drop table inbox;
drop table outbox;
