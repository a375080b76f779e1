BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE counters (
	name TEXT NOT NULL, 
	value INTEGER NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('latest_at',1768471200000000);
CREATE TABLE cursors (
	platform TEXT NOT NULL, 
	stream TEXT NOT NULL, 
	cursor TEXT NOT NULL, 
	reading TEXT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	CONSTRAINT pk_cursors PRIMARY KEY (platform, stream)
);
INSERT INTO "cursors" VALUES('crm','events','2','d',1768471200000000);
CREATE TABLE events (
	subject INTEGER NOT NULL, 
	occurred_at BIGINT NOT NULL, 
	id TEXT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	platform TEXT NOT NULL, 
	type TEXT NOT NULL, 
	fields TEXT NOT NULL, 
	raw TEXT, 
	superseded_at BIGINT, 
	CONSTRAINT pk_events PRIMARY KEY (subject, occurred_at, id, recorded_at), 
	CONSTRAINT fk_events_subject FOREIGN KEY(subject) REFERENCES subjects (id)
)
 WITHOUT ROWID

;
INSERT INTO "events" VALUES(1,1768471200000000,'e1',1768471200000000,'crm','page.viewed','{"amount":12.5}',NULL,1768474800000000);
INSERT INTO "events" VALUES(1,1768471200000000,'e1',1768474800000000,'crm','page.viewed','{"amount":13.5}',NULL,NULL);
INSERT INTO "events" VALUES(1,1768471200000000,'e2',1768471200000000,'crm','page.viewed','{"url":"https://example.com"}',NULL,NULL);
CREATE TABLE firings (
	"key" TEXT NOT NULL, 
	contact INTEGER NOT NULL, 
	"trigger" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	destination TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	params TEXT NOT NULL, 
	state TEXT NOT NULL, 
	fence INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	not_before BIGINT, 
	last_error TEXT, 
	lease_owner TEXT, 
	lease_until BIGINT, 
	CONSTRAINT pk_firings PRIMARY KEY ("key"), 
	CONSTRAINT fk_firings_contact FOREIGN KEY(contact) REFERENCES persons (contact)
);
INSERT INTO "firings" VALUES('call:1',1,'call','notify','SALES',1768471200000000,'{}','pending',0,0,NULL,NULL,NULL,NULL);
CREATE TABLE inbound (
	platform TEXT NOT NULL, 
	id TEXT NOT NULL, 
	body BLOB NOT NULL, 
	headers TEXT NOT NULL, 
	received_at BIGINT NOT NULL, 
	fence INTEGER NOT NULL, 
	is_dead BOOLEAN NOT NULL, 
	processed_at BIGINT, 
	attempts INTEGER NOT NULL, 
	not_before BIGINT, 
	last_error TEXT, 
	lease_owner TEXT, 
	lease_until BIGINT, 
	CONSTRAINT pk_inbound PRIMARY KEY (platform, id)
);
INSERT INTO "inbound" VALUES('crm','w1',X'7B7D','{}',1768471200000000,0,0,NULL,0,NULL,NULL,NULL,NULL);
CREATE TABLE memberships (
	platform TEXT NOT NULL, 
	list_name TEXT NOT NULL, 
	remote_id TEXT NOT NULL, 
	CONSTRAINT pk_memberships PRIMARY KEY (platform, list_name, remote_id)
)
 WITHOUT ROWID

;
INSERT INTO "memberships" VALUES('crm','Newsletter','1');
CREATE TABLE models (
	digest TEXT NOT NULL, 
	source TEXT NOT NULL, 
	first_used_at BIGINT NOT NULL, 
	CONSTRAINT pk_models PRIMARY KEY (digest)
);
INSERT INTO "models" VALUES('0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f','model: {}',1768471200000000);
CREATE TABLE notes (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_notes PRIMARY KEY ("key")
);
INSERT INTO "notes" VALUES('digest','d1');
CREATE TABLE outbound (
	platform TEXT NOT NULL, 
	contact INTEGER NOT NULL, 
	remote_id TEXT NOT NULL, 
	email TEXT, 
	desired TEXT NOT NULL, 
	confirmed TEXT NOT NULL, 
	confirmed_lists TEXT, 
	adopted TEXT NOT NULL, 
	state TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	fence INTEGER NOT NULL, 
	decided_at BIGINT, 
	confirmed_at BIGINT, 
	attempts INTEGER NOT NULL, 
	not_before BIGINT, 
	last_error TEXT, 
	lease_owner TEXT, 
	lease_until BIGINT, 
	CONSTRAINT pk_outbound PRIMARY KEY (platform, contact), 
	CONSTRAINT fk_outbound_contact FOREIGN KEY(contact) REFERENCES persons (contact)
);
INSERT INTO "outbound" VALUES('crm',1,'r1',NULL,'{"attributes":{"HEAT":{"number":"42"}}}','{"lists":{"hot":true}}','["hot"]','[]','pending',1,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
CREATE TABLE overrides (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	contact INTEGER NOT NULL, 
	score TEXT NOT NULL, 
	value FLOAT NOT NULL, 
	reason TEXT NOT NULL, 
	made_at BIGINT NOT NULL, 
	cleared_at BIGINT, 
	CONSTRAINT fk_overrides_contact FOREIGN KEY(contact) REFERENCES persons (contact)
);
INSERT INTO "overrides" VALUES(1,1,'lead',90.0,'met',1768471200000000,NULL);
CREATE TABLE persons (
	contact INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" TEXT NOT NULL, 
	email TEXT, 
	attributes TEXT NOT NULL, 
	created_at BIGINT, 
	merged_into INTEGER, 
	CONSTRAINT fk_persons_merged_into FOREIGN KEY(merged_into) REFERENCES persons (contact)
);
INSERT INTO "persons" VALUES(1,'01ann','ann@example.com','{"age":41.5,"job":"CEO"}',1768471200000000,NULL);
INSERT INTO "persons" VALUES(2,'01bob',NULL,'{}',NULL,1);
CREATE TABLE record_changes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	platform TEXT NOT NULL, 
	remote_id TEXT NOT NULL, 
	what TEXT NOT NULL, 
	name TEXT NOT NULL, 
	"before" TEXT, 
	"after" TEXT, 
	recorded_at BIGINT NOT NULL
);
INSERT INTO "record_changes" VALUES(1,'crm','1','attribute','age','40.0','41.5',1768471200000000);
CREATE TABLE record_emails (
	platform TEXT NOT NULL, 
	remote_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	email TEXT NOT NULL, 
	CONSTRAINT pk_record_emails PRIMARY KEY (platform, remote_id, position)
)
 WITHOUT ROWID

;
INSERT INTO "record_emails" VALUES('crm','1',1,'a@example.com');
INSERT INTO "record_emails" VALUES('crm','1',0,'ann@example.com');
CREATE TABLE records (
	platform TEXT NOT NULL, 
	remote_id TEXT NOT NULL, 
	contact INTEGER NOT NULL, 
	attributes TEXT NOT NULL, 
	stamps TEXT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	created_at BIGINT, 
	modified_at BIGINT, 
	recorded_at BIGINT NOT NULL, 
	removed_at BIGINT, 
	merged_into TEXT, 
	opted_out BOOLEAN NOT NULL, 
	CONSTRAINT pk_records PRIMARY KEY (platform, remote_id), 
	CONSTRAINT fk_records_contact FOREIGN KEY(contact) REFERENCES persons (contact)
);
INSERT INTO "records" VALUES('crm','1',1,'{"age":41.5,"job":"CEO"}','{}',1768471200000000,1768471200000000,NULL,1768471200000000,NULL,NULL,0);
INSERT INTO "records" VALUES('crm','2',2,'{}','{}',1768471200000000,NULL,NULL,1768471200000000,1768471200000000,NULL,0);
CREATE TABLE runs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	command TEXT NOT NULL, 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT, 
	at BIGINT NOT NULL, 
	summary TEXT, 
	error TEXT
);
INSERT INTO "runs" VALUES(1,'sync',1768471200000000,NULL,1768471200000000,NULL,NULL);
CREATE TABLE score_history (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	contact INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	value FLOAT, 
	rounded FLOAT, 
	stage TEXT, 
	model TEXT NOT NULL, 
	CONSTRAINT fk_score_history_contact FOREIGN KEY(contact) REFERENCES persons (contact)
);
INSERT INTO "score_history" VALUES(1,1,'lead',1768471200000000,42.125,42.0,'hot','0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f');
CREATE TABLE scores (
	contact INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	value FLOAT, 
	rounded FLOAT, 
	stage TEXT, 
	CONSTRAINT pk_scores PRIMARY KEY (contact, name), 
	CONSTRAINT fk_scores_contact FOREIGN KEY(contact) REFERENCES persons (contact)
)
 WITHOUT ROWID

;
INSERT INTO "scores" VALUES(1,'lead',42.125,42.0,'hot');
CREATE TABLE standings (
	contact INTEGER NOT NULL, 
	stale INTEGER NOT NULL, 
	model TEXT NOT NULL, 
	decided_at BIGINT, 
	next_change_at BIGINT, 
	dimensions TEXT, 
	CONSTRAINT pk_standings PRIMARY KEY (contact), 
	CONSTRAINT fk_standings_contact FOREIGN KEY(contact) REFERENCES persons (contact)
);
INSERT INTO "standings" VALUES(1,0,'0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f',1768471200000000,1768474800000000,NULL);
CREATE TABLE subjects (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	platform TEXT NOT NULL, 
	ref TEXT NOT NULL, 
	email TEXT, 
	contact INTEGER, 
	CONSTRAINT fk_subjects_contact FOREIGN KEY(contact) REFERENCES persons (contact)
);
INSERT INTO "subjects" VALUES(1,'crm','1',NULL,1);
CREATE TABLE trigger_states (
	contact INTEGER NOT NULL, 
	"trigger" TEXT NOT NULL, 
	is_active BOOLEAN NOT NULL, 
	since BIGINT NOT NULL, 
	fired_at BIGINT, 
	CONSTRAINT pk_trigger_states PRIMARY KEY (contact, "trigger"), 
	CONSTRAINT fk_trigger_states_contact FOREIGN KEY(contact) REFERENCES persons (contact)
)
 WITHOUT ROWID

;
INSERT INTO "trigger_states" VALUES(1,'call',1,1768471200000000,1768471200000000);
CREATE INDEX ix_inbound_open ON inbound (received_at) WHERE processed_at IS NULL;
CREATE INDEX ix_persons_email ON persons (email);
CREATE UNIQUE INDEX ux_persons_key ON persons ("key");
CREATE INDEX ix_record_changes_record ON record_changes (platform, remote_id);
CREATE INDEX ix_record_emails_email ON record_emails (email);
CREATE INDEX ix_firings_contact ON firings (contact);
CREATE INDEX ix_firings_work ON firings (destination, state, not_before);
CREATE INDEX ix_outbound_contact ON outbound (contact);
CREATE INDEX ix_outbound_leased ON outbound (platform, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX ix_outbound_lists ON outbound (platform, confirmed_lists) WHERE confirmed_lists IS NOT NULL;
CREATE INDEX ix_outbound_work ON outbound (platform, state, not_before);
CREATE INDEX ix_overrides_contact ON overrides (contact);
CREATE UNIQUE INDEX ux_overrides_current ON overrides (contact, score) WHERE cleared_at IS NULL;
CREATE INDEX ix_records_contact ON records (contact, platform);
CREATE INDEX ix_score_history_contact ON score_history (contact, at);
CREATE INDEX ix_scores_top ON scores (name, value);
CREATE INDEX ix_standings_model ON standings (model);
CREATE INDEX ix_standings_next_change_at ON standings (next_change_at) WHERE next_change_at IS NOT NULL;
CREATE INDEX ix_standings_stale ON standings (stale) WHERE stale > 0;
CREATE INDEX ix_subjects_contact ON subjects (contact);
CREATE INDEX ix_subjects_email ON subjects (email);
CREATE UNIQUE INDEX ux_subjects_ref ON subjects (platform, ref);
CREATE UNIQUE INDEX ux_events_current ON events (platform, id) WHERE superseded_at IS NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('persons',2);
INSERT INTO "sqlite_sequence" VALUES('record_changes',1);
INSERT INTO "sqlite_sequence" VALUES('subjects',1);
INSERT INTO "sqlite_sequence" VALUES('score_history',1);
INSERT INTO "sqlite_sequence" VALUES('overrides',1);
INSERT INTO "sqlite_sequence" VALUES('runs',1);
COMMIT;
