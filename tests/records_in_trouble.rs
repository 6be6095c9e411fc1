//! The records in trouble: whatever became of the files in the data folder, Carryon starts or says clearly why not, lists
//! what can still be read, says what it set aside and where, and never shows an empty list as if all were well.

#[path = "records_in_trouble/files.rs"]
mod files_of_records;
#[path = "records_in_trouble/log.rs"]
mod log;
#[path = "records_in_trouble/migrations.rs"]
mod migrations;
#[path = "records_in_trouble/pages.rs"]
mod pages;
#[path = "records_in_trouble/room.rs"]
mod room;
#[path = "records_in_trouble/rows.rs"]
mod rows;
#[path = "records_in_trouble/stage.rs"]
mod stage;
#[path = "records_in_trouble/words.rs"]
mod words;
